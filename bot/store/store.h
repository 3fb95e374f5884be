/* The inside of bot_store, shared by the files of this folder. Writes go through the commit queue; reads take one of a
 * few connections of their own, so that they wait for no sync. A store in memory has only the writer. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "bot/store.h"
#include "store/commit.h"
#include "store/db.h"

/* Text from outside that is stored under a ceiling of its own. */
#define STORE_NAME_MAX_BYTES 256u

/* Both return what the function returned. `read` must not call the store. */
bool store_write(struct bot_store *store, commit_write write, void *user, GError **error);
bool store_read(struct bot_store *store, commit_write read, void *user, GError **error);

/* Unix milliseconds, never less than an earlier answer: pending messages are sorted by it. */
int64_t store_now_ms(struct bot_store *store);

/* The number of a conversation for joins; BOT_ERROR_NOT_FOUND. */
bool store_conversation_number(struct db *db, const char *id, int64_t *number, GError **error);
/* BOT_ERROR_LIMIT unless `text` (may be NULL) is UTF-8 of at most `max` bytes. */
bool store_check_text(const char *what, const char *text, size_t max, GError **error);

#endif
