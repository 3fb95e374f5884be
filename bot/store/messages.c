/* Seqs: conversations.last_seq rises in the same transaction that inserts the message, so the seqs of a conversation
 * are dense and in the order of the commits, and a message that is half stored cannot exist. */
#include <string.h>

#include "bot/error.h"
#include "store/store.h"

#define CID_MAX_BYTES     128u
#define PAYLOAD_MAX_BYTES 4096u
#define ANSWER_MAX_BYTES  65536u
#define COLUMNS           "seq, reply_to, ts_ms, sender, text, payload, cid, agent, content, analysis"

/* --- writing --- */

struct place {
	int64_t number, last_seq;
	enum bot_owner owner;
};

static bool find_place(struct db *db, const char *conversation, struct place *place, GError **error)
{
	g_autoptr(db_rows) rows = db_query(db, "SELECT number, last_seq, owner FROM conversations WHERE id = ?1",
	                                   DB_ARGS(db_text(conversation)), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got > 0)
		*place = (struct place){db_integer_at(rows, 0), db_integer_at(rows, 1), (enum bot_owner)db_integer_at(rows, 2)};
	if (got == 0)
		g_set_error(error, BOT_ERROR, BOT_ERROR_NOT_FOUND, "there is no conversation '%s'", conversation);
	return got > 0;
}

static char *dump(const json_t *json)
{
	return json ? json_dumps(json, JSON_COMPACT) : NULL;
}

static void g_free_json(char **text)
{
	free(*text); /* jansson's allocator is malloc */
}

static bool insert(struct db *db, int64_t number, const struct bot_message *message, GError **error)
{
	__attribute__((cleanup(g_free_json))) char *content = dump(message->content);
	__attribute__((cleanup(g_free_json))) char *analysis = dump(message->analysis);
	return db_run(
	    db,
	    "INSERT INTO messages (conversation, seq, reply_to, ts_ms, sender, pending, text, payload, cid, agent, "
	    "content, analysis) VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	    DB_ARGS(db_integer(number), db_integer(message->seq), db_integer(message->reply_to), db_integer(message->ts_ms),
	            db_integer(message->from), db_integer(message->from == BOT_FROM_VISITOR), db_text(message->text),
	            db_text(message->payload), db_text(message->cid), db_text(message->agent), db_text(content),
	            db_text(analysis)),
	    error);
}

struct append {
	const char *conversation;
	struct bot_message *message;
	struct bot_append out;
	int64_t now_ms, seq;
};

static bool write_append(struct db *db, void *user, GError **error)
{
	struct append *append = user;
	struct bot_message *message = append->message;
	struct place place;
	if (!find_place(db, append->conversation, &place, error))
		return false;
	if (message->cid) {
		int64_t earlier;
		if (!db_number(db, "SELECT seq FROM messages WHERE conversation = ?1 AND cid = ?2",
		               DB_ARGS(db_integer(place.number), db_text(message->cid)), 0, &earlier, error))
			return false;
		append->out = (struct bot_append){earlier, earlier != 0};
		if (earlier != 0)
			return true;
	}
	message->seq = place.last_seq + 1;
	message->ts_ms = append->now_ms;
	append->out = (struct bot_append){message->seq, false};
	/* A visitor who writes again opens a resolved conversation. */
	return insert(db, place.number, message, error) &&
	       db_run(db,
	              "UPDATE conversations SET last_seq = ?2, updated_ms = max(updated_ms, ?3), "
	              "resolved = CASE ?4 WHEN 1 THEN 0 ELSE resolved END WHERE number = ?1",
	              DB_ARGS(db_integer(place.number), db_integer(message->seq), db_integer(message->ts_ms),
	                      db_integer(message->from == BOT_FROM_VISITOR)),
	              error);
}

static bool check_message(const struct bot_message *message, GError **error)
{
	bool is_ours = message->from == BOT_FROM_BOT || message->from == BOT_FROM_SYSTEM;
	return store_check_text("the text", message->text, is_ours ? ANSWER_MAX_BYTES : BOT_MESSAGE_TEXT_MAX_BYTES,
	                        error) &&
	       store_check_text("the payload", message->payload, PAYLOAD_MAX_BYTES, error) &&
	       store_check_text("the cid", message->cid, CID_MAX_BYTES, error) &&
	       store_check_text("the agent's name", message->agent, STORE_NAME_MAX_BYTES, error);
}

bool bot_store_append(struct bot_store *store, const char *conversation, struct bot_message *message,
                      struct bot_append *out, GError **error)
{
	if (!check_message(message, error))
		return false;
	struct append append = {.conversation = conversation, .message = message, .now_ms = store_now_ms(store)};
	if (!store_write(store, write_append, &append, error))
		return false;
	*out = append.out;
	return true;
}

