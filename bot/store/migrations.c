/* Rules: a released step is never edited, only followed by another; each runs in a transaction of its own together with
 * the new user_version, so that a crash leaves a file of some whole version.
 *
 * Notes on the tables. Times are Unix milliseconds unless named _s. A conversation has a number for joins beside its
 * public id. messages is clustered by (conversation, seq): reading on from a seq is one range. The partial index
 * message_pending holds only what waits for an answer. Of tokens only a BLAKE2b hash is kept. events has no foreign
 * key: shop events also come from outside for users who never chatted. */
#include "store/migrations.h"

#include "bot/error.h"

#define APPLICATION_ID 0x4b656675 /* "Kefu" */

static const char *const steps[] = {
    /* 1: conversations */
    "CREATE TABLE visitors ("
    " id TEXT PRIMARY KEY,"
    " token_hash BLOB UNIQUE," /* NULL for those that only outside programs know */
    " personalise INTEGER NOT NULL DEFAULT 1,"
    " created_ms INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE conversations ("
    " number INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " visitor TEXT NOT NULL REFERENCES visitors (id) ON DELETE CASCADE,"
    " site TEXT, lang TEXT, page TEXT, agent TEXT,"
    " owner INTEGER NOT NULL DEFAULT 0,"
    " last_seq INTEGER NOT NULL DEFAULT 0,"
    " read_by_visitor INTEGER NOT NULL DEFAULT 0,"
    " read_by_agent INTEGER NOT NULL DEFAULT 0,"
    " mood REAL NOT NULL DEFAULT 0,"
    " mood_trend REAL NOT NULL DEFAULT 0,"
    " resolved INTEGER NOT NULL DEFAULT 0,"
    " created_ms INTEGER NOT NULL,"
    " updated_ms INTEGER NOT NULL"
    ");"
    "CREATE INDEX conversation_visitor ON conversations (visitor, site, resolved);"
    "CREATE INDEX conversation_updated ON conversations (updated_ms);"
    "CREATE TABLE messages ("
    " conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,"
    " seq INTEGER NOT NULL,"
    " reply_to INTEGER,"
    " ts_ms INTEGER NOT NULL,"
    " sender INTEGER NOT NULL,"
    " pending INTEGER NOT NULL DEFAULT 0,"
    " text TEXT, payload TEXT, cid TEXT, agent TEXT, content TEXT, analysis TEXT,"
    " PRIMARY KEY (conversation, seq)"
    ") WITHOUT ROWID;"
    "CREATE UNIQUE INDEX message_cid ON messages (conversation, cid) WHERE cid IS NOT NULL;"
    "CREATE INDEX message_pending ON messages (ts_ms, conversation, seq) WHERE pending = 1;"
    "CREATE TABLE trackers ("
    " conversation INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,"
    " tracker TEXT NOT NULL"
    ");",

    /* 2: agents, and what visitors think of the answers */
    "CREATE TABLE agents ("
    " name TEXT PRIMARY KEY,"
    " password TEXT NOT NULL," /* crypto_pwhash_str() */
    " created_ms INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE agent_tokens ("
    " token_hash BLOB PRIMARY KEY,"
    " agent TEXT NOT NULL REFERENCES agents (name) ON DELETE CASCADE,"
    " expires_ms INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE INDEX agent_token_agent ON agent_tokens (agent);"
    "CREATE TABLE feedback ("
    " conversation INTEGER NOT NULL,"
    " seq INTEGER NOT NULL,"
    " value INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL,"
    " PRIMARY KEY (conversation, seq),"
    " FOREIGN KEY (conversation, seq) REFERENCES messages (conversation, seq) ON DELETE CASCADE"
    ") WITHOUT ROWID;"
    "CREATE TABLE ratings ("
    " conversation INTEGER PRIMARY KEY REFERENCES conversations (number) ON DELETE CASCADE,"
    " score INTEGER NOT NULL,"
    " comment TEXT,"
    " at_ms INTEGER NOT NULL"
    ");",

    /* 3: what shoppers do, for the recommender */
    "CREATE TABLE events ("
    " number INTEGER PRIMARY KEY,"
    " visitor TEXT NOT NULL,"
    " event TEXT NOT NULL,"
    " item TEXT NOT NULL,"
    " at_s INTEGER NOT NULL"
    ");"
    "CREATE INDEX event_visitor ON events (visitor);"
    "CREATE INDEX event_time ON events (at_s);",

    /* 4: what people have or wait for, which a list of the newest may not reach */
    "CREATE INDEX conversation_attended ON conversations (updated_ms) WHERE owner <> 0;",
};

unsigned store_schema_version(void)
{
	return G_N_ELEMENTS(steps);
}

const char *store_schema_step(unsigned version)
{
	return version >= 1 && version <= G_N_ELEMENTS(steps) ? steps[version - 1] : NULL;
}

static bool run_step(struct db *db, unsigned version, GError **error)
{
	g_autofree char *numbers =
	    g_strdup_printf("PRAGMA application_id=%d; PRAGMA user_version=%u;", APPLICATION_ID, version);
	if (!db_begin(db, error))
		return false;
	if (db_script(db, steps[version - 1], error) && db_script(db, numbers, error) && db_commit(db, error))
		return true;
	db_rollback(db);
	g_prefix_error(error, "migration to version %u: ", version);
	return false;
}

static bool read_version(struct db *db, int64_t *version, int64_t *application, GError **error)
{
	if (!db_number(db, "PRAGMA user_version", DB_NO_ARGS, 0, version, error) ||
	    !db_number(db, "PRAGMA application_id", DB_NO_ARGS, 0, application, error))
		return false;
	if (*version >= 0 && *version <= (int64_t)G_N_ELEMENTS(steps))
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_STORE,
	            "%s has schema version %" G_GINT64_FORMAT
	            ", this program (%s) knows %zu; use the newer kefu that made it, "
	            "or restore the copy %s.v%zu.bak if it left one",
	            db_path(db), *version, KEFU_VERSION, G_N_ELEMENTS(steps), db_path(db), G_N_ELEMENTS(steps));
	return false;
}

bool store_schema_check(struct db *db, GError **error)
{
	int64_t version, application;
	if (!read_version(db, &version, &application, error))
		return false;
	if (application == APPLICATION_ID && version >= 1)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s is no store of Kefu", db_path(db));
	return false;
}

bool store_migrate(struct db *db, GError **error)
{
	int64_t version = 0, application = 0, tables = 0;
	if (!db_number(db, "SELECT count(*) FROM sqlite_schema", DB_NO_ARGS, 0, &tables, error))
		return false;
	if (!read_version(db, &version, &application, error))
		return false;
	if (application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0)) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "%s is a database of another program; choose another --data",
		            db_path(db));
		return false;
	}
	if (version > 0 && version < (int64_t)G_N_ELEMENTS(steps)) {
		g_autofree char *backup = g_strdup_printf("%s.v%d.bak", db_path(db), (int)version);
		if (!db_copy(db, backup, error)) {
			g_prefix_error(error, "backup before the migration: ");
			return false;
		}
	}
	for (unsigned next = (unsigned)version + 1; next <= G_N_ELEMENTS(steps); next++)
		if (!run_step(db, next, error))
			return false;
	return true;
}
