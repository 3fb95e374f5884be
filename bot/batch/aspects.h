/* Which aspects of a product a clause speaks of, by a lexicon that people may edit: a table with the columns aspect and
 * term, in any language. Immutable and shared by threads. */
#ifndef BATCH_ASPECTS_H
#define BATCH_ASPECTS_H

#include <glib.h>
#include <stddef.h>

struct bot_aspects;
struct nlp_document;

#define BOT_ASPECTS_MAX 64u /* different aspects in a lexicon */

struct bot_aspects *bot_aspects_load(const char *path, GError **error);
void bot_aspects_free(struct bot_aspects *aspects); /* accepts NULL */
size_t bot_aspects_len(const struct bot_aspects *aspects);
const char *bot_aspects_name(const struct bot_aspects *aspects, size_t aspect);

/* Bit i is set where aspect i is spoken of in the tokens `from` to `to` (exclusive). */
guint64 bot_aspects_find(const struct bot_aspects *aspects, const struct nlp_document *document, size_t from,
                         size_t to);

#endif
