/* The section is JSON: {"version": 1, "labels": [...], "texts": [[label, text], ...]}. Texts are compared by their
 * sentence vectors (sentence.h), which are made when the section is opened: that is cheaper than to carry them. */
#include "models/kept.h"

#include <jansson.h>
#include <string.h>
#include <xxhash.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "retrieve/sentence.h"

enum { FORMAT_VERSION = 1, TEXT_BYTES = 600, LABELS_MAX = 4096, WORDS_MAX = 256 };

static const char *const sections[MODEL_HEADS] = {"intent.nearest", "sentiment.nearest"};

/* --- choosing --- */

struct candidate {
	const char *label, *text;
	uint64_t order;
	size_t rank; /* in its label */
};

static gint by_label(gconstpointer a, gconstpointer b)
{
	const struct candidate *x = a, *y = b;
	int labels = strcmp(x->label, y->label);
	if (labels != 0)
		return labels;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->text, y->text);
}

static gint by_rank(gconstpointer a, gconstpointer b)
{
	const struct candidate *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->label, y->label);
}

/* The first text of every label, then the second of every label, and so on; within a label by their hash. */
static GArray *line_up(const struct corpus_examples *examples)
{
	GArray *line = g_array_new(FALSE, FALSE, sizeof(struct candidate));
	for (size_t i = 0; i < corpus_examples_len(examples); i++) {
		const struct corpus_example *example = corpus_examples_get(examples, i);
		size_t len = strlen(example->text);
		struct candidate candidate = {example->label, example->text, XXH3_64bits(example->text, len), 0};
		if (*example->label && len <= TEXT_BYTES)
			g_array_append_val(line, candidate);
	}
	g_array_sort(line, by_label);
	guint kept = 0;
	for (guint i = 0; i < line->len; i++) {
		struct candidate *candidate = &g_array_index(line, struct candidate, i);
		const struct candidate *last = kept ? &g_array_index(line, struct candidate, kept - 1) : NULL;
		bool same_label = last && strcmp(last->label, candidate->label) == 0;
		if (same_label && strcmp(last->text, candidate->text) == 0)
			continue;
		candidate->rank = same_label ? last->rank + 1 : 0;
		g_array_index(line, struct candidate, kept++) = *candidate;
	}
	g_array_set_size(line, kept);
	g_array_sort(line, by_rank);
	return line;
}

static size_t json_bytes(const char *text)
{
	json_t *string = json_string(text);
	size_t len = string ? json_dumpb(string, NULL, 0, JSON_ENCODE_ANY | JSON_COMPACT) : 0;
	json_decref(string);
	return len;
}

void model_kept_add(enum model_head head, const struct corpus_examples *examples, struct corpus_archive_writer *writer)
{
	g_autoptr(GArray) line = line_up(examples);
	g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash, g_str_equal);
	json_t *labels = json_array(), *texts = json_array();
	size_t bytes = 64;
	for (guint i = 0; i < line->len && json_array_size(texts) < MODEL_KEPT_TEXTS; i++) {
		const struct candidate *candidate = &g_array_index(line, struct candidate, i);
		gpointer number;
		bool known = g_hash_table_lookup_extended(numbers, candidate->label, NULL, &number);
		size_t more = json_bytes(candidate->text) + 10 + (known ? 0 : json_bytes(candidate->label) + 1);
		if (bytes + more > MODEL_KEPT_BYTES || (!known && json_array_size(labels) == LABELS_MAX))
			continue;
		if (!known) {
			number = GSIZE_TO_POINTER(json_array_size(labels));
			g_hash_table_insert(numbers, (gpointer)candidate->label, number);
			json_array_append_new(labels, json_string(candidate->label));
		}
		bytes += more;
		json_array_append_new(texts, json_pack("[I,s]", (json_int_t)GPOINTER_TO_SIZE(number), candidate->text));
	}
	json_t *section = json_pack("{s:i,s:o,s:o}", "version", FORMAT_VERSION, "labels", labels, "texts", texts);
	char *text = json_dumps(section, JSON_COMPACT);
	corpus_archive_writer_add(writer, sections[head], text, strlen(text));
	free(text);
	json_decref(section);
}

/* --- opening --- */

struct kept_text {
	const char *text, *label; /* in the section's JSON */
	uint32_t *words;          /* (n_words) hashes, rising; where there are no vectors */
	size_t n_words;
};

struct model_kept {
	const struct model_predictor *predictor;
	json_t *section;
	struct kept_text *texts; /* (n) */
	size_t n, dim;           /* dim 0: no vectors */
	float *rows;             /* (n, D), of length one or zero */
	struct retrieve_common common;
};

static int by_hash(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The different words of a document: out (WORDS_MAX), overwritten; returns how many. */
static size_t words_of(const struct nlp_document *document, uint32_t *out)
{
	size_t n = 0, different = 0;
	for (size_t i = 0; i < document->n_tokens && n < WORDS_MAX; i++)
		if (document->tokens[i].kind != NLP_TOKEN_PUNCT)
			out[n++] = (uint32_t)XXH3_64bits(document->tokens[i].norm, document->tokens[i].norm_len);
	qsort(out, n, sizeof *out, by_hash);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || out[i] != out[i - 1])
			out[different++] = out[i];
	return different;
}

