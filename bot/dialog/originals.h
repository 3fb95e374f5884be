/* What visitors wrote before it was masked (`redact: true`): kept in memory, from the moment it is stored masked to the
 * turn that reads it, and never written anywhere. After a crash a turn reads what is stored. Shared by threads. */
#ifndef DIALOG_ORIGINALS_H
#define DIALOG_ORIGINALS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct originals;

/* Holds at most so many bytes of texts; what comes then is not kept. */
struct originals *originals_new(size_t bytes_max);
void originals_free(struct originals *originals); /* accepts NULL */

/* `payload` may be NULL. */
void originals_put(struct originals *originals, const char *conversation, int64_t seq, const char *text,
                   const char *payload);
/* Forgets them; both are owned by the caller. False where there is nothing. */
bool originals_take(struct originals *originals, const char *conversation, int64_t seq, char **text, char **payload);

#endif
