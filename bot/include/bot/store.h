/* Everything that must survive: conversations, messages, trackers, visitors, agents, events. SQLite in WAL mode with
 * synchronous=FULL: what a call has stored when it returns true survives kill -9 and loss of power. Numbered migrations
 * run when the file is opened. Thread-safe: calls are serialised inside. */
#ifndef BOT_STORE_H
#define BOT_STORE_H

#include "bot/message.h"

struct bot_store;

/* Opens or makes DIR/kefu.db; ":memory:" for tests. BOT_ERROR_STORE when locked by another daemon or damaged. */
struct bot_store *bot_store_open(const char *dir, GError **error);
/* The same for a short command that may run beside a daemon on the same folder (`kefu agent add`, `kefu backup`). */
struct bot_store *bot_store_open_beside(const char *dir, GError **error);
void bot_store_close(struct bot_store *store);                 /* accepts NULL */
bool bot_store_check(struct bot_store *store, GError **error); /* one cheap query: for readiness */

/* --- visitors and conversations --- */

struct bot_conversation { /* heap; members owned */
	char *id, *visitor, *site, *lang, *agent, *page;
	enum bot_owner owner;
	int64_t last_seq, read_by_visitor, read_by_agent; /* seq */
	int64_t created_ms, updated_ms;
	double mood;       /* sliding mean of sentiment scores, -1..1 */
	double mood_trend; /* change of it over the last messages */
	char *last_text;   /* of the newest message, for lists */
	bool resolved;
};
void bot_conversation_free(struct bot_conversation *conversation); /* accepts NULL */

/* Finds the visitor of `token` (an unguessable 128-bit string that the store made) and its open conversation, or makes
 * new ones when `token` is NULL or unknown. `*out_token` is owned by the caller. */
struct bot_conversation *bot_store_visit(struct bot_store *store, const char *token, const char *site, const char *lang,
                                         const char *page, char **out_token, GError **error);
/* Whether `token` is a visitor's, without making anything. */
bool bot_store_knows(struct bot_store *store, const char *token, bool *known, GError **error);
/* The conversation of an outside sender (REST channel), made when new. */
struct bot_conversation *bot_store_visit_sender(struct bot_store *store, const char *sender, GError **error);
struct bot_conversation *bot_store_conversation(struct bot_store *store, const char *id, GError **error);
/* Newest first; owned by the caller (element free function set). */
GPtrArray *bot_store_conversations(struct bot_store *store, unsigned limit, GError **error);
/* All that wait for a human or have one, the one without news for longest first; owned by the caller. */
GPtrArray *bot_store_attended(struct bot_store *store, GError **error);

/* --- messages --- */

struct bot_append {
	int64_t seq;    /* given to the message, or of the earlier one with the same cid */
	bool duplicate; /* the cid was there: nothing was stored */
};
/* Stores one message and gives it its seq and time, durable when it returns true. A visitor's message is marked as not
 * answered yet. */
bool bot_store_append(struct bot_store *store, const char *conversation, struct bot_message *message,
                      struct bot_append *out, GError **error);
/* Stores what came of a turn in one transaction: the analysis of message `seq` and the conversation's mood, the
 * tracker, the answers with their seqs, the owner; marks `seq` answered. `expected_owner` is checked inside the
 * transaction: if the owner has changed meanwhile the answers are dropped, `*dropped` is true, and the rest is stored
 * but the owner. A message that is already answered is left as it is: everything is dropped. */
struct bot_turn_record {
	int64_t seq;
	const json_t *analysis;
	double mood, mood_trend;
	const char *tracker;                /* JSON, or NULL to leave it */
	struct bot_message *const *answers; /* seq, ts_ms and reply_to are filled in */
	size_t n_answers;
	enum bot_owner expected_owner, owner; /* owner: after the turn */
};
bool bot_store_record_turn(struct bot_store *store, const char *conversation, const struct bot_turn_record *record,
                           bool *dropped, GError **error);
/* Messages with seq > `after`, at most `limit`, in order; `*more` tells of further ones. Elements bot_message. */
GPtrArray *bot_store_messages(struct bot_store *store, const char *conversation, int64_t after, unsigned limit,
                              bool *more, GError **error);
struct bot_message *bot_store_message(struct bot_store *store, const char *conversation, int64_t seq, GError **error);
/* Visitor messages that were acked but not answered (a crash between): pairs in order of arrival. */
struct bot_pending {
	char *conversation;
	int64_t seq;
};
GArray *bot_store_pending(struct bot_store *store, GError **error); /* of bot_pending, clear function set */

/* JSON of the tracker, owned; NULL without error where there is none yet. */
char *bot_store_tracker(struct bot_store *store, const char *conversation, GError **error);
/* Changes the owner. `agent` NULL for none. A take-over while another agent owns it is BOT_ERROR_CONFLICT. */
bool bot_store_set_owner(struct bot_store *store, const char *conversation, enum bot_owner owner, const char *agent,
                         GError **error);
bool bot_store_set_resolved(struct bot_store *store, const char *conversation, bool resolved, GError **error);
/* Read marker of the visitor or of the agents; only ever rises. */
bool bot_store_mark_read(struct bot_store *store, const char *conversation, bool by_agent, int64_t seq, GError **error);
/* Bot, agent and system messages after the visitor's read marker. */
unsigned bot_store_unread(struct bot_store *store, const char *conversation, GError **error);
bool bot_store_feedback(struct bot_store *store, const char *conversation, int64_t seq, int value, GError **error);
bool bot_store_rating(struct bot_store *store, const char *conversation, int score, const char *comment,
                      GError **error);

/* --- shop events --- */

bool bot_store_event(struct bot_store *store, const char *visitor, const char *event, const char *item, GError **error);
/* Calls `each` for every stored event in order, to feed the recommender at start. `each` must not call the store. */
bool bot_store_events(struct bot_store *store,
                      void (*each)(const char *visitor, const char *item, const char *event, int64_t time_s,
                                   void *user),
                      void *user, GError **error);
bool bot_store_set_personalise(struct bot_store *store, const char *visitor, bool on, GError **error);
bool bot_store_personalise(struct bot_store *store, const char *visitor); /* true unless switched off */

/* --- agents (passwords by libsodium's Argon2id) --- */

bool bot_store_agent_add(struct bot_store *store, const char *name, const char *password, GError **error);
bool bot_store_agent_passwd(struct bot_store *store, const char *name, const char *password, GError **error);
bool bot_store_agent_remove(struct bot_store *store, const char *name, GError **error);
GPtrArray *bot_store_agents(struct bot_store *store, GError **error); /* of char *, owned */
/* A token for later logins when name and password fit (owned by the caller), else NULL with BOT_ERROR_REFUSED. Takes
 * the same time for an unknown name. */
char *bot_store_agent_login(struct bot_store *store, const char *name, const char *password, GError **error);
/* The agent of a token (owned), or NULL with BOT_ERROR_REFUSED. */
char *bot_store_agent_of_token(struct bot_store *store, const char *token, GError **error);

/* An online copy by SQLite's backup API, whole or not at all; replaces `path`. */
bool bot_store_backup(struct bot_store *store, const char *path, GError **error);
/* Puts a backup in the place of DIR/kefu.db, which is kept as kefu.db.before-restore. No daemon may use DIR. */
bool bot_store_restore(const char *dir, const char *backup, GError **error);
/* Forgets conversations and events that are older than `before_ms`, and visitors who then have nothing left
 * (retention).
 * `*forgotten` (may be NULL): number of conversations. */
bool bot_store_forget(struct bot_store *store, int64_t before_ms, unsigned *forgotten, GError **error);

#endif
