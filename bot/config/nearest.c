/* V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals" (1966); one row of the
 * table of Wagner and Fischer (1974) at a time. */
#include "config/nearest.h"

#include <glib.h>
#include <string.h>

#define WORD_MAX_LEN 63

static unsigned distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX_LEN + 1];
	size_t n = strlen(b);
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		unsigned diagonal = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned above = row[j];
			row[j] = MIN(MIN(above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[n];
}

const char *config_nearest(const char *word, const char *const *words, size_t n)
{
	size_t len = strlen(word);
	unsigned least = (unsigned)MAX(2, len / 2) + 1;
	const char *best = NULL;
	if (len > WORD_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		unsigned d = strlen(words[i]) <= WORD_MAX_LEN ? distance(word, words[i]) : UINT_MAX;
		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
