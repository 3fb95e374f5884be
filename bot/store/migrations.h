/* The schema, as numbered steps from an empty file to today's. PRAGMA user_version counts the steps a file has had. */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include "store/db.h"

unsigned store_schema_version(void);
const char *store_schema_step(unsigned version); /* the SQL that leads to `version`, from 1 */

/* Brings the file to today's version. An existing file of an older version is first copied to PATH.vN.bak. Refuses a
 * newer version and a file of another program. */
bool store_migrate(struct db *db, GError **error);
/* False with BOT_ERROR_STORE unless the file is a store of ours, of this version or an older one. */
bool store_schema_check(struct db *db, GError **error);

#endif
