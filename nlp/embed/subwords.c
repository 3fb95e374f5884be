/* N-grams are told apart by their XXH3-64 hash: the vocabulary's are all known, so there are no buckets to choose, and
 * no collisions to speak of.
 *
 * A word's vector is the mean of its own vector and those of its n-grams, and a step of training adds the same change
 * to each of them. So n-grams that are in just the same words always change together, and a row that holds the mean of
 * k of them, with k times the weight, says exactly what k rows would. Most n-grams of four and more characters are of
 * this kind: in one word only (then the word's own row takes them in), or in the inflections of one word. A set of
 * words is known by the sum of hashes of its members. This makes the lists a third as long and the table a quarter as
 * large.
 *
 * Rows are given out by how often the text has their n-grams: the few thousand that are in most words then lie
 * together, and stay in the cache. */
#include "embed/subwords.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "nlp/error.h"

enum { WORD_BYTES = 128 }; /* training_text.c cuts words below that */

#define NGRAMS_MAX (1u << 29)

/* Appends the hashes of the n-grams of a word. */
static void add_hashes(GArray *hashes, const char *word, size_t len, unsigned shortest, unsigned longest)
{
	char text[WORD_BYTES + 2];
	size_t starts[WORD_BYTES + 3], n = 0;
	text[0] = '<';
	memcpy(text + 1, word, len);
	text[len + 1] = '>';
	for (size_t i = 0; i < len + 2; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			starts[n++] = i;
	starts[n] = len + 2;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = shortest; k <= longest && i + k <= n; k++) {
			if ((k == 1 && (i == 0 || i == n - 1)) || k == n)
				continue;
			uint64_t hash = XXH3_64bits(text + starts[i], starts[i + k] - starts[i]);
			g_array_append_val(hashes, hash);
		}
	}
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

struct ngram {
	uint64_t hash, words; /* of its characters, of the set of words that it is in */
	uint64_t count;
	uint32_t alike; /* n-grams with this set of words; 0: all but the first of them */
	int32_t row;
};

static int compare_words(const void *a, const void *b)
{
	const struct ngram *const *x = a, *const *y = b;
	if ((*x)->words != (*y)->words)
		return (*x)->words < (*y)->words ? -1 : 1;
	return ((*x)->hash > (*y)->hash) - ((*x)->hash < (*y)->hash);
}

static int compare_counts(const void *a, const void *b)
{
	const struct ngram *const *x = a, *const *y = b;
	if ((*x)->count != (*y)->count)
		return (*x)->count > (*y)->count ? -1 : 1;
	return ((*x)->hash > (*y)->hash) - ((*x)->hash < (*y)->hash);
}

static struct ngram *find(const struct ngram *ngrams, size_t n, uint64_t hash)
{
	/* `hash` is the first member. */
	return bsearch(&hash, ngrams, n, sizeof *ngrams, compare_hashes);
}

static uint64_t set_of(size_t word)
{
	uint64_t id = word;
	return XXH3_64bits(&id, sizeof id);
}

/* The different n-grams among `hashes`, sorted by hash, with their words; those of word w end at ends[w]. */
static struct ngram *collect(const GArray *hashes, const guint *ends, const uint64_t *counts, size_t n_words,
                             size_t *n_ngrams)
{
	const uint64_t *all = (const uint64_t *)(void *)hashes->data;
	g_autofree uint64_t *sorted = g_memdup2(all, MAX(hashes->len, 1) * sizeof(uint64_t));
	struct ngram *ngrams = g_new0(struct ngram, MAX(hashes->len, 1));
	size_t n = 0;
	qsort(sorted, hashes->len, sizeof(uint64_t), compare_hashes);
	for (guint i = 0; i < hashes->len; i++)
		if (i == 0 || sorted[i] != sorted[i - 1])
			ngrams[n++].hash = sorted[i];
	for (size_t w = 1; w < n_words; w++) {
		for (guint i = ends[w - 1]; i < ends[w]; i++) {
			struct ngram *ngram = find(ngrams, n, all[i]);
			ngram->count += counts[w];
			ngram->words += set_of(w);
		}
	}
	*n_ngrams = n;
	return ngrams;
}

