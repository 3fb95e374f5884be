/* Reading and writing the sections of a head, each named PREFIX.PART. Whatever is read is checked here: a number has
 * bounds, floats are finite, tables fit their keys. Messages name the section. */
#ifndef TEXT_SECTION_H
#define TEXT_SECTION_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/keys.h"
#include "text/rows.h"

struct corpus_archive;
struct corpus_archive_writer;
struct nlp_vectors;

/* Where a member is read from. */
struct model_source {
	const struct corpus_archive *archive; /* outlives the member, which may borrow from it */
	const char *prefix;
	const json_t *meta;                /* PREFIX.meta, parsed; borrowed while the member is opened */
	const struct nlp_vectors *vectors; /* may be NULL */
	size_t labels;                     /* K */
	int32_t outside;                   /* label of the out-of-scope class, or -1 */
};

/* PREFIX.meta as JSON, owned by the caller. MODEL_ERROR_MISSING where there is no such section. */
json_t *model_section_meta(const struct corpus_archive *archive, const char *prefix, GError **error);
/* Members of the meta section. */
bool model_section_size(const struct model_source *source, const char *key, size_t min, size_t max, size_t *out,
                        GError **error);
bool model_section_float(const struct model_source *source, const json_t *object, const char *key, float *out,
                         GError **error);
bool model_section_fail(const struct model_source *source, const char *what, GError **error); /* false */

/* Bytes, or exactly n finite floats; borrowed from the archive. */
const void *model_section_bytes(const struct model_source *source, const char *part, size_t *len, GError **error);
const float *model_section_floats(const struct model_source *source, const char *part, size_t n, GError **error);
/* A table of rows with `dim` features and the keys that lead to them. */
bool model_section_table(const struct model_source *source, const char *keys_part, const char *rows_part, size_t dim,
                         struct model_keys *keys, struct model_rows *rows, GError **error);

void model_section_add(struct corpus_archive_writer *writer, const char *prefix, const char *part, const void *bytes,
                       size_t len);
/* Writes PREFIX.meta; takes `meta`. */
void model_section_add_meta(struct corpus_archive_writer *writer, const char *prefix, json_t *meta);
void model_section_add_table(struct corpus_archive_writer *writer, const char *prefix, const char *keys_part,
                             const char *rows_part, const struct model_keys *keys, const struct model_rows *rows);

#endif
