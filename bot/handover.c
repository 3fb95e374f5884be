/* Whose a conversation is: the bot's, the queue's or a human's, and what those who talk in it are told. A change of
 * owner and an agent's reply are put in order with the turns of the conversation. */
#include <string.h>

#include "bot/engine.h"
#include "bot/error.h"
#include "dialog/project.h"
#include "dialog/response.h"
#include "engine_lock.h"

enum notice { NOTICE_JOINED, NOTICE_LEFT, NOTICE_QUEUED };

/* The text of a response in the conversation's language, or a plain one where the bot has none. */
static char *notice_text(struct bot_engine *engine, const struct bot_conversation *conversation, enum notice notice,
                         const char *agent)
{
	static const struct {
		const char *response, *en, *zh;
	} texts[] = {
	    {"utter_agent_joined", "%s has joined the conversation.", "客服 %s 已接入对话。"},
	    {"utter_agent_left", "%s has left; the assistant is back.", "客服 %s 已离开，由智能助手继续为您服务。"},
	    {"utter_queued", "A colleague will be with you shortly.", "正在为您转接人工客服，请稍候。"},
	};
	struct bot_project *project = bot_engine_project(engine);
	g_autofree char *saved = bot_store_tracker(bot_engine_store(engine), conversation->id, NULL);
	struct dialog_turn turn = {.domain = bot_project_domain(project), .options = project_options(project)};
	turn.tracker = tracker_load(turn.domain, saved, NULL);
	const char *lang = tracker_slot_text(turn.tracker, "lang");
	if (!lang) {
		lang = conversation->lang && *conversation->lang ? conversation->lang : project_lang(project);
		tracker_add(turn.tracker, event_slot("lang", json_string(lang)));
	}
	json_t *args = json_pack("{s:s}", "agent", agent ? agent : "");
	char *text = response_text(&turn, texts[notice].response, args);
	if (!text) {
		const char *name = agent ? agent : "";
		GString *plain = g_string_new(strcmp(lang, "zh") == 0 ? texts[notice].zh : texts[notice].en);
		g_string_replace(plain, "%s", name, 1);
		text = g_string_free(plain, FALSE);
	}
	json_decref(args);
	tracker_free(turn.tracker);
	bot_project_unref(project);
	return text;
}

/* Takes the message; gives it away in `*said` or frees it. */
static bool say(struct bot_engine *engine, const char *conversation, struct bot_message *message,
                struct bot_message **said, GError **error)
{
	struct bot_append appended;
	bool ok = bot_store_append(bot_engine_store(engine), conversation, message, &appended, error);
	if (ok && said)
		*said = message;
	else
		bot_message_free(message);
	return ok;
}

static bool change_owner(struct bot_engine *engine, const char *id, enum bot_owner owner, const char *agent,
                         enum notice notice, const char *named, struct bot_message **said, GError **error)
{
	if (said)
		*said = NULL;
	pthread_mutex_t *lock = engine_lock_of(engine, id);
	pthread_mutex_lock(lock);
	struct bot_conversation *conversation = bot_store_conversation(bot_engine_store(engine), id, error);
	bool ok = conversation != NULL;
	if (ok && owner != BOT_OWNER_HUMAN && conversation->owner == BOT_OWNER_HUMAN && named &&
	    g_strcmp0(conversation->agent, named) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFLICT, "conversation '%s' belongs to %s", id,
		            conversation->agent ? conversation->agent : "somebody else");
		ok = false;
	}
	/* Who waits for a human has one already: that one stays. */
	bool already = ok && ((conversation->owner == owner && g_strcmp0(conversation->agent, agent) == 0) ||
	                      (owner == BOT_OWNER_QUEUE && conversation->owner == BOT_OWNER_HUMAN));
	ok = ok && (already || bot_store_set_owner(bot_engine_store(engine), id, owner, agent, error));
	if (ok && !already) {
		g_autofree char *text = notice_text(engine, conversation, notice, named);
		ok = say(engine, id, bot_message_new(BOT_FROM_SYSTEM, text), said, error);
	}
	bot_conversation_free(conversation);
	pthread_mutex_unlock(lock);
	return ok;
}

bool bot_engine_take_over(struct bot_engine *engine, const char *conversation, const char *agent,
                          struct bot_message **said, GError **error)
{
	return change_owner(engine, conversation, BOT_OWNER_HUMAN, agent, NOTICE_JOINED, agent, said, error);
}

bool bot_engine_hand_back(struct bot_engine *engine, const char *conversation, const char *agent,
                          struct bot_message **said, GError **error)
{
	return change_owner(engine, conversation, BOT_OWNER_BOT, NULL, NOTICE_LEFT, agent, said, error);
}

bool bot_engine_request_human(struct bot_engine *engine, const char *conversation, struct bot_message **said,
                              GError **error)
{
	return change_owner(engine, conversation, BOT_OWNER_QUEUE, NULL, NOTICE_QUEUED, NULL, said, error);
}

bool bot_engine_agent_reply(struct bot_engine *engine, const char *conversation, const char *agent, const char *text,
                            struct bot_message **said, GError **error)
{
	if (said)
		*said = NULL;
	pthread_mutex_t *lock = engine_lock_of(engine, conversation);
	pthread_mutex_lock(lock);
	struct bot_conversation *now = bot_store_conversation(bot_engine_store(engine), conversation, error);
	bool ok = now != NULL;
	if (ok && (now->owner != BOT_OWNER_HUMAN || g_strcmp0(now->agent, agent) != 0)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFLICT, "take conversation '%s' over before you reply in it",
		            conversation);
		ok = false;
	}
	if (ok) {
		struct bot_message *message = bot_message_new(BOT_FROM_AGENT, text);
		message->agent = g_strdup(agent);
		ok = say(engine, conversation, message, said, error);
	}
	bot_conversation_free(now);
	pthread_mutex_unlock(lock);
	return ok;
}
