#include "text/classifier.h"

#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"

enum { FORMAT_VERSION = 1, WIDTHS_MAX = 8, FILTERS_MAX = 4096, DIM_MAX = 4096, BAG_MAX = 4096 };

static bool fail(GError **error, const char *name, const char *what)
{
	g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %s", name, what);
	return false;
}

static bool read_size(const json_t *meta, const char *name, const char *key, size_t min, size_t max, size_t *out,
                      GError **error)
{
	const json_t *value = json_object_get(meta, key);
	json_int_t number = json_integer_value(value);
	if (!json_is_integer(value) || number < (json_int_t)min || number > (json_int_t)max) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %s is no number from %zu to %zu", name,
		            key, min, max);
		return false;
	}
	*out = (size_t)number;
	return true;
}

static bool read_float(const json_t *meta, const char *name, const char *key, float *out, GError **error)
{
	const json_t *value = json_object_get(meta, key);
	*out = (float)json_number_value(value);
	if (!json_is_number(value) || !isfinite(*out)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %s is no finite number", name, key);
		return false;
	}
	return true;
}

static bool read_labels(struct model_classifier *classifier, const json_t *meta, const char *name, GError **error)
{
	const json_t *labels = json_object_get(meta, "labels"), *outside = json_object_get(meta, "out_of_scope");
	size_t n = json_array_size(labels);
	if (n < 1 || n > MODEL_LABELS_MAX)
		return fail(error, name, "labels is no list, or too long a one");
	classifier->cnn.labels = n;
	classifier->labels = g_new0(char *, n + 1);
	classifier->outside = -1;
	for (size_t k = 0; k < n; k++) {
		const char *label = json_string_value(json_array_get(labels, k));
		if (!label)
			return fail(error, name, "a label is no string");
		classifier->labels[k] = g_strdup(label);
		if (json_is_string(outside) && strcmp(json_string_value(outside), label) == 0)
			classifier->outside = (int32_t)k;
	}
	return true;
}

static bool read_scope(struct model_classifier *classifier, const json_t *meta, const char *name, GError **error)
{
	const json_t *scope = json_object_get(meta, "scope"), *weights = json_object_get(scope, "weights");
	if (json_array_size(weights) != SCOPE_PARTS)
		return fail(error, name, "scope.weights has not the right length");
	for (size_t i = 0; i < SCOPE_PARTS; i++)
		classifier->scope.weights[i] = (float)json_number_value(json_array_get(weights, i));
	return read_float(scope, name, "bias", &classifier->scope.bias, error) &&
	       read_float(scope, name, "threshold", &classifier->scope.threshold, error);
}

static bool read_meta(struct model_classifier *classifier, const json_t *meta, const char *name, GError **error)
{
	struct model_cnn *cnn = &classifier->cnn;
	size_t version;
	return read_size(meta, name, "version", FORMAT_VERSION, FORMAT_VERSION, &version, error) &&
	       read_size(meta, name, "dim", 1, DIM_MAX, &cnn->conv.dim, error) &&
	       read_size(meta, name, "widths", 1, WIDTHS_MAX, &cnn->conv.widths, error) &&
	       read_size(meta, name, "filters", 1, FILTERS_MAX, &cnn->conv.filters, error) &&
	       read_size(meta, name, "bag", 1, BAG_MAX, &cnn->bag, error) && read_labels(classifier, meta, name, error) &&
	       read_float(meta, name, "sharpness", &classifier->sharpness, error) &&
	       read_float(meta, name, "vector_norm", &classifier->vector_norm, error) &&
	       read_scope(classifier, meta, name, error);
}

static const void *section(const struct corpus_archive *archive, const char *name, const char *part, char full[32],
                           size_t *len, GError **error)
{
	g_snprintf(full, 32, "%s.%s", name, part);
	const void *bytes = corpus_archive_section(archive, full, len);
	if (!bytes)
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "the model has no section %s", full);
	return bytes;
}

static const float *read_floats(const struct corpus_archive *archive, const char *name, const char *part, size_t n,
                                GError **error)
{
	char full[32];
	size_t len;
	const float *floats = section(archive, name, part, full, &len, error);
	if (!floats)
		return NULL;
	if (len != n * sizeof *floats || !model_all_finite(n, floats)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: not %zu finite numbers", full, n);
		return NULL;
	}
	return floats;
}

static bool read_table(const struct corpus_archive *archive, const char *name, const char *keys_part,
                       const char *rows_part, size_t dim, struct model_keys *keys, struct model_rows *rows,
                       GError **error)
{
	char full[32];
	size_t len;
	const void *bytes = section(archive, name, rows_part, full, &len, error);
	if (!bytes || !model_rows_open(rows, bytes, len, dim, full, error))
		return false;
	bytes = section(archive, name, keys_part, full, &len, error);
	return bytes && model_keys_open(keys, bytes, len, rows->n, full, error);
}

