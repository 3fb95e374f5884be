/* faq.csv: `id,question,answer[,lang]`; several rows may share an id: paraphrases of one question. */
#ifndef CORPORA_FAQ_H
#define CORPORA_FAQ_H

#include <glib.h>
#include <stddef.h>

struct corpus_faq_row {
	const char *id, *question, *answer;
	const char *lang; /* "" where not given */
};

struct corpus_faq;
struct corpus_faq *corpus_faq_load(const char *path, GError **error); /* bad rows are skipped and counted */
void corpus_faq_free(struct corpus_faq *faq);
size_t corpus_faq_len(const struct corpus_faq *faq);
size_t corpus_faq_skipped(const struct corpus_faq *faq);
const struct corpus_faq_row *corpus_faq_get(const struct corpus_faq *faq, size_t index);

#endif
