/* Rasa NLU data (2.x and 3.x YAML, rasa-semantics 1.7 and 2.1): examples with annotations, synonyms, lookups, regexes.
 */
#ifndef CORPORA_NLU_H
#define CORPORA_NLU_H

#include "corpora/example.h"

struct corpus_lookup { /* also a regex: then `items` are patterns */
	const char *name;
	const char *const *items;
	size_t n_items;
};
struct corpus_synonym {
	const char *surface; /* lower case */
	const char *value;
};

struct corpus_nlu;

/* Reads every .yml/.yaml below `path` (a file or a folder) that has an `nlu:` key; others are passed over, as are
 * files named test_*. */
struct corpus_nlu *corpus_nlu_load(const char *path, GError **error);
void corpus_nlu_free(struct corpus_nlu *nlu);

const struct corpus_examples *corpus_nlu_examples(const struct corpus_nlu *nlu); /* label = intent */
size_t corpus_nlu_lookups(const struct corpus_nlu *nlu, const struct corpus_lookup **out);
size_t corpus_nlu_regexes(const struct corpus_nlu *nlu, const struct corpus_lookup **out);
size_t corpus_nlu_synonyms(const struct corpus_nlu *nlu, const struct corpus_synonym **out);

#endif
