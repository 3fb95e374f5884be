#include "server/frame.h"

#include <libwebsockets.h>
#include <string.h>

#include "bot/store.h"

struct frame {
	unsigned refs;
	size_t len;
	unsigned char bytes[]; /* LWS_PRE bytes of head room, then the payload */
};

struct frame *frame_new(json_t *object)
{
	g_autofree char *text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
	size_t len = text ? strlen(text) : 0;
	struct frame *frame = g_malloc(sizeof(*frame) + LWS_PRE + len);
	frame->refs = 1;
	frame->len = len;
	memcpy(frame->bytes + LWS_PRE, text ? text : "", len);
	json_decref(object);
	return frame;
}

struct frame *frame_ref(struct frame *frame)
{
	frame->refs++;
	return frame;
}

void frame_unref(struct frame *frame)
{
	if (frame && --frame->refs == 0)
		g_free(frame);
}

size_t frame_len(const struct frame *frame)
{
	return frame->len;
}

unsigned char *frame_bytes(struct frame *frame)
{
	return frame->bytes + LWS_PRE;
}

static json_t *text_or_null(const char *text)
{
	json_t *value = text ? json_string(text) : NULL;
	return value ? value : json_null();
}

json_t *frame_message(const struct bot_message *message, bool agent_view)
{
	json_t *object = bot_message_to_json(message, agent_view);
	if (!agent_view && message->from == BOT_FROM_VISITOR && message->cid)
		json_object_set_new(object, "cid", text_or_null(message->cid));
	return object;
}

json_t *frame_messages(const GPtrArray *messages, bool agent_view)
{
	json_t *array = json_array();
	for (unsigned i = 0; messages && i < messages->len; i++)
		json_array_append_new(array, frame_message(messages->pdata[i], agent_view));
	return array;
}

json_t *frame_error(const char *code, const char *message, int64_t retry_after_ms, const char *cid)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "type", "error", "code", code, "message", message, "retry_after_ms",
	                 retry_after_ms > 0 ? json_integer(retry_after_ms) : json_null(), "cid", text_or_null(cid));
}

json_t *frame_owner(enum bot_owner owner, unsigned position, const char *agent)
{
	return json_pack("{s:s, s:s, s:o, s:o}", "type", "owner", "owner", bot_owner_name(owner), "position",
	                 position ? json_integer(position) : json_null(), "agent", text_or_null(agent));
}

json_t *frame_time(int64_t ts_ms)
{
	g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(ts_ms / 1000);
	if (!seconds)
		return json_null();
	g_autofree char *date = g_date_time_format(seconds, "%Y-%m-%dT%H:%M:%S");
	g_autofree char *whole = g_strdup_printf("%s.%03dZ", date, (int)(ts_ms % 1000));
	return json_string(whole);
}

json_t *frame_summary(const struct bot_conversation *c, bool online, unsigned position)
{
	json_t *object = json_object();
	json_object_set_new(object, "type", json_string("conversation"));
	json_object_set_new(object, "id", text_or_null(c->id));
	json_object_set_new(object, "lang", text_or_null(c->lang && *c->lang ? c->lang : NULL));
	json_object_set_new(object, "owner", json_string(bot_owner_name(c->owner)));
	json_object_set_new(object, "agent", text_or_null(c->agent));
	json_object_set_new(object, "mood", json_real(c->mood));
	json_object_set_new(object, "mood_trend", json_real(c->mood_trend));
	json_object_set_new(object, "last_text", text_or_null(c->last_text));
	json_object_set_new(object, "last_seq", json_integer(c->last_seq));
	json_object_set_new(object, "unread", json_integer(MAX(c->last_seq - c->read_by_agent, 0)));
	json_object_set_new(object, "updated", frame_time(c->updated_ms));
	json_object_set_new(object, "created", frame_time(c->created_ms));
	json_object_set_new(object, "online", json_boolean(online));
	json_object_set_new(object, "resolved", json_boolean(c->resolved));
	json_object_set_new(object, "page", text_or_null(c->page));
	json_object_set_new(object, "position", position ? json_integer(position) : json_null());
	return object;
}