static bool read_sections(struct model_classifier *classifier, const struct corpus_archive *archive, const char *name,
                          GError **error)
{
	const struct model_cnn *cnn = &classifier->cnn;
	classifier->block = read_floats(archive, name, "weights", model_cnn_weights(cnn), error);
	if (!classifier->block)
		return false;
	classifier->centroids = read_floats(archive, name, "centroids", cnn->labels * model_cnn_features(cnn), error);
	return classifier->centroids &&
	       read_table(archive, name, "word_keys", "words", cnn->conv.dim, &classifier->word_keys, &classifier->words,
	                  error) &&
	       read_table(archive, name, "ngram_keys", "ngrams", cnn->bag, &classifier->ngram_keys, &classifier->ngrams,
	                  error);
}

struct model_classifier *model_classifier_open(const struct corpus_archive *archive, const char *name,
                                               const struct nlp_vectors *vectors, GError **error)
{
	g_autofree char *full = g_strconcat(name, ".meta", NULL);
	size_t len;
	const void *bytes = corpus_archive_section(archive, full, &len);
	if (!bytes) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_MISSING, "the model has no %s head", name);
		return NULL;
	}
	json_error_t problem;
	json_t *meta = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &problem);
	if (!meta) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: offset %d: %s", full, problem.position,
		            problem.text);
		return NULL;
	}
	struct model_classifier *classifier = g_new0(struct model_classifier, 1);
	bool ok = read_meta(classifier, meta, name, error) && read_sections(classifier, archive, name, error);
	json_decref(meta);
	if (ok && vectors && nlp_vectors_dim(vectors) != classifier->cnn.conv.dim) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: %zu features, but the vectors have %zu", full,
		            classifier->cnn.conv.dim, nlp_vectors_dim(vectors));
		ok = false;
	}
	if (!ok)
		g_clear_pointer(&classifier, model_classifier_free);
	return classifier;
}

void model_classifier_free(struct model_classifier *classifier)
{
	if (!classifier)
		return;
	g_strfreev(classifier->labels);
	g_free(classifier);
}

static json_t *make_meta(const struct model_classifier *classifier)
{
	const struct model_cnn *cnn = &classifier->cnn;
	json_t *labels = json_array(), *weights = json_array();
	for (size_t k = 0; k < cnn->labels; k++)
		json_array_append_new(labels, json_string(classifier->labels[k]));
	for (int i = 0; i < SCOPE_PARTS; i++)
		json_array_append_new(weights, json_real((double)classifier->scope.weights[i]));
	/* JSON has no infinity. */
	double threshold = isfinite(classifier->scope.threshold) ? (double)classifier->scope.threshold : -1e30;
	json_t *scope =
	    json_pack("{s:o,s:f,s:f}", "weights", weights, "bias", (double)classifier->scope.bias, "threshold", threshold);
	return json_pack("{s:i,s:s,s:o,s:i,s:i,s:i,s:i,s:f,s:f,s:o,s:s?}", "version", FORMAT_VERSION, "arch", "cnn",
	                 "labels", labels, "dim", (int)cnn->conv.dim, "widths", (int)cnn->conv.widths, "filters",
	                 (int)cnn->conv.filters, "bag", (int)cnn->bag, "sharpness", (double)classifier->sharpness,
	                 "vector_norm", (double)classifier->vector_norm, "scope", scope, "out_of_scope",
	                 classifier->outside >= 0 ? classifier->labels[classifier->outside] : NULL);
}

static void add_section(struct corpus_archive_writer *writer, const char *name, const char *part, const void *bytes,
                        size_t len)
{
	g_autofree char *full = g_strconcat(name, ".", part, NULL);
	corpus_archive_writer_add(writer, full, bytes, len);
}

void model_classifier_save(const struct model_classifier *classifier, const char *name, json_t *notes,
                           struct corpus_archive_writer *writer)
{
	const struct model_cnn *cnn = &classifier->cnn;
	json_t *meta = make_meta(classifier);
	if (notes)
		json_object_update_missing(meta, notes);
	char *text = json_dumps(meta, JSON_COMPACT | JSON_REAL_PRECISION(9));
	json_decref(meta);
	add_section(writer, name, "meta", text, strlen(text));
	free(text);
	add_section(writer, name, "weights", classifier->block, model_cnn_weights(cnn) * sizeof(float));
	add_section(writer, name, "centroids", classifier->centroids,
	            cnn->labels * model_cnn_features(cnn) * sizeof(float));
	add_section(writer, name, "word_keys", classifier->word_keys.slots,
	            classifier->word_keys.capacity * sizeof(struct model_key_slot));
	add_section(writer, name, "words", classifier->words.scales,
	            model_rows_bytes(classifier->words.n, classifier->words.dim));
	add_section(writer, name, "ngram_keys", classifier->ngram_keys.slots,
	            classifier->ngram_keys.capacity * sizeof(struct model_key_slot));
	add_section(writer, name, "ngrams", classifier->ngrams.scales,
	            model_rows_bytes(classifier->ngrams.n, classifier->ngrams.dim));
}

void model_vector_normalise(float *vector, size_t dim, float norm)
{
	float length = sqrtf(model_dot(dim, vector, vector));
	if (length > 0)
		model_scale(dim, norm / length, vector);
}