/* --- the record of a turn --- */

struct turn {
	const char *conversation;
	const struct bot_turn_record *record;
	int64_t now_ms;
	bool dropped;
};

static bool store_answers(struct db *db, struct place *place, const struct turn *turn, GError **error)
{
	const struct bot_turn_record *record = turn->record;
	for (size_t i = 0; i < record->n_answers; i++) {
		struct bot_message *answer = record->answers[i];
		answer->seq = ++place->last_seq;
		answer->ts_ms = turn->now_ms;
		answer->reply_to = record->seq;
		if (!insert(db, place->number, answer, error))
			return false;
	}
	return db_run(db,
	              "UPDATE conversations SET last_seq = ?2, owner = ?3, agent = CASE ?3 WHEN ?4 THEN agent END, "
	              "updated_ms = max(updated_ms, ?5) WHERE number = ?1",
	              DB_ARGS(db_integer(place->number), db_integer(place->last_seq), db_integer(record->owner),
	                      db_integer(BOT_OWNER_HUMAN), db_integer(turn->now_ms)),
	              error);
}

static bool write_turn(struct db *db, void *user, GError **error)
{
	struct turn *turn = user;
	const struct bot_turn_record *record = turn->record;
	struct place place;
	int64_t pending;
	if (!find_place(db, turn->conversation, &place, error) ||
	    !db_number(db, "SELECT pending FROM messages WHERE conversation = ?1 AND seq = ?2",
	               DB_ARGS(db_integer(place.number), db_integer(record->seq)), -1, &pending, error))
		return false;
	if (pending < 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_NOT_FOUND, "conversation '%s' has no message %" G_GINT64_FORMAT,
		            turn->conversation, record->seq);
		return false;
	}
	turn->dropped = pending == 0 || place.owner != record->expected_owner;
	if (pending == 0)
		return true;
	__attribute__((cleanup(g_free_json))) char *analysis = dump(record->analysis);
	if (!db_run(db, "UPDATE messages SET pending = 0, analysis = ?3 WHERE conversation = ?1 AND seq = ?2",
	            DB_ARGS(db_integer(place.number), db_integer(record->seq), db_text(analysis)), error) ||
	    !db_run(db, "UPDATE conversations SET mood = ?2, mood_trend = ?3 WHERE number = ?1",
	            DB_ARGS(db_integer(place.number), db_real(record->mood), db_real(record->mood_trend)), error))
		return false;
	if (record->tracker && !db_run(db, "INSERT OR REPLACE INTO trackers (conversation, tracker) VALUES (?1, ?2)",
	                               DB_ARGS(db_integer(place.number), db_text(record->tracker)), error))
		return false;
	return turn->dropped || store_answers(db, &place, turn, error);
}

bool bot_store_record_turn(struct bot_store *store, const char *conversation, const struct bot_turn_record *record,
                           bool *dropped, GError **error)
{
	for (size_t i = 0; i < record->n_answers; i++)
		if (!check_message(record->answers[i], error))
			return false;
	struct turn turn = {.conversation = conversation, .record = record, .now_ms = store_now_ms(store)};
	if (!store_write(store, write_turn, &turn, error))
		return false;
	*dropped = turn.dropped;
	return true;
}

/* --- reading --- */

static struct bot_message *message_from_row(const db_rows *row)
{
	struct bot_message *message = bot_message_new((enum bot_from)db_integer_at(row, 3), db_text_at(row, 4));
	const char *content = db_text_at(row, 8), *analysis = db_text_at(row, 9);
	message->seq = db_integer_at(row, 0);
	message->reply_to = db_integer_at(row, 1);
	message->ts_ms = db_integer_at(row, 2);
	message->payload = g_strdup(db_text_at(row, 5));
	message->cid = g_strdup(db_text_at(row, 6));
	message->agent = g_strdup(db_text_at(row, 7));
	message->content = content ? json_loads(content, 0, NULL) : NULL;
	message->analysis = analysis ? json_loads(analysis, 0, NULL) : NULL;
	return message;
}

struct range {
	const char *conversation;
	int64_t after;
	unsigned limit;
	GPtrArray *found;
};

static bool read_range(struct db *db, void *user, GError **error)
{
	struct range *range = user;
	int64_t number;
	if (!store_conversation_number(db, range->conversation, &number, error))
		return false;
	g_autoptr(db_rows) rows =
	    db_query(db, "SELECT " COLUMNS " FROM messages WHERE conversation = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
	             DB_ARGS(db_integer(number), db_integer(range->after), db_integer((int64_t)range->limit + 1)), error);
	int got = rows ? db_next(rows, error) : -1;
	for (; got > 0; got = db_next(rows, error))
		g_ptr_array_add(range->found, message_from_row(rows));
	return got == 0;
}

