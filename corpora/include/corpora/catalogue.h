/* products.csv: `id,title,description,category,price,currency,image,url,stock,lang`. An item may stand in several
 * languages: one row each, with the same id. */
#ifndef CORPORA_CATALOGUE_H
#define CORPORA_CATALOGUE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct corpus_item_text {
	const char *lang, *title, *description;
};
struct corpus_item {
	const char *id, *category, *currency, *image, *url;
	int64_t price_cents; /* hundredths of `currency`; -1 where not given */
	int64_t stock;       /* -1 where not given */
	const struct corpus_item_text *texts;
	size_t n_texts;
};

struct corpus_catalogue;
struct corpus_catalogue *corpus_catalogue_load(const char *path, GError **error);
void corpus_catalogue_free(struct corpus_catalogue *catalogue);
size_t corpus_catalogue_len(const struct corpus_catalogue *catalogue);
size_t corpus_catalogue_skipped(const struct corpus_catalogue *catalogue);
const struct corpus_item *corpus_catalogue_get(const struct corpus_catalogue *catalogue, size_t index);
const struct corpus_item *corpus_catalogue_find(const struct corpus_catalogue *catalogue, const char *id);
/* The text in `lang`, or the first one. */
const struct corpus_item_text *corpus_item_text(const struct corpus_item *item, const char *lang);

#endif
