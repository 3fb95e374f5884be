/* What a member's rows of a word's n-grams come to, kept for the texts to come: memory of one thread. People say the
 * same words again and again, and a word has a dozen n-grams, so that most texts need neither their hashes nor their
 * rows. A direct-mapped table: a word takes the place of another one. A miss takes the same way as a hit, so that no
 * answer depends on what was said before. */
#ifndef TEXT_TERMS_H
#define TEXT_TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "text/feature.h"

struct model_terms {
	size_t stride, mask; /* bytes of an entry, places - 1 */
	uint32_t *entries;   /* (places) number of the entry plus one, 0: none yet */
	uint32_t n_entries;  /* in the order of their first use: what is used lies together */
	char *memory, *first;
};

/* `payload` bytes for each word, in at most `bytes`, but for at least a few words. */
void model_terms_init(struct model_terms *terms, size_t payload, size_t bytes);
void model_terms_clear(struct model_terms *terms);
/* The payload of a term, aligned to 64 bytes; `*kept` is false where the caller has to fill it. Valid until the next
 * call. */
void *model_terms_find(struct model_terms *terms, const struct model_feature_term *term, bool *kept);

#endif
