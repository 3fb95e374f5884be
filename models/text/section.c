#include "text/section.h"

#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "tensor/ops.h"

json_t *model_section_meta(const struct corpus_archive *archive, const char *prefix, GError **error)
{
	g_autofree char *full = g_strconcat(prefix, ".meta", NULL);
	size_t len;
	const void *bytes = corpus_archive_section(archive, full, &len);
	if (!bytes) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_MISSING, "there is no section %s", full);
		return NULL;
	}
	json_error_t problem;
	json_t *meta = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &problem);
	if (!meta)
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s: offset %d: %s", full, problem.position,
		            problem.text);
	return meta;
}

bool model_section_fail(const struct model_source *source, const char *what, GError **error)
{
	g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %s", source->prefix, what);
	return false;
}

bool model_section_size(const struct model_source *source, const char *key, size_t min, size_t max, size_t *out,
                        GError **error)
{
	const json_t *value = json_object_get(source->meta, key);
	json_int_t number = json_integer_value(value);
	if (!json_is_integer(value) || number < (json_int_t)min || number > (json_int_t)max) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %s is no number from %zu to %zu",
		            source->prefix, key, min, max);
		return false;
	}
	*out = (size_t)number;
	return true;
}

bool model_section_float(const struct model_source *source, const json_t *object, const char *key, float *out,
                         GError **error)
{
	const json_t *value = json_object_get(object, key);
	*out = (float)json_number_value(value);
	if (!json_is_number(value) || !isfinite(*out)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %s is no finite number", source->prefix,
		            key);
		return false;
	}
	return true;
}

const void *model_section_bytes(const struct model_source *source, const char *part, size_t *len, GError **error)
{
	g_autofree char *full = g_strconcat(source->prefix, ".", part, NULL);
	const void *bytes = corpus_archive_section(source->archive, full, len);
	if (!bytes)
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "the model has no section %s", full);
	return bytes;
}

const float *model_section_floats(const struct model_source *source, const char *part, size_t n, GError **error)
{
	size_t len;
	const float *floats = model_section_bytes(source, part, &len, error);
	if (!floats)
		return NULL;
	if (len / sizeof *floats != n || len % sizeof *floats || !model_all_finite(n, floats)) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.%s: not %zu finite numbers", source->prefix,
		            part, n);
		return NULL;
	}
	return floats;
}

bool model_section_table(const struct model_source *source, const char *keys_part, const char *rows_part, size_t dim,
                         struct model_keys *keys, struct model_rows *rows, GError **error)
{
	g_autofree char *keys_name = g_strconcat(source->prefix, ".", keys_part, NULL);
	g_autofree char *rows_name = g_strconcat(source->prefix, ".", rows_part, NULL);
	size_t len;
	const void *bytes = model_section_bytes(source, rows_part, &len, error);
	if (!bytes || !model_rows_open(rows, bytes, len, dim, rows_name, error))
		return false;
	bytes = model_section_bytes(source, keys_part, &len, error);
	return bytes && model_keys_open(keys, bytes, len, rows->n, keys_name, error);
}

void model_section_add(struct corpus_archive_writer *writer, const char *prefix, const char *part, const void *bytes,
                       size_t len)
{
	g_autofree char *full = g_strconcat(prefix, ".", part, NULL);
	corpus_archive_writer_add(writer, full, bytes, len);
}

void model_section_add_meta(struct corpus_archive_writer *writer, const char *prefix, json_t *meta)
{
	char *text = json_dumps(meta, JSON_COMPACT | JSON_REAL_PRECISION(9));
	json_decref(meta);
	model_section_add(writer, prefix, "meta", text, strlen(text));
	free(text);
}

void model_section_add_table(struct corpus_archive_writer *writer, const char *prefix, const char *keys_part,
                             const char *rows_part, const struct model_keys *keys, const struct model_rows *rows)
{
	model_section_add(writer, prefix, keys_part, keys->slots, keys->capacity * sizeof *keys->slots);
	model_section_add(writer, prefix, rows_part, rows->scales, model_rows_bytes(rows->n, rows->dim));
}
