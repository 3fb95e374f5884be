/* The way of one message (architecture.md 3), without any socket: the daemon, the terminal chat and the REST channel
 * all go through here. An engine joins a store and the current project; it is shared by threads. Every thread that
 * answers has a worker of its own (document, workspace, arena). Turns of one conversation run one after the other. */
#ifndef BOT_ENGINE_H
#define BOT_ENGINE_H

#include "bot/message.h"
#include "bot/store.h"

struct bot_engine;
struct bot_project;
struct bot_worker;

/* Takes neither: both must outlive the engine (the project is referenced). */
struct bot_engine *bot_engine_new(struct bot_store *store, struct bot_project *project);
void bot_engine_free(struct bot_engine *engine); /* accepts NULL */
struct bot_store *bot_engine_store(const struct bot_engine *engine);
struct bot_project *bot_engine_project(struct bot_engine *engine); /* a new reference */
/* Swaps the project; running turns finish with the old one. */
void bot_engine_set_project(struct bot_engine *engine, struct bot_project *project);

struct bot_worker *bot_worker_new(struct bot_engine *engine);
void bot_worker_free(struct bot_worker *worker);

/* Stores a visitor's message; when this returns true it is durable and may be acked. With the bot's `redact: true` what
 * is stored is masked, and only the turn still reads what was written. `*stored` (owned by the caller; may be NULL)
 * gets the message as it is stored, which is what others may see of it; not for a duplicate. */
bool bot_engine_receive(struct bot_engine *engine, const char *conversation, const char *cid, const char *text,
                        size_t text_len, const char *payload, struct bot_append *out, struct bot_message **stored,
                        GError **error);
/* The text as it may be stored: masked with `redact: true`. Owned by the caller. */
char *bot_engine_storable(struct bot_engine *engine, const char *text);

struct bot_turn_result {
	GPtrArray *answers;        /* of bot_message, stored; empty while a human owns the conversation */
	struct bot_message *asked; /* the visitor's message with its analysis */
	enum bot_owner owner_before, owner;
	double mood, mood_trend;
	bool alert; /* the mood has just fallen below the threshold, or an insult was said */
};
void bot_turn_result_clear(struct bot_turn_result *result);

/* Answers the stored message `seq`: analysis, mood, policy, responses, all stored in one transaction. Also for messages
 * left over by a crash. An already answered one gives an empty result. */
bool bot_worker_answer(struct bot_worker *worker, const char *conversation, int64_t seq, struct bot_turn_result *result,
                       GError **error);

/* What the program's parser says of one text, as `kefu parse` prints it: a new JSON object. */
json_t *bot_worker_parse(struct bot_worker *worker, const char *text, size_t len);

/* The conversation's tracker as Rasa's GET /conversations/{id}/tracker gives it: a new JSON object. */
json_t *bot_engine_tracker(struct bot_engine *engine, const char *conversation, GError **error);

/* --- people --- */

/* Each stores a system or agent message as well and gives it in `*said` (owned by the caller; may be NULL). */
bool bot_engine_take_over(struct bot_engine *engine, const char *conversation, const char *agent,
                          struct bot_message **said, GError **error);
bool bot_engine_hand_back(struct bot_engine *engine, const char *conversation, const char *agent,
                          struct bot_message **said, GError **error);
bool bot_engine_request_human(struct bot_engine *engine, const char *conversation, struct bot_message **said,
                              GError **error);
bool bot_engine_agent_reply(struct bot_engine *engine, const char *conversation, const char *agent, const char *text,
                            struct bot_message **said, GError **error);

#endif
