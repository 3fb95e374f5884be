/* Which review says the same as an earlier one: a table of hashes of fixed size, so that memory does not grow with the
 * reviews. When it is full, the oldest of a few candidates makes room, and a copy of that one is not found any more. */
#ifndef BATCH_DUPLICATES_H
#define BATCH_DUPLICATES_H

#include <glib.h>
#include <stdint.h>

struct bot_duplicates;

struct bot_duplicates *bot_duplicates_new(void);
void bot_duplicates_free(struct bot_duplicates *duplicates); /* accepts NULL */
/* The row that had this hash first, or 0 where there was none: then `row` is remembered. `row` is from 1; `hash` 0 is
 * never a duplicate. */
uint64_t bot_duplicates_add(struct bot_duplicates *duplicates, uint64_t hash, uint64_t row);

#endif
