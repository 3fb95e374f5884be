#include "bot/message.h"

#include <stdio.h>
#include <time.h>

struct bot_message *bot_message_new(enum bot_from from, const char *text)
{
	struct bot_message *message = g_new0(struct bot_message, 1);
	message->from = from;
	message->text = g_strdup(text);
	return message;
}

void bot_message_free(struct bot_message *message)
{
	if (!message)
		return;
	g_free(message->text);
	g_free(message->payload);
	g_free(message->cid);
	g_free(message->agent);
	json_decref(message->content);
	json_decref(message->analysis);
	g_free(message);
}

/* The JSON members are copied deeply: the copy may go to another thread, and jansson's values are not to be shared. */
struct bot_message *bot_message_copy(const struct bot_message *message)
{
	struct bot_message *copy = bot_message_new(message->from, message->text);
	copy->seq = message->seq;
	copy->reply_to = message->reply_to;
	copy->ts_ms = message->ts_ms;
	copy->payload = g_strdup(message->payload);
	copy->cid = g_strdup(message->cid);
	copy->agent = g_strdup(message->agent);
	copy->content = message->content ? json_deep_copy(message->content) : NULL;
	copy->analysis = message->analysis ? json_deep_copy(message->analysis) : NULL;
	return copy;
}

/* "2024-05-01T12:00:00.123Z". */
static json_t *iso8601(int64_t ts_ms)
{
	time_t seconds = (time_t)(ts_ms / 1000);
	struct tm utc;
	char date[40], whole[56];
	if (!gmtime_r(&seconds, &utc) || strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc) == 0)
		return json_null();
	snprintf(whole, sizeof(whole), "%s.%03dZ", date, (int)(ts_ms % 1000));
	return json_string(whole);
}

/* json_string() refuses what is not UTF-8; nothing of that kind is stored, but a frame must have the key all the same.
 */
static void set_text(json_t *object, const char *key, const char *text)
{
	json_t *value = text ? json_string(text) : NULL;
	json_object_set_new(object, key, value ? value : json_null());
}

static void set_content(json_t *object, const json_t *content, const char *key, bool is_list)
{
	json_t *value = json_object_get(content, key);
	if (value)
		json_object_set_new(object, key, json_deep_copy(value));
	else
		json_object_set_new(object, key, is_list ? json_array() : json_null());
}

json_t *bot_message_to_json(const struct bot_message *message, bool agent_view)
{
	json_t *object = json_object();
	json_object_set_new(object, "type", json_string("message"));
	json_object_set_new(object, "seq", json_integer(message->seq));
	json_object_set_new(object, "reply_to", message->reply_to ? json_integer(message->reply_to) : json_null());
	json_object_set_new(object, "from", json_string(bot_from_name(message->from)));
	set_text(object, "text", message->text);
	set_content(object, message->content, "buttons", true);
	set_content(object, message->content, "cards", true);
	set_content(object, message->content, "image", false);
	set_content(object, message->content, "custom", false);
	json_object_set_new(object, "ts", iso8601(message->ts_ms));
	if (message->agent)
		set_text(object, "agent", message->agent);
	if (agent_view && message->cid)
		set_text(object, "cid", message->cid);
	if (agent_view && message->payload)
		set_text(object, "payload", message->payload);
	if (agent_view && message->analysis)
		json_object_set_new(object, "analysis", json_deep_copy(message->analysis));
	return object;
}

const char *bot_from_name(enum bot_from from)
{
	switch (from) {
	case BOT_FROM_VISITOR:
		return "visitor";
	case BOT_FROM_BOT:
		return "bot";
	case BOT_FROM_AGENT:
		return "agent";
	case BOT_FROM_SYSTEM:
		break;
	}
	return "system";
}

const char *bot_owner_name(enum bot_owner owner)
{
	switch (owner) {
	case BOT_OWNER_BOT:
		return "bot";
	case BOT_OWNER_QUEUE:
		return "queue";
	case BOT_OWNER_HUMAN:
		break;
	}
	return "human";
}
