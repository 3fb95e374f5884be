/* A visitor is known by an unguessable token that the store gave out; outside programs name their own ("senders"). The
 * two kinds never mix: who knows the id of a web visitor cannot speak for them over the REST channel. */
#include "bot/error.h"
#include "store/store.h"
#include "store/token.h"

#define SENDER_SITE "rest"

struct visit {
	int64_t now_ms;
	const char *site, *lang, *page;
	uint8_t hash[TOKEN_HASH_BYTES];
	bool has_hash;
	char *new_token; /* used when the visitor is new */
	bool made;
	char *visitor, *conversation; /* ids */
};

static bool find_visitor(struct db *db, struct visit *visit, GError **error)
{
	if (!visit->has_hash)
		return true;
	g_autoptr(db_rows) rows = db_query(db, "SELECT id FROM visitors WHERE token_hash = ?1",
	                                   DB_ARGS(db_blob(visit->hash, sizeof(visit->hash))), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got > 0)
		visit->visitor = g_strdup(db_text_at(rows, 0));
	return got >= 0;
}

static bool find_conversation(struct db *db, struct visit *visit, GError **error)
{
	g_autoptr(db_rows) rows = db_query(db,
	                                   "SELECT id FROM conversations WHERE visitor = ?1 AND site = ?2 AND resolved = 0 "
	                                   "ORDER BY number DESC LIMIT 1",
	                                   DB_ARGS(db_text(visit->visitor), db_text(visit->site)), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got > 0)
		visit->conversation = g_strdup(db_text_at(rows, 0));
	return got >= 0;
}

static bool make_conversation(struct db *db, const struct visit *visit, GError **error)
{
	return db_run(db,
	              "INSERT INTO conversations (id, visitor, site, lang, page, created_ms, updated_ms) "
	              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (id) DO NOTHING",
	              DB_ARGS(db_text(visit->conversation), db_text(visit->visitor), db_text(visit->site),
	                      db_text(visit->lang), db_text(visit->page), db_integer(visit->now_ms)),
	              error);
}

static bool write_visit(struct db *db, void *user, GError **error)
{
	struct visit *visit = user;
	if (!find_visitor(db, visit, error))
		return false;
	if (!visit->visitor) {
		visit->made = true;
		visit->visitor = token_new();
		token_hash(visit->new_token, visit->hash);
		if (!db_run(
		        db, "INSERT INTO visitors (id, token_hash, created_ms) VALUES (?1, ?2, ?3)",
		        DB_ARGS(db_text(visit->visitor), db_blob(visit->hash, sizeof(visit->hash)), db_integer(visit->now_ms)),
		        error))
			return false;
	}
	if (!find_conversation(db, visit, error))
		return false;
	if (!visit->conversation) {
		visit->conversation = token_new();
		return make_conversation(db, visit, error);
	}
	return db_run(db, "UPDATE conversations SET lang = ifnull(?2, lang), page = ifnull(?3, page) WHERE id = ?1",
	              DB_ARGS(db_text(visit->conversation), db_text(visit->lang), db_text(visit->page)), error);
}

struct bot_conversation *bot_store_visit(struct bot_store *store, const char *token, const char *site, const char *lang,
                                         const char *page, char **out_token, GError **error)
{
	if (!store_check_text("the site key", site, STORE_NAME_MAX_BYTES, error) ||
	    !store_check_text("the language", lang, STORE_NAME_MAX_BYTES, error) ||
	    !store_check_text("the page's address", page, 8 * STORE_NAME_MAX_BYTES, error))
		return NULL;
	struct visit visit = {.now_ms = store_now_ms(store), .site = site ? site : "", .lang = lang, .page = page};
	visit.has_hash = token && token_hash(token, visit.hash);
	visit.new_token = token_new();
	struct bot_conversation *conversation = NULL;
	if (store_write(store, write_visit, &visit, error))
		conversation = bot_store_conversation(store, visit.conversation, error);
	if (conversation)
		*out_token = visit.made ? g_steal_pointer(&visit.new_token) : g_strdup(token);
	g_free(visit.new_token);
	g_free(visit.visitor);
	g_free(visit.conversation);
	return conversation;
}

