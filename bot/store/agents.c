/* Agents log in with a password once and then show a token. Passwords are kept as Argon2id strings; that work (some
 * 60 ms, 64 MiB) is done outside of any transaction. */
#include <sodium.h>
#include <string.h>

#include "bot/error.h"
#include "store/store.h"
#include "store/token.h"

#define NAME_MAX_BYTES     64u
#define PASSWORD_MIN_BYTES 8u
#define PASSWORD_MAX_BYTES 1024u
#define TOKEN_LIFE_MS      (INT64_C(7) * 24 * 3600 * 1000)

/* What an unknown name is compared with, at the same cost: the hash of a random string that nobody kept. */
static const char nobody[crypto_pwhash_STRBYTES] =
    "$argon2id$v=19$m=65536,t=2,p=1$QZPHRtPjgE44n2S+K1ZYYQ$OeqnZdB62F2yiGszAqAqPjtI/4ucGHiLToCMuHMwKLc";

struct agent {
	const char *name;
	char *password; /* Argon2id string */
	int64_t now_ms;
	uint8_t hash[TOKEN_HASH_BYTES];
	char *found;
};

static bool check_name(const char *name, GError **error)
{
	if (!store_check_text("the agent's name", name, NAME_MAX_BYTES, error))
		return false;
	bool fine = *name != '\0';
	for (const char *p = name; *p && fine; p = g_utf8_next_char(p))
		fine = g_unichar_isgraph(g_utf8_get_char(p));
	if (!fine)
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "an agent's name is 1 to %u bytes without blanks",
		            NAME_MAX_BYTES);
	return fine;
}

static char *hash_password(const char *password, GError **error)
{
	size_t len = strlen(password);
	if (len < PASSWORD_MIN_BYTES || len > PASSWORD_MAX_BYTES) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "a password is %u to %u bytes long", PASSWORD_MIN_BYTES,
		            PASSWORD_MAX_BYTES);
		return NULL;
	}
	char *hash = g_malloc0(crypto_pwhash_STRBYTES);
	if (crypto_pwhash_str(hash, password, len, crypto_pwhash_OPSLIMIT_INTERACTIVE,
	                      crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0)
		return hash;
	g_free(hash);
	g_set_error(error, BOT_ERROR, BOT_ERROR_STORE, "no memory for hashing a password (%u MiB)",
	            (unsigned)(crypto_pwhash_MEMLIMIT_INTERACTIVE >> 20));
	return NULL;
}

static bool no_agent(const char *name, GError **error)
{
	g_set_error(error, BOT_ERROR, BOT_ERROR_NOT_FOUND, "there is no agent '%s'", name);
	return false;
}

static bool write_add(struct db *db, void *user, GError **error)
{
	const struct agent *agent = user;
	if (!db_run(db, "INSERT INTO agents (name, password, created_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
	            DB_ARGS(db_text(agent->name), db_text(agent->password), db_integer(agent->now_ms)), error))
		return false;
	if (db_changes(db) > 0)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_CONFLICT,
	            "there is an agent '%s' already; 'kefu agent passwd' sets a password", agent->name);
	return false;
}

bool bot_store_agent_add(struct bot_store *store, const char *name, const char *password, GError **error)
{
	if (!check_name(name, error))
		return false;
	g_autofree char *hash = hash_password(password, error);
	struct agent agent = {.name = name, .password = hash, .now_ms = store_now_ms(store)};
	return hash && store_write(store, write_add, &agent, error);
}

/* Whoever knew the old password is out. */
static bool write_passwd(struct db *db, void *user, GError **error)
{
	const struct agent *agent = user;
	if (!db_run(db, "UPDATE agents SET password = ?2 WHERE name = ?1",
	            DB_ARGS(db_text(agent->name), db_text(agent->password)), error))
		return false;
	if (db_changes(db) == 0)
		return no_agent(agent->name, error);
	return db_run(db, "DELETE FROM agent_tokens WHERE agent = ?1", DB_ARGS(db_text(agent->name)), error);
}

bool bot_store_agent_passwd(struct bot_store *store, const char *name, const char *password, GError **error)
{
	g_autofree char *hash = hash_password(password, error);
	struct agent agent = {.name = name, .password = hash};
	return hash && store_write(store, write_passwd, &agent, error);
}

