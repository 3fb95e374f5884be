/* A user's taste as three pictures of the items in the profile, each weighted by recommend_touch_weight():
 *
 *   words     the mean of the items' sentence vectors (retrieve/sentence.h); fit: cosine
 *   category  the share of the profile in each category; fit: that share
 *   price     how dear within its category: z = (ln price - mean) / deviation of the category; fit: exp(-(z - mean z)^2
 * / 2)
 *
 *   score = (share of category + FLOOR) * (1 - PRICE + PRICE * fit of price) + WORDS * fit of words
 *
 * A text is matched by terms (BM25 over words, cosine over character n-grams) and by the cosine of sentence vectors. */
#include "recommend/content.h"

#include <math.h>
#include <string.h>

#include "nlp/bm25.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "recommend/events.h"
#include "recommend/items.h"
#include "retrieve/sentence.h"
#include "retrieve/terms.h"

#define FLOOR       0.02f
#define PRICE       0.7f
#define WORDS       0.3f
#define MATCH_WORDS 0.5f
#define MATCH_CHARS 0.3f
#define MATCH_SENSE 0.2f
#define MATCH_MIN   0.02f /* below it a text says nothing of an item */

struct recommend_content {
	const struct recommend_items *items;
	size_t n_items; /* I */
	const struct nlp_vectors *vectors;
	size_t dim;    /* D, 0 without vectors */
	float *senses; /* (I, D) length one or zero */
	struct retrieve_common common;
	struct nlp_bm25 *words, *characters; /* NULL without analyzer */
	float *dearness;                     /* (I) z of the price, NAN where not known */
	bool useful;
};

/* Terms and sentence vector of an item, all its languages together. */
static void read_item(struct recommend_content *content, const struct nlp_analyzer *analyzer, size_t index,
                      struct nlp_document *document, GArray *words, GArray *characters)
{
	const struct recommend_item *item = recommend_items_get(content->items, (int32_t)index);
	const char *category = item->category < 0 ? "" : g_ptr_array_index(content->items->categories, item->category);
	float *sense = content->senses + index * content->dim;
	g_autofree float *one = g_new0(float, content->dim + 1);
	g_array_set_size(words, 0);
	g_array_set_size(characters, 0);
	for (size_t t = 0; t < item->n_texts; t++) {
		/* The title says what it is, the description what can be done with it: the title counts twice. */
		const char *title = item->texts[t].title;
		g_autofree char *text = g_strjoin("\n", title, title, item->texts[t].description, category, NULL);
		nlp_document_tokenize(document, analyzer, text, strlen(text));
		retrieve_terms_words(document, words);
		retrieve_terms_characters(document, characters);
		if (content->dim > 0 && retrieve_sentence(content->vectors, document, one))
			for (size_t d = 0; d < content->dim; d++)
				sense[d] += one[d];
		content->useful = true;
	}
	nlp_bm25_add(content->words, (const uint64_t *)(void *)words->data, words->len);
	nlp_bm25_add(content->characters, (const uint64_t *)(void *)characters->data, characters->len);
}

static void read_texts(struct recommend_content *content, const struct nlp_analyzer *analyzer)
{
	struct nlp_document document;
	g_autoptr(GArray) words = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_autoptr(GArray) characters = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	content->words = nlp_bm25_new(NLP_BM25_PROBABILISTIC);
	content->characters = nlp_bm25_new(NLP_BM25_COSINE);
	nlp_document_init(&document);
	for (size_t i = 0; i < content->n_items; i++)
		read_item(content, analyzer, i, &document, words, characters);
	nlp_document_clear(&document);
	nlp_bm25_finish(content->words);
	nlp_bm25_finish(content->characters);
	if (content->dim == 0)
		return;
	retrieve_common_init(&content->common, content->senses, content->n_items, content->dim);
	for (size_t i = 0; i < content->n_items; i++)
		retrieve_common_remove(&content->common, content->senses + i * content->dim);
}

static void compare_prices(struct recommend_content *content)
{
	size_t n_categories = content->items->categories->len;
	struct sums {
		double n, sum, squares;
	} *sums = g_new0(struct sums, n_categories + 1); /* the last one: no category */
	for (size_t i = 0; i < content->n_items; i++) {
		const struct recommend_item *item = recommend_items_get(content->items, (int32_t)i);
		content->useful = content->useful || item->category >= 0;
		if (item->price_cents <= 0)
			continue;
		double price = log((double)item->price_cents);
		struct sums *s = &sums[item->category < 0 ? n_categories : (size_t)item->category];
		s->n += 1;
		s->sum += price;
		s->squares += price * price;
	}
	for (size_t i = 0; i < content->n_items; i++) {
		const struct recommend_item *item = recommend_items_get(content->items, (int32_t)i);
		const struct sums *s = &sums[item->category < 0 ? n_categories : (size_t)item->category];
		content->dearness[i] = NAN;
		if (item->price_cents <= 0)
			continue;
		double mean = s->sum / s->n, variance = s->squares / s->n - mean * mean;
		double z = variance > 1e-9 ? (log((double)item->price_cents) - mean) / sqrt(variance) : 0.0;
		content->dearness[i] = (float)z;
	}
	g_free(sums);
}

