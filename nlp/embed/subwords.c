/* N-grams are told apart by their XXH3-64 hash: all hashes of the vocabulary are sorted, and an n-gram's row is the
 * rank of its hash. So there are no buckets to choose, and no collisions to speak of. */
#include "embed/subwords.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { WORD_BYTES = 128 }; /* training_text.c cuts words below that */

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

void nlp_subwords_init(struct nlp_subwords *subwords, const char *words, const uint32_t *offsets, size_t n_words,
                       unsigned shortest, unsigned longest)
{
	g_autoptr(GArray) hashes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_autofree guint *ends = g_new0(guint, n_words);
	for (size_t w = 1; w < n_words; w++) {
		size_t len = offsets[w + 1] - offsets[w] - 1;
		add_hashes(hashes, words + offsets[w], MIN(len, WORD_BYTES), shortest, longest);
		ends[w] = hashes->len;
	}
	const uint64_t *all = (const uint64_t *)(void *)hashes->data;
	g_autofree uint64_t *unique = g_memdup2(all, MAX(hashes->len, 1) * sizeof(uint64_t));
	size_t n_unique = 0;
	qsort(unique, hashes->len, sizeof(uint64_t), compare_hashes);
	for (guint i = 0; i < hashes->len; i++)
		if (i == 0 || unique[i] != unique[n_unique - 1])
			unique[n_unique++] = unique[i];
	subwords->starts = g_new(uint32_t, n_words + 1);
	subwords->rows = g_new(int32_t, n_words + hashes->len);
	subwords->n_rows = n_words + n_unique;
	subwords->most = 1;
	uint32_t at = 0;
	for (size_t w = 0; w < n_words; w++) {
		subwords->starts[w] = at;
		subwords->rows[at++] = (int32_t)w;
		for (guint i = w > 0 ? ends[w - 1] : 0; i < ends[w]; i++) {
			const uint64_t *found = bsearch(&all[i], unique, n_unique, sizeof(uint64_t), compare_hashes);
			subwords->rows[at++] = (int32_t)(n_words + (size_t)(found - unique));
		}
		subwords->most = MAX(subwords->most, at - subwords->starts[w]);
	}
	subwords->starts[n_words] = at;
}

void nlp_subwords_clear(struct nlp_subwords *subwords)
{
	g_free(subwords->starts);
	g_free(subwords->rows);
	*subwords = (struct nlp_subwords){0};
}