static bool read_known(struct db *db, void *user, GError **error)
{
	return find_visitor(db, user, error);
}

bool bot_store_knows(struct bot_store *store, const char *token, bool *known, GError **error)
{
	struct visit visit = {.now_ms = 0};
	visit.has_hash = token && token_hash(token, visit.hash);
	bool ok = store_read(store, read_known, &visit, error);
	*known = visit.visitor != NULL;
	g_free(visit.visitor);
	return ok;
}

/* A sender's visitor and conversation both carry the name that the outside program gave. */
static bool write_sender(struct db *db, void *user, GError **error)
{
	struct visit *visit = user;
	int64_t taken = 0;
	if (!db_number(db,
	               "SELECT EXISTS (SELECT 1 FROM visitors WHERE id = ?1 AND token_hash IS NOT NULL) "
	               "OR EXISTS (SELECT 1 FROM conversations WHERE id = ?1 AND visitor <> ?1)",
	               DB_ARGS(db_text(visit->visitor)), 0, &taken, error))
		return false;
	if (taken) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFLICT, "the sender '%s' is a visitor of the web chat",
		            visit->visitor);
		return false;
	}
	return db_run(db, "INSERT INTO visitors (id, created_ms) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
	              DB_ARGS(db_text(visit->visitor), db_integer(visit->now_ms)), error) &&
	       make_conversation(db, visit, error);
}

struct sender_known {
	const char *sender;
	bool *known;
};

static bool read_sender(struct db *db, void *user, GError **error)
{
	const struct sender_known *question = user;
	int64_t known;
	if (!db_number(db, "SELECT EXISTS (SELECT 1 FROM conversations WHERE id = ?1 AND visitor = ?1)",
	               DB_ARGS(db_text(question->sender)), 0, &known, error))
		return false;
	*question->known = known != 0;
	return true;
}

struct bot_conversation *bot_store_visit_sender(struct bot_store *store, const char *sender, GError **error)
{
	if (!sender || !*sender) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "the sender has no name");
		return NULL;
	}
	if (!store_check_text("the sender's name", sender, STORE_NAME_MAX_BYTES, error))
		return NULL;
	struct visit visit = {
	    .now_ms = store_now_ms(store), .site = SENDER_SITE, .visitor = (char *)sender, .conversation = (char *)sender};
	bool known = false;
	struct sender_known question = {sender, &known};
	if (!store_read(store, read_sender, &question, error) ||
	    (!known && !store_write(store, write_sender, &visit, error)))
		return NULL;
	return bot_store_conversation(store, sender, error);
}

/* --- personalisation --- */

struct personalise {
	const char *visitor;
	bool on;
	int64_t now_ms;
};

static bool write_personalise(struct db *db, void *user, GError **error)
{
	const struct personalise *choice = user;
	return db_run(db,
	              "INSERT INTO visitors (id, personalise, created_ms) VALUES (?1, ?2, ?3) "
	              "ON CONFLICT (id) DO UPDATE SET personalise = ?2",
	              DB_ARGS(db_text(choice->visitor), db_integer(choice->on), db_integer(choice->now_ms)), error);
}

bool bot_store_set_personalise(struct bot_store *store, const char *visitor, bool on, GError **error)
{
	if (!store_check_text("the visitor's name", visitor, STORE_NAME_MAX_BYTES, error))
		return false;
	struct personalise choice = {visitor, on, store_now_ms(store)};
	return store_write(store, write_personalise, &choice, error);
}

static bool read_personalise(struct db *db, void *user, GError **error)
{
	struct personalise *choice = user;
	int64_t on;
	if (!db_number(db, "SELECT personalise FROM visitors WHERE id = ?1", DB_ARGS(db_text(choice->visitor)), 1, &on,
	               error))
		return false;
	choice->on = on != 0;
	return true;
}

bool bot_store_personalise(struct bot_store *store, const char *visitor)
{
	struct personalise choice = {.visitor = visitor, .on = true};
	/* If it cannot be read, nobody is followed against their will. */
	return store_read(store, read_personalise, &choice, NULL) && choice.on;
}
