#include "bot/error.h"
#include "store/store.h"

#define COLUMNS                                                                                                        \
	"c.id, c.visitor, c.site, c.lang, c.agent, c.page, c.owner, c.last_seq, c.read_by_visitor, c.read_by_agent, "      \
	"c.created_ms, c.updated_ms, c.mood, c.mood_trend, c.resolved, m.text "                                            \
	"FROM conversations c LEFT JOIN messages m ON m.conversation = c.number AND m.seq = c.last_seq "

#define COMMENT_MAX_BYTES 4000u
#define FORGET_STEP       200

void bot_conversation_free(struct bot_conversation *conversation)
{
	if (!conversation)
		return;
	g_free(conversation->id);
	g_free(conversation->visitor);
	g_free(conversation->site);
	g_free(conversation->lang);
	g_free(conversation->agent);
	g_free(conversation->page);
	g_free(conversation->last_text);
	g_free(conversation);
}

static struct bot_conversation *conversation_from_row(const db_rows *row)
{
	struct bot_conversation *conversation = g_new0(struct bot_conversation, 1);
	conversation->id = g_strdup(db_text_at(row, 0));
	conversation->visitor = g_strdup(db_text_at(row, 1));
	conversation->site = g_strdup(db_text_at(row, 2));
	conversation->lang = g_strdup(db_text_at(row, 3));
	conversation->agent = g_strdup(db_text_at(row, 4));
	conversation->page = g_strdup(db_text_at(row, 5));
	conversation->owner = (enum bot_owner)db_integer_at(row, 6);
	conversation->last_seq = db_integer_at(row, 7);
	conversation->read_by_visitor = db_integer_at(row, 8);
	conversation->read_by_agent = db_integer_at(row, 9);
	conversation->created_ms = db_integer_at(row, 10);
	conversation->updated_ms = db_integer_at(row, 11);
	conversation->mood = db_real_at(row, 12);
	conversation->mood_trend = db_real_at(row, 13);
	conversation->resolved = db_integer_at(row, 14) != 0;
	conversation->last_text = g_strdup(db_text_at(row, 15));
	return conversation;
}

static bool not_found(const char *id, GError **error)
{
	g_set_error(error, BOT_ERROR, BOT_ERROR_NOT_FOUND, "there is no conversation '%s'", id);
	return false;
}

bool store_conversation_number(struct db *db, const char *id, int64_t *number, GError **error)
{
	if (!db_number(db, "SELECT number FROM conversations WHERE id = ?1", DB_ARGS(db_text(id)), 0, number, error))
		return false;
	return *number != 0 || not_found(id, error);
}

/* --- reading --- */

struct one {
	const char *id;
	struct bot_conversation *found;
};

static bool read_one(struct db *db, void *user, GError **error)
{
	struct one *one = user;
	g_autoptr(db_rows) rows = db_query(db, "SELECT " COLUMNS "WHERE c.id = ?1", DB_ARGS(db_text(one->id)), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got > 0)
		one->found = conversation_from_row(rows);
	return got > 0 || (got == 0 && not_found(one->id, error));
}

struct bot_conversation *bot_store_conversation(struct bot_store *store, const char *id, GError **error)
{
	struct one one = {.id = id};
	store_read(store, read_one, &one, error);
	return one.found;
}

struct list {
	unsigned limit;
	GPtrArray *found;
};

static bool read_list(struct db *db, void *user, GError **error)
{
	struct list *list = user;
	g_autoptr(db_rows) rows = db_query(db, "SELECT " COLUMNS "ORDER BY c.updated_ms DESC, c.number DESC LIMIT ?1",
	                                   DB_ARGS(db_integer(list->limit)), error);
	int got = rows ? db_next(rows, error) : -1;
	for (; got > 0; got = db_next(rows, error))
		g_ptr_array_add(list->found, conversation_from_row(rows));
	return got == 0;
}

GPtrArray *bot_store_conversations(struct bot_store *store, unsigned limit, GError **error)
{
	struct list list = {limit, g_ptr_array_new_with_free_func((GDestroyNotify)bot_conversation_free)};
	if (!store_read(store, read_list, &list, error))
		g_clear_pointer(&list.found, g_ptr_array_unref);
	return list.found;
}

static bool read_attended(struct db *db, void *user, GError **error)
{
	GPtrArray *found = user;
	g_autoptr(db_rows) rows =
	    db_query(db, "SELECT " COLUMNS "WHERE c.owner <> 0 ORDER BY c.updated_ms, c.number", DB_NO_ARGS, error);
	int got = rows ? db_next(rows, error) : -1;
	for (; got > 0; got = db_next(rows, error))
		g_ptr_array_add(found, conversation_from_row(rows));
	return got == 0;
}

GPtrArray *bot_store_attended(struct bot_store *store, GError **error)
{
	GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)bot_conversation_free);
	if (!store_read(store, read_attended, found, error))
		g_clear_pointer(&found, g_ptr_array_unref);
	return found;
}

/* --- owner and marks --- */

struct change {
	const char *id, *agent, *comment;
	enum bot_owner owner;
	bool flag;
	int64_t number, now_ms;
};