struct recommend_content *recommend_content_new(const struct recommend_items *items,
                                                const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors)
{
	struct recommend_content *content = g_new0(struct recommend_content, 1);
	content->items = items;
	content->n_items = recommend_items_len(items);
	content->dearness = g_new(float, content->n_items + 1);
	compare_prices(content);
	if (analyzer && vectors) {
		content->vectors = nlp_vectors_ref((struct nlp_vectors *)vectors);
		content->dim = nlp_vectors_dim(vectors);
	}
	content->senses = g_new0(float, content->n_items * content->dim + 1);
	if (analyzer)
		read_texts(content, analyzer);
	return content;
}

void recommend_content_free(struct recommend_content *content)
{
	if (!content)
		return;
	nlp_bm25_free(content->words);
	nlp_bm25_free(content->characters);
	retrieve_common_clear(&content->common);
	nlp_vectors_unref((struct nlp_vectors *)content->vectors);
	g_free(content->senses);
	g_free(content->dearness);
	g_free(content);
}

bool recommend_content_useful(const struct recommend_content *content)
{
	return content->useful;
}

struct taste {
	float *sense;   /* (D) */
	float *shares;  /* (categories) */
	float dearness; /* NAN where no price is known */
};

static void taste_init(struct taste *taste, const struct recommend_content *content,
                       const struct recommend_profile *profile)
{
	*taste = (struct taste){g_new0(float, content->dim + 1), g_new0(float, content->items->categories->len + 1), NAN};
	float total = 0, dear = 0, dear_total = 0;
	for (guint t = 0; t < profile->touches->len; t++) {
		const struct recommend_touch *touch = &g_array_index(profile->touches, struct recommend_touch, t);
		const struct recommend_item *item = recommend_items_get(content->items, touch->item);
		const float *sense = content->senses + (size_t)touch->item * content->dim;
		float weight = recommend_touch_weight(touch);
		for (size_t d = 0; d < content->dim; d++)
			taste->sense[d] += weight * sense[d];
		if (item->category >= 0)
			taste->shares[item->category] += weight;
		total += weight;
		if (isnan(content->dearness[touch->item]))
			continue;
		dear += weight * content->dearness[touch->item];
		dear_total += weight;
	}
	if (dear_total > 0)
		taste->dearness = dear / dear_total;
	for (guint c = 0; total > 0 && c < content->items->categories->len; c++)
		taste->shares[c] /= total;
	float length = sqrtf(retrieve_dot(taste->sense, taste->sense, content->dim));
	for (size_t d = 0; length > 0 && d < content->dim; d++)
		taste->sense[d] /= length;
}

void recommend_content_score(const struct recommend_content *content, const struct recommend_profile *profile,
                             float *scores)
{
	struct taste taste;
	taste_init(&taste, content, profile);
	for (size_t i = 0; i < content->n_items; i++) {
		const struct recommend_item *item = recommend_items_get(content->items, (int32_t)i);
		float away = content->dearness[i] - taste.dearness;
		float price = isnan(away) ? 0.5f : expf(-away * away / 2);
		float share = item->category < 0 ? 0.0f : taste.shares[item->category];
		float sense = retrieve_dot(taste.sense, content->senses + i * content->dim, content->dim);
		scores[i] = (share + FLOOR) * (1 - PRICE + PRICE * price) + WORDS * MAX(sense, 0.0f);
	}
	g_free(taste.sense);
	g_free(taste.shares);
}

bool recommend_content_match(const struct recommend_content *content, const struct nlp_document *text, float *scores)
{
	memset(scores, 0, content->n_items * sizeof *scores);
	if (!content->words)
		return false;
	g_autoptr(GArray) words = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_autoptr(GArray) characters = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_autofree float *by_words = g_new(float, content->n_items + 1);
	g_autofree float *by_characters = g_new(float, content->n_items + 1);
	g_autofree float *sense = g_new0(float, content->dim + 1);
	retrieve_terms_words(text, words);
	retrieve_terms_characters(text, characters);
	nlp_bm25_score(content->words, (const uint64_t *)(void *)words->data, words->len, by_words);
	nlp_bm25_score(content->characters, (const uint64_t *)(void *)characters->data, characters->len, by_characters);
	if (content->dim > 0 && retrieve_sentence(content->vectors, text, sense))
		retrieve_common_remove(&content->common, sense);
	bool any = false;
	for (size_t i = 0; i < content->n_items; i++) {
		float lexical = MATCH_WORDS * by_words[i] + MATCH_CHARS * by_characters[i];
		if (lexical < MATCH_MIN)
			continue;
		float fit = retrieve_dot(sense, content->senses + i * content->dim, content->dim);
		scores[i] = lexical + MATCH_SENSE * MAX(fit, 0.0f);
		any = true;
	}
	return any;
}

int32_t recommend_content_because(const struct recommend_content *content, const struct recommend_profile *profile,
                                  int32_t item)
{
	int32_t best = -1, category = recommend_items_get(content->items, item)->category;
	float most = 0;
	for (guint t = 0; t < profile->touches->len; t++) {
		const struct recommend_touch *touch = &g_array_index(profile->touches, struct recommend_touch, t);
		if (touch->item == item)
			continue;
		int32_t other = recommend_items_get(content->items, touch->item)->category;
		float alike = category >= 0 && category == other ? 1.0f : 0.0f;
		alike += retrieve_dot(content->senses + (size_t)item * content->dim,
		                      content->senses + (size_t)touch->item * content->dim, content->dim);
		if (alike * recommend_touch_weight(touch) <= most)
			continue;
		most = alike * recommend_touch_weight(touch);
		best = touch->item;
	}
	return best;
}