static bool write_remove(struct db *db, void *user, GError **error)
{
	const struct agent *agent = user;
	if (!db_run(db, "DELETE FROM agents WHERE name = ?1", DB_ARGS(db_text(agent->name)), error))
		return false;
	return db_changes(db) > 0 || no_agent(agent->name, error);
}

bool bot_store_agent_remove(struct bot_store *store, const char *name, GError **error)
{
	struct agent agent = {.name = name};
	return store_write(store, write_remove, &agent, error);
}

static bool read_names(struct db *db, void *user, GError **error)
{
	GPtrArray *names = user;
	g_autoptr(db_rows) rows = db_query(db, "SELECT name FROM agents ORDER BY name", DB_NO_ARGS, error);
	int got = rows ? db_next(rows, error) : -1;
	for (; got > 0; got = db_next(rows, error))
		g_ptr_array_add(names, g_strdup(db_text_at(rows, 0)));
	return got == 0;
}

GPtrArray *bot_store_agents(struct bot_store *store, GError **error)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	if (!store_read(store, read_names, names, error))
		g_clear_pointer(&names, g_ptr_array_unref);
	return names;
}

/* --- login --- */

static bool read_password(struct db *db, void *user, GError **error)
{
	struct agent *agent = user;
	g_autoptr(db_rows) rows =
	    db_query(db, "SELECT password FROM agents WHERE name = ?1", DB_ARGS(db_text(agent->name)), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got > 0)
		agent->password = g_strdup(db_text_at(rows, 0));
	return got >= 0;
}

/* Only if the password is still the one that was compared. */
static bool write_token(struct db *db, void *user, GError **error)
{
	const struct agent *agent = user;
	if (!db_run(db, "DELETE FROM agent_tokens WHERE expires_ms < ?1", DB_ARGS(db_integer(agent->now_ms)), error) ||
	    !db_run(db,
	            "INSERT INTO agent_tokens (token_hash, agent, expires_ms) "
	            "SELECT ?1, name, ?3 FROM agents WHERE name = ?2 AND password = ?4",
	            DB_ARGS(db_blob(agent->hash, sizeof(agent->hash)), db_text(agent->name),
	                    db_integer(agent->now_ms + TOKEN_LIFE_MS), db_text(agent->password)),
	            error))
		return false;
	if (db_changes(db) > 0)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_REFUSED, "name or password is wrong");
	return false;
}

char *bot_store_agent_login(struct bot_store *store, const char *name, const char *password, GError **error)
{
	struct agent agent = {.name = name, .now_ms = store_now_ms(store)};
	size_t len = strlen(password);
	if (strlen(name) > NAME_MAX_BYTES || len > PASSWORD_MAX_BYTES) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_REFUSED, "name or password is wrong");
		return NULL;
	}
	if (!store_read(store, read_password, &agent, error))
		return NULL;
	g_autofree char *known = agent.password;
	char compared[crypto_pwhash_STRBYTES];
	g_strlcpy(compared, known ? known : nobody, sizeof(compared));
	bool fits = crypto_pwhash_str_verify(compared, password, len) == 0;
	if (!known || !fits) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_REFUSED, "name or password is wrong");
		return NULL;
	}
	g_autofree char *token = token_new();
	token_hash(token, agent.hash);
	return store_write(store, write_token, &agent, error) ? g_steal_pointer(&token) : NULL;
}

static bool read_token(struct db *db, void *user, GError **error)
{
	struct agent *agent = user;
	g_autoptr(db_rows) rows =
	    db_query(db, "SELECT agent FROM agent_tokens WHERE token_hash = ?1 AND expires_ms >= ?2",
	             DB_ARGS(db_blob(agent->hash, sizeof(agent->hash)), db_integer(agent->now_ms)), error);
	int got = rows ? db_next(rows, error) : -1;
	if (got > 0)
		agent->found = g_strdup(db_text_at(rows, 0));
	return got >= 0;
}

char *bot_store_agent_of_token(struct bot_store *store, const char *token, GError **error)
{
	struct agent agent = {.now_ms = store_now_ms(store)};
	if (token && token_hash(token, agent.hash) && !store_read(store, read_token, &agent, error))
		return NULL;
	if (!agent.found)
		g_set_error(error, BOT_ERROR, BOT_ERROR_REFUSED, "the token is not valid, or no longer; log in again");
	return agent.found;
}