static bool write_owner(struct db *db, void *user, GError **error)
{
	const struct change *change = user;
	g_autoptr(db_rows) rows =
	    db_query(db, "SELECT owner, agent FROM conversations WHERE id = ?1", DB_ARGS(db_text(change->id)), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got <= 0)
		return got == 0 && not_found(change->id, error);
	const char *agent = db_text_at(rows, 1);
	if (change->owner == BOT_OWNER_HUMAN && db_integer_at(rows, 0) == BOT_OWNER_HUMAN && agent &&
	    g_strcmp0(agent, change->agent) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFLICT, "%s has taken this conversation already", agent);
		return false;
	}
	return db_run(
	    db, "UPDATE conversations SET owner = ?2, agent = ?3, updated_ms = max(updated_ms, ?4) WHERE id = ?1",
	    DB_ARGS(db_text(change->id), db_integer(change->owner), db_text(change->agent), db_integer(change->now_ms)),
	    error);
}

bool bot_store_set_owner(struct bot_store *store, const char *conversation, enum bot_owner owner, const char *agent,
                         GError **error)
{
	if (!store_check_text("the agent's name", agent, STORE_NAME_MAX_BYTES, error))
		return false;
	struct change change = {.id = conversation, .owner = owner, .agent = agent, .now_ms = store_now_ms(store)};
	return store_write(store, write_owner, &change, error);
}

static bool write_resolved(struct db *db, void *user, GError **error)
{
	const struct change *change = user;
	if (!db_run(db, "UPDATE conversations SET resolved = ?2 WHERE id = ?1",
	            DB_ARGS(db_text(change->id), db_integer(change->flag)), error))
		return false;
	return db_changes(db) > 0 || not_found(change->id, error);
}

bool bot_store_set_resolved(struct bot_store *store, const char *conversation, bool resolved, GError **error)
{
	struct change change = {.id = conversation, .flag = resolved};
	return store_write(store, write_resolved, &change, error);
}

/* min(): a marker cannot stand after the last message, whatever a client says. */
static bool write_read(struct db *db, void *user, GError **error)
{
	const struct change *change = user;
	const char *sql =
	    change->flag ? "UPDATE conversations SET read_by_agent = max(read_by_agent, min(?2, last_seq)) WHERE id = ?1"
	                 : "UPDATE conversations SET read_by_visitor = max(read_by_visitor, min(?2, last_seq)) "
	                   "WHERE id = ?1";
	if (!db_run(db, sql, DB_ARGS(db_text(change->id), db_integer(change->number)), error))
		return false;
	return db_changes(db) > 0 || not_found(change->id, error);
}

bool bot_store_mark_read(struct bot_store *store, const char *conversation, bool by_agent, int64_t seq, GError **error)
{
	struct change change = {.id = conversation, .flag = by_agent, .number = seq};
	return store_write(store, write_read, &change, error);
}

static bool read_unread(struct db *db, void *user, GError **error)
{
	struct change *change = user;
	int64_t number;
	return store_conversation_number(db, change->id, &number, error) &&
	       db_number(db,
	                 "SELECT count(*) FROM messages WHERE conversation = ?1 AND sender <> ?2 AND seq > "
	                 "(SELECT read_by_visitor FROM conversations WHERE number = ?1)",
	                 DB_ARGS(db_integer(number), db_integer(BOT_FROM_VISITOR)), 0, &change->number, error);
}

unsigned bot_store_unread(struct bot_store *store, const char *conversation, GError **error)
{
	struct change change = {.id = conversation};
	return store_read(store, read_unread, &change, error) ? (unsigned)change.number : 0;
}

/* --- rating of a whole conversation --- */

static bool write_rating(struct db *db, void *user, GError **error)
{
	const struct change *change = user;
	int64_t number;
	return store_conversation_number(db, change->id, &number, error) &&
	       db_run(db, "INSERT OR REPLACE INTO ratings (conversation, score, comment, at_ms) VALUES (?1, ?2, ?3, ?4)",
	              DB_ARGS(db_integer(number), db_integer(change->number), db_text(change->comment),
	                      db_integer(change->now_ms)),
	              error);
}

bool bot_store_rating(struct bot_store *store, const char *conversation, int score, const char *comment, GError **error)
{
	if (score < 1 || score > 5) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "a rating is 1 to 5, not %d", score);
		return false;
	}
	if (!store_check_text("the comment", comment, COMMENT_MAX_BYTES, error))
		return false;
	struct change change = {.id = conversation, .number = score, .comment = comment, .now_ms = store_now_ms(store)};
	return store_write(store, write_rating, &change, error);
}

/* --- retention --- */

/* A few at a time, so that messages that come meanwhile are not held up. */
static bool write_forget(struct db *db, void *user, GError **error)
{
	struct change *change = user;
	if (!db_run(db,
	            "DELETE FROM conversations WHERE number IN "
	            "(SELECT number FROM conversations WHERE updated_ms < ?1 LIMIT " G_STRINGIFY(FORGET_STEP) ")",
	            DB_ARGS(db_integer(change->now_ms)), error))
		return false;
	change->number = db_changes(db);
	return change->number == FORGET_STEP ||
	       (db_run(db, "DELETE FROM events WHERE at_s < ?1 / 1000", DB_ARGS(db_integer(change->now_ms)), error) &&
	        db_run(db,
	               "DELETE FROM visitors WHERE created_ms < ?1 AND personalise = 1 AND NOT EXISTS "
	               "(SELECT 1 FROM conversations WHERE visitor = visitors.id)",
	               DB_ARGS(db_integer(change->now_ms)), error));
}

bool bot_store_forget(struct bot_store *store, int64_t before_ms, unsigned *forgotten, GError **error)
{
	struct change change = {.now_ms = before_ms};
	unsigned sum = 0;
	do {
		if (!store_write(store, write_forget, &change, error))
			return false;
		sum += (unsigned)change.number;
	} while (change.number == FORGET_STEP);
	if (forgotten)
		*forgotten = sum;
	return true;
}
