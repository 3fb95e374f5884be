/* Regular expressions (PCRE2) with bounds: JIT where there is one, a match and a depth limit against patterns that
 * backtrack without end. A pattern that runs into a limit has not matched. */
#ifndef NLP_TEXT_PATTERN_H
#define NLP_TEXT_PATTERN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlp_pattern;

/* Unicode, case ignored; \w, \d and \b know ASCII only, so that \b stands between Latin and Chinese too. NULL where
 * `regex` is no regular expression; the error says at which offset. Immutable. */
struct nlp_pattern *nlp_pattern_new(const char *regex, GError **error);
void nlp_pattern_free(struct nlp_pattern *pattern); /* accepts NULL */

/* Memory of one thread for matching; NULL-initialised, made on first use. */
struct nlp_pattern_match;
void nlp_pattern_match_free(struct nlp_pattern_match *match); /* accepts NULL */

/* The next match in text[from, len) (valid UTF-8, `from` at a character); empty matches are passed over. */
bool nlp_pattern_find(const struct nlp_pattern *pattern, struct nlp_pattern_match **match, const char *text, size_t len,
                      size_t from, size_t *start, size_t *end);

#endif
