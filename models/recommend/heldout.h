/* Which item of which user is held out, and among which others it has to be found. */
#ifndef RECOMMEND_HELDOUT_H
#define RECOMMEND_HELDOUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct corpus_interactions;

struct recommend_case {
	char *user, *item;    /* owned */
	GPtrArray *negatives; /* of item names, owned; NULL: everything that the user did not touch */
};

/* Arrays of recommend_case, in the order of their source; owned by the caller. Sources, as recommend_evaluate() has
 * them: a test log, lines "(user,item)\tnegative\t..." of a file, or each user's last item. */
GPtrArray *recommend_cases_from_test(const struct corpus_interactions *test);
GPtrArray *recommend_cases_from_last(const struct corpus_interactions *log);
GPtrArray *recommend_cases_from_file(const char *path, GError **error);
/* Gives the cases of `cases` the negatives that `file` has for the same user; those without are dropped. */
void recommend_cases_join(GPtrArray *cases, const GPtrArray *file);

/* A copy of `log` without the events of the held-out pairs. */
struct corpus_interactions *recommend_cases_train(const GPtrArray *cases, const struct corpus_interactions *log);

#endif
