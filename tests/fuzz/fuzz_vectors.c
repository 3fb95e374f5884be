/* Any bytes as a file of word vectors: refused or read, and what was read can be searched and written. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "nlp/vectors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[] = "/tmp/kefu-fuzz-vectors-XXXXXX";
	static int file = -1;
	if (file < 0 && (file = g_mkstemp(path)) < 0)
		return 0;
	if (ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t)size)
		return 0;
	struct nlp_vectors *vectors = nlp_vectors_load(path, NULL);
	if (!vectors)
		return 0;
	g_autofree float *query = g_new(float, nlp_vectors_dim(vectors));
	struct nlp_neighbor found[3];
	for (int32_t i = 0; i < (int32_t)MIN(nlp_vectors_len(vectors), 4); i++) {
		const char *word = nlp_vectors_word(vectors, i);
		g_assert_cmpint(nlp_vectors_find(vectors, word, strlen(word)), <=, i);
		nlp_vectors_get(vectors, i, query);
		nlp_vectors_nearest(vectors, query, NULL, 0, found, 3);
	}
	nlp_vectors_unref(vectors);
	return 0;
}
