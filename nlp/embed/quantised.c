/* Word vectors as sections of an archive: one signed byte a value with one float scale a row, and the hash table of the
 * words, so that a mapped file is used as it is.
 *
 *   vectors.meta     4 x u32: version 1, V words, D features, slots
 *   vectors.words    the words, each followed by a NUL
 *   vectors.offsets  (V + 1) x u32: where each word starts in vectors.words; the last one is its length
 *   vectors.slots    slots x u32: open addressing, see vectors_table.h
 *   vectors.scales   V x f32
 *   vectors.codes    V x D x i8; the value is scale * code
 *
 * All little-endian. What find() and get() rely on is checked once when the table is opened. The rounding error of a
 * value is at most max|row| / 254, about 0.3 % of a row's length for D = 100. */
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "embed/vectors_table.h"
#include "nlp/error.h"

#define VECTORS_VERSION 1u

enum { META_VERSION, META_WORDS, META_DIM, META_SLOTS, META_LEN };

void nlp_vectors_quantise(const struct nlp_vectors *vectors, struct corpus_archive_writer *writer)
{
	size_t n = vectors->n_words, dim = vectors->dim;
	const uint32_t meta[META_LEN] = {VECTORS_VERSION, (uint32_t)n, (uint32_t)dim, (uint32_t)vectors->n_slots};
	g_autofree float *row = g_new(float, dim + 1);
	g_autofree float *scales = g_new0(float, n + 1);
	g_autofree int8_t *codes = g_new0(int8_t, n * dim + 1);
	for (size_t i = 0; i < n; i++) {
		float largest = 0;
		nlp_vectors_get(vectors, (int32_t)i, row);
		for (size_t d = 0; d < dim; d++)
			largest = MAX(largest, fabsf(row[d]));
		scales[i] = largest / 127.0f;
		for (size_t d = 0; d < dim && largest > 0; d++)
			codes[i * dim + d] = (int8_t)CLAMP(lrintf(row[d] / largest * 127.0f), -127, 127);
	}
	corpus_archive_writer_add(writer, "vectors.meta", meta, sizeof meta);
	corpus_archive_writer_add(writer, "vectors.words", vectors->words, vectors->offsets[n]);
	corpus_archive_writer_add(writer, "vectors.offsets", vectors->offsets, (n + 1) * sizeof(uint32_t));
	corpus_archive_writer_add(writer, "vectors.slots", vectors->slots, vectors->n_slots * sizeof(uint32_t));
	corpus_archive_writer_add(writer, "vectors.scales", scales, n * sizeof(float));
	corpus_archive_writer_add(writer, "vectors.codes", codes, n * dim);
}

static const void *section(struct corpus_archive *archive, const char *name, size_t expected, GError **error)
{
	size_t len = 0;
	const void *bytes = corpus_archive_section(archive, name, &len);
	if (!bytes) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_MISSING,
		            "section %s is not in the archive: build the base model again with vectors", name);
		return NULL;
	}
	if (len != expected) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "section %s has %zu bytes instead of %zu", name, len, expected);
		return NULL;
	}
	return bytes;
}

/* Everything that indexes something else must stay inside it. */
static bool check(const struct nlp_vectors *vectors, size_t words_len, GError **error)
{
	size_t n = vectors->n_words;
	uint32_t id_mask = (1u << vectors->id_bits) - 1;
	for (size_t i = 0; i < n; i++) {
		size_t start = vectors->offsets[i], end = vectors->offsets[i + 1];
		if (start >= end || end > words_len || vectors->words[end - 1] != '\0') {
			g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT,
			            "section vectors.offsets: word %zu is out of bounds at byte %zu", i, i * sizeof(uint32_t));
			return false;
		}
		if (!isfinite(vectors->scales[i])) {
			g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "section vectors.scales: not a number at byte %zu",
			            i * sizeof(float));
			return false;
		}
	}
	for (size_t i = 0; i < vectors->n_slots; i++) {
		uint32_t slot = vectors->slots[i];
		if ((slot & id_mask) > n || (slot != 0 && (slot & id_mask) == 0)) {
			g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "section vectors.slots: no such word at byte %zu",
			            i * sizeof(uint32_t));
			return false;
		}
	}
	return true;
}

struct nlp_vectors *nlp_vectors_from_archive(struct corpus_archive *archive, GError **error)
{
	const uint32_t *meta = section(archive, "vectors.meta", META_LEN * sizeof(uint32_t), error);
	if (!meta)
		return NULL;
	size_t n = meta[META_WORDS], dim = meta[META_DIM], n_slots = meta[META_SLOTS];
	if (meta[META_VERSION] != VECTORS_VERSION || n > NLP_VECTORS_MAX_WORDS || dim < 1 || dim > NLP_VECTORS_MAX_DIM ||
	    n_slots != nlp_vectors_slots_for(n)) {
		g_set_error(
		    error, NLP_ERROR, NLP_ERROR_FORMAT,
		    "section vectors.meta: version %u, %zu words of %zu values in %zu slots is not a table this program "
		    "can read",
		    meta[META_VERSION], n, dim, n_slots);
		return NULL;
	}
	size_t words_len = 0;
	struct nlp_vectors found = {
	    .n_words = n, .dim = dim, .n_slots = n_slots, .id_bits = nlp_vectors_id_bits(n), .archive = archive};
	found.words = corpus_archive_section(archive, "vectors.words", &words_len);
	if (!(found.offsets = section(archive, "vectors.offsets", (n + 1) * sizeof(uint32_t), error)) ||
	    !(found.slots = section(archive, "vectors.slots", n_slots * sizeof(uint32_t), error)) ||
	    !(found.scales = section(archive, "vectors.scales", n * sizeof(float), error)) ||
	    !(found.codes = section(archive, "vectors.codes", n * dim, error)))
		return NULL;
	if (!found.words || words_len != found.offsets[n]) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "section vectors.words has %zu bytes instead of %u", words_len,
		            found.offsets[n]);
		return NULL;
	}
	if (!check(&found, words_len, error))
		return NULL;
	struct nlp_vectors *vectors = g_memdup2(&found, sizeof found);
	g_atomic_ref_count_init(&vectors->refs);
	corpus_archive_ref(archive);
	return vectors;
}
