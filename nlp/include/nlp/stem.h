/* Light stemming of English (Snowball's "english", Porter 2), for whoever counts words rather than reads them: FAQ
 * search does, models do not. */
#ifndef NLP_STEM_H
#define NLP_STEM_H

#include <stddef.h>

/* The stem of a word in its normalised form: "returns", "returned" and "returning" give "return". Borrowed from the
 * thread until its next call, or `norm` itself where there is nothing to take off; `*stem_len` gets its bytes. */
const char *nlp_stem(const char *norm, size_t len, size_t *stem_len);

#endif