GPtrArray *bot_store_messages(struct bot_store *store, const char *conversation, int64_t after, unsigned limit,
                              bool *more, GError **error)
{
	struct range range = {conversation, after, limit, g_ptr_array_new_with_free_func((GDestroyNotify)bot_message_free)};
	if (!store_read(store, read_range, &range, error)) {
		g_ptr_array_unref(range.found);
		return NULL;
	}
	*more = range.found->len > limit;
	if (*more)
		g_ptr_array_set_size(range.found, (int)limit);
	return range.found;
}

struct bot_message *bot_store_message(struct bot_store *store, const char *conversation, int64_t seq, GError **error)
{
	bool more;
	g_autoptr(GPtrArray) found = bot_store_messages(store, conversation, seq - 1, 1, &more, error);
	if (!found)
		return NULL;
	if (found->len == 1 && ((const struct bot_message *)found->pdata[0])->seq == seq)
		return g_ptr_array_steal_index(found, 0);
	g_set_error(error, BOT_ERROR, BOT_ERROR_NOT_FOUND, "conversation '%s' has no message %" G_GINT64_FORMAT,
	            conversation, seq);
	return NULL;
}

static void pending_clear(void *data)
{
	g_free(((struct bot_pending *)data)->conversation);
}

static bool read_pending(struct db *db, void *user, GError **error)
{
	GArray *found = user;
	g_autoptr(db_rows) rows = db_query(db,
	                                   "SELECT c.id, m.seq FROM messages m JOIN conversations c ON c.number = "
	                                   "m.conversation WHERE m.pending = 1 ORDER BY m.ts_ms, m.conversation, m.seq",
	                                   DB_NO_ARGS, error);
	int got = rows ? db_next(rows, error) : -1;
	for (; got > 0; got = db_next(rows, error)) {
		struct bot_pending pending = {g_strdup(db_text_at(rows, 0)), db_integer_at(rows, 1)};
		g_array_append_val(found, pending);
	}
	return got == 0;
}

GArray *bot_store_pending(struct bot_store *store, GError **error)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct bot_pending));
	g_array_set_clear_func(found, pending_clear);
	if (!store_read(store, read_pending, found, error))
		g_clear_pointer(&found, g_array_unref);
	return found;
}

struct tracker {
	const char *conversation;
	char *json;
};

static bool read_tracker(struct db *db, void *user, GError **error)
{
	struct tracker *tracker = user;
	int64_t number;
	if (!store_conversation_number(db, tracker->conversation, &number, error))
		return false;
	g_autoptr(db_rows) rows =
	    db_query(db, "SELECT tracker FROM trackers WHERE conversation = ?1", DB_ARGS(db_integer(number)), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got > 0)
		tracker->json = g_strdup(db_text_at(rows, 0));
	return got >= 0;
}

char *bot_store_tracker(struct bot_store *store, const char *conversation, GError **error)
{
	struct tracker tracker = {.conversation = conversation};
	store_read(store, read_tracker, &tracker, error);
	return tracker.json;
}

/* --- feedback on one message --- */

struct feedback {
	const char *conversation;
	int64_t seq, now_ms;
	int value;
};

static bool write_feedback(struct db *db, void *user, GError **error)
{
	const struct feedback *feedback = user;
	int64_t number, sender;
	if (!store_conversation_number(db, feedback->conversation, &number, error) ||
	    !db_number(db, "SELECT sender FROM messages WHERE conversation = ?1 AND seq = ?2",
	               DB_ARGS(db_integer(number), db_integer(feedback->seq)), -1, &sender, error))
		return false;
	if (sender < 0 || sender == BOT_FROM_VISITOR) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_NOT_FOUND, "conversation '%s' has no answer %" G_GINT64_FORMAT,
		            feedback->conversation, feedback->seq);
		return false;
	}
	return db_run(db, "INSERT OR REPLACE INTO feedback (conversation, seq, value, at_ms) VALUES (?1, ?2, ?3, ?4)",
	              DB_ARGS(db_integer(number), db_integer(feedback->seq), db_integer(feedback->value),
	                      db_integer(feedback->now_ms)),
	              error);
}

bool bot_store_feedback(struct bot_store *store, const char *conversation, int64_t seq, int value, GError **error)
{
	if (value < -1 || value > 1) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "feedback is -1, 0 or 1, not %d", value);
		return false;
	}
	struct feedback feedback = {conversation, seq, store_now_ms(store), value};
	return store_write(store, write_feedback, &feedback, error);
}