/* One row for all n-grams with the same words; n-grams of one word only get none, their word's takes them in. Returns
 * the number of rows, words included. */
static size_t give_rows(struct ngram *ngrams, size_t n, size_t n_words)
{
	g_autofree struct ngram **order = g_new(struct ngram *, MAX(n, 1));
	g_autofree uint64_t *alone = g_new(uint64_t, n_words);
	for (size_t w = 0; w < n_words; w++)
		alone[w] = set_of(w);
	qsort(alone, n_words, sizeof *alone, compare_hashes);
	for (size_t i = 0; i < n; i++)
		order[i] = &ngrams[i];
	/* Pointers are what is sorted: NOLINTNEXTLINE(bugprone-sizeof-expression) */
	qsort(order, n, sizeof *order, compare_words);
	size_t n_kept = 0;
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && order[j]->words == order[i]->words; j++)
			;
		if (bsearch(&order[i]->words, alone, n_words, sizeof *alone, compare_hashes))
			continue;
		order[i]->alike = (uint32_t)(j - i);
		order[n_kept++] = order[i];
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
	qsort(order, n_kept, sizeof *order, compare_counts);
	for (size_t i = 0; i < n_kept; i++)
		order[i]->row = (int32_t)(n_words + i);
	return n_words + n_kept;
}

static void list_rows(struct nlp_subwords *subwords, const struct ngram *ngrams, size_t n_ngrams, const GArray *hashes,
                      const guint *ends, size_t n_words)
{
	uint32_t at = 0;
	subwords->starts = g_new(uint32_t, n_words + 1);
	subwords->rows = g_new(int32_t, n_words + hashes->len);
	subwords->weights = g_new(float, n_words + hashes->len);
	subwords->most = 1;
	for (size_t w = 0; w < n_words; w++) {
		guint first = w > 0 ? ends[w - 1] : 0, n = ends[w] - first, n_own = 1 + n;
		float share = 1.0f / (float)n_own;
		uint32_t own = at++;
		for (guint i = first; i < first + n; i++) {
			const struct ngram *ngram = find(ngrams, n_ngrams, g_array_index(hashes, uint64_t, i));
			if (ngram->alike == 0)
				continue;
			subwords->rows[at] = ngram->row;
			subwords->weights[at++] = (float)ngram->alike * share;
			n_own -= ngram->alike;
		}
		subwords->starts[w] = own;
		subwords->rows[own] = (int32_t)w;
		subwords->weights[own] = (float)n_own * share;
		subwords->most = MAX(subwords->most, at - own);
	}
	subwords->starts[n_words] = at;
}

bool nlp_subwords_init(struct nlp_subwords *subwords, const char *words, const uint32_t *offsets,
                       const uint64_t *counts, size_t n_words, unsigned shortest, unsigned longest, GError **error)
{
	g_autoptr(GArray) hashes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_autofree guint *ends = g_new0(guint, n_words);
	for (size_t w = 1; w < n_words; w++) {
		size_t len = offsets[w + 1] - offsets[w] - 1;
		add_hashes(hashes, words + offsets[w], MIN(len, WORD_BYTES), shortest, longest);
		ends[w] = hashes->len;
		if (hashes->len > NGRAMS_MAX) {
			g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT,
			            "the words have more than %u character n-grams: keep fewer words, or shorter n-grams",
			            NGRAMS_MAX);
			return false;
		}
	}
	size_t n_ngrams;
	g_autofree struct ngram *ngrams = collect(hashes, ends, counts, n_words, &n_ngrams);
	subwords->n_rows = give_rows(ngrams, n_ngrams, n_words);
	list_rows(subwords, ngrams, n_ngrams, hashes, ends, n_words);
	return true;
}

void nlp_subwords_clear(struct nlp_subwords *subwords)
{
	g_free(subwords->starts);
	g_free(subwords->rows);
	g_free(subwords->weights);
	*subwords = (struct nlp_subwords){0};
}