/* Words in both, of the words in either (Dice). */
static float overlap(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
	size_t both = 0;
	for (size_t i = 0, j = 0; i < n_a && j < n_b;) {
		both += a[i] == b[j];
		bool forward = a[i] <= b[j];
		j += b[j] <= a[i];
		i += forward;
	}
	return n_a + n_b ? 2.0f * (float)both / (float)(n_a + n_b) : 0;
}

static bool fail(enum model_head head, const char *what, GError **error)
{
	g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: %s", sections[head], what);
	return false;
}

static bool read_texts(struct model_kept *kept, enum model_head head, GError **error)
{
	const json_t *labels = json_object_get(kept->section, "labels"), *texts = json_object_get(kept->section, "texts");
	if (json_integer_value(json_object_get(kept->section, "version")) != FORMAT_VERSION)
		return fail(head, "this version is not known: train the model again", error);
	if (!json_is_array(labels) || !json_is_array(texts) || json_array_size(labels) > LABELS_MAX ||
	    json_array_size(texts) > MODEL_KEPT_TEXTS)
		return fail(head, "labels or texts is no list, or too long a one", error);
	kept->n = json_array_size(texts);
	kept->texts = g_new0(struct kept_text, kept->n + 1);
	for (size_t i = 0; i < kept->n; i++) {
		const json_t *entry = json_array_get(texts, i), *number = json_array_get(entry, 0);
		json_int_t label = json_integer_value(number);
		kept->texts[i].text = json_string_value(json_array_get(entry, 1));
		if (json_is_integer(number) && label >= 0 && (size_t)label < json_array_size(labels))
			kept->texts[i].label = json_string_value(json_array_get(labels, (size_t)label));
		if (!kept->texts[i].text || !kept->texts[i].label)
			return fail(head, "an entry is not [label, text]", error);
	}
	return true;
}

static void analyse_texts(struct model_kept *kept)
{
	const struct nlp_vectors *vectors = model_predictor_vectors(kept->predictor);
	uint32_t words[WORDS_MAX];
	struct nlp_document document;
	nlp_document_init(&document);
	kept->dim = vectors ? nlp_vectors_dim(vectors) : 0;
	kept->rows = g_new0(float, kept->n * kept->dim + 1);
	for (size_t i = 0; i < kept->n; i++) {
		struct kept_text *text = &kept->texts[i];
		nlp_document_tokenize(&document, model_predictor_analyzer(kept->predictor), text->text, strlen(text->text));
		if (vectors) {
			(void)retrieve_sentence(vectors, &document, kept->rows + i * kept->dim);
		} else {
			text->n_words = words_of(&document, words);
			text->words = g_memdup2(words, text->n_words * sizeof *words);
		}
	}
	nlp_document_clear(&document);
	if (!vectors)
		return;
	retrieve_common_init(&kept->common, kept->rows, kept->n, kept->dim);
	for (size_t i = 0; i < kept->n; i++)
		retrieve_common_remove(&kept->common, kept->rows + i * kept->dim);
}

struct model_kept *model_kept_open(const struct model_predictor *predictor, enum model_head head, GError **error)
{
	size_t len;
	json_error_t problem;
	const char *bytes = corpus_archive_section(model_predictor_archive(predictor), sections[head], &len);
	if (!bytes)
		return NULL;
	struct model_kept *kept = g_new0(struct model_kept, 1);
	kept->predictor = predictor;
	kept->section = json_loadb(bytes, len, 0, &problem);
	bool ok = kept->section ? read_texts(kept, head, error) : fail(head, problem.text, error);
	if (!ok) {
		model_kept_free(kept);
		return NULL;
	}
	analyse_texts(kept);
	return kept;
}

void model_kept_free(struct model_kept *kept)
{
	if (!kept)
		return;
	for (size_t i = 0; i < kept->n; i++)
		g_free(kept->texts[i].words);
	g_free(kept->texts);
	g_free(kept->rows);
	if (kept->common.direction)
		retrieve_common_clear(&kept->common);
	json_decref(kept->section);
	g_free(kept);
}

size_t model_kept_len(const struct model_kept *kept)
{
	return kept->n;
}

size_t model_kept_nearest(const struct model_kept *kept, const struct nlp_document *document, struct model_nearest *out,
                          size_t n)
{
	uint32_t words[WORDS_MAX];
	size_t n_words = kept->dim ? 0 : words_of(document, words), found = 0;
	g_autofree float *row = g_new0(float, kept->dim + 1);
	if (kept->dim) {
		(void)retrieve_sentence(model_predictor_vectors(kept->predictor), document, row);
		retrieve_common_remove(&kept->common, row);
	}
	for (size_t i = 0; i < kept->n; i++) {
		const struct kept_text *text = &kept->texts[i];
		float similarity = kept->dim ? retrieve_dot(row, kept->rows + i * kept->dim, kept->dim)
		                             : overlap(words, n_words, text->words, text->n_words);
		size_t at = found;
		while (at > 0 && out[at - 1].similarity < similarity)
			at--;
		if (similarity <= 0 || at >= n)
			continue;
		found = MIN(found + 1, n);
		memmove(out + at + 1, out + at, (found - at - 1) * sizeof *out);
		out[at] = (struct model_nearest){text->text, text->label, similarity};
	}
	return found;
}
