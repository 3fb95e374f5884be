#include "text/classifier.h"

#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "text/dataset.h"

enum { FORMAT_VERSION = 2, FORMAT_ONE_CNN = 1 };

static bool read_labels(struct model_classifier *classifier, const struct model_source *source, GError **error)
{
	const json_t *labels = json_object_get(source->meta, "labels"),
	             *outside = json_object_get(source->meta, "out_of_scope");
	size_t n = json_array_size(labels);
	if (n < 1 || n > MODEL_LABELS_MAX)
		return model_section_fail(source, "labels is no list, or too long a one", error);
	classifier->n_labels = n;
	classifier->labels = g_new0(char *, n + 1);
	classifier->outside = -1;
	for (size_t k = 0; k < n; k++) {
		const char *label = json_string_value(json_array_get(labels, k));
		if (!label)
			return model_section_fail(source, "a label is no string", error);
		classifier->labels[k] = g_strdup(label);
		if (json_is_string(outside) && strcmp(json_string_value(outside), label) == 0)
			classifier->outside = (int32_t)k;
	}
	return true;
}

static bool read_scope(struct model_scope *scope, const struct model_source *source, const json_t *object,
                       GError **error)
{
	const json_t *weights = json_object_get(object, "weights");
	if (json_array_size(weights) != SCOPE_PARTS)
		return model_section_fail(source, "scope.weights has not the right length", error);
	for (size_t i = 0; i < SCOPE_PARTS; i++) {
		scope->weights[i] = (float)json_number_value(json_array_get(weights, i));
		if (!isfinite(scope->weights[i]))
			return model_section_fail(source, "a weight of the scope is no finite number", error);
	}
	return model_section_float(source, object, "bias", &scope->bias, error) &&
	       model_section_float(source, object, "threshold", &scope->threshold, error);
}

static bool read_stage(struct model_stage *stage, const struct model_source *source, const json_t *object,
                       size_t members, GError **error)
{
	const json_t *weights = json_object_get(object, "weights");
	float sum = 0;
	for (size_t i = 0; i < members; i++) {
		const json_t *weight = json_array_get(weights, i);
		stage->weights[i] = (float)json_number_value(weight);
		if (!json_is_number(weight) || !isfinite(stage->weights[i]) || stage->weights[i] < 0)
			return model_section_fail(source, "a member's weight is no positive number", error);
		sum += stage->weights[i];
	}
	if (sum <= 0 || !isfinite(sum))
		return model_section_fail(source, "no member has any weight", error);
	return model_section_float(source, object, "sharpness", &stage->sharpness, error) &&
	       read_scope(&stage->scope, source, json_object_get(object, "scope"), error);
}

static bool open_member(struct model_classifier *classifier, const struct model_source *source, GError **error)
{
	const char *arch = json_string_value(json_object_get(source->meta, "arch"));
	const struct model_member_ops *ops = model_member_find(arch);
	if (!ops) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
		            "section %s.meta: this version knows no architecture '%s': train the model again", source->prefix,
		            arch ? arch : "");
		return false;
	}
	struct model_member *member = ops->open(source, error);
	if (member)
		classifier->members[classifier->n_members++] = member;
	return member != NULL;
}

/* Version 1: the head is its only member. */
static bool read_one_cnn(struct model_classifier *classifier, const struct model_source *source, GError **error)
{
	classifier->full.weights[0] = 1;
	return model_section_float(source, source->meta, "sharpness", &classifier->full.sharpness, error) &&
	       read_scope(&classifier->full.scope, source, json_object_get(source->meta, "scope"), error) &&
	       open_member(classifier, source, error);
}

static bool read_members(struct model_classifier *classifier, const struct model_source *source, size_t n,
                         GError **error)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *prefix = g_strdup_printf("%s.%zu", source->prefix, i);
		struct model_source member = *source;
		json_t *meta = model_section_meta(source->archive, prefix, error);
		member.prefix = prefix;
		member.meta = meta;
		bool ok = meta && open_member(classifier, &member, error);
		json_decref(meta);
		if (!ok) {
			/* A head without its member is damaged, not missing. */
			if (error && g_error_matches(*error, MODEL_ERROR, MODEL_ERROR_MISSING))
				(*error)->code = MODEL_ERROR_FORMAT;
			return false;
		}
	}
	return true;
}

static bool read_first(struct model_classifier *classifier, const struct model_source *source, size_t members,
                       GError **error)
{
	const json_t *first = json_object_get(source->meta, "first");
	size_t member;
	if (!json_is_object(first))
		return true;
	if (!model_section_size(source, "first_member", 0, members - 1, &member, error) ||
	    !model_section_float(source, source->meta, "margin", &classifier->margin, error) ||
	    !read_stage(&classifier->first, source, first, members, error))
		return false;
	classifier->first_member = (int32_t)member;
	for (size_t i = 0; i < members; i++)
		classifier->first.weights[i] = i == member;
	return true;
}

static bool read_head(struct model_classifier *classifier, struct model_source *source, GError **error)
{
	size_t version, members;
	if (!model_section_size(source, "version", 0, G_MAXINT, &version, error) || !read_labels(classifier, source, error))
		return false;
	source->labels = classifier->n_labels;
	source->outside = classifier->outside;
	if (version == FORMAT_ONE_CNN)
		return read_one_cnn(classifier, source, error);
	if (version != FORMAT_VERSION) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
		            "section %s.meta: version %zu, this program reads %d and %d: train the model again", source->prefix,
		            version, FORMAT_ONE_CNN, FORMAT_VERSION);
		return false;
	}
	return model_section_size(source, "members", 1, MODEL_MEMBERS_MAX, &members, error) &&
	       read_stage(&classifier->full, source, json_object_get(source->meta, "full"), members, error) &&
	       read_first(classifier, source, members, error) && read_members(classifier, source, members, error);
}

struct model_classifier *model_classifier_new(const struct model_dataset *dataset)
{
	struct model_classifier *classifier = g_new0(struct model_classifier, 1);
	classifier->n_labels = dataset->labels->len;
	classifier->labels = g_new0(char *, classifier->n_labels + 1);
	for (size_t k = 0; k < classifier->n_labels; k++)
		classifier->labels[k] = g_strdup(g_ptr_array_index(dataset->labels, k));
	classifier->outside = dataset->outside;
	classifier->first_member = -1;
	return classifier;
}

struct model_classifier *model_classifier_open(const struct corpus_archive *archive, const char *name,
                                               const struct nlp_vectors *vectors, GError **error)
{
	struct model_source source = {.archive = archive, .prefix = name, .vectors = vectors};
	json_t *meta = model_section_meta(archive, name, error);
	if (!meta)
		return NULL;
	struct model_classifier *classifier = g_new0(struct model_classifier, 1);
	classifier->first_member = -1;
	source.meta = meta;
	bool ok = read_head(classifier, &source, error);
	json_decref(meta);
	if (!ok)
		g_clear_pointer(&classifier, model_classifier_free);
	return classifier;
}

void model_classifier_free(struct model_classifier *classifier)
{
	if (!classifier)
		return;
	for (size_t i = 0; i < classifier->n_members; i++)
		model_member_free(classifier->members[i]);
	g_strfreev(classifier->labels);
	g_free(classifier);
}

static json_t *stage_to_json(const struct model_stage *stage, size_t members)
{
	json_t *weights = json_array(), *parts = json_array();
	for (size_t i = 0; i < members; i++)
		json_array_append_new(weights, json_real((double)stage->weights[i]));
	for (int i = 0; i < SCOPE_PARTS; i++)
		json_array_append_new(parts, json_real((double)stage->scope.weights[i]));
	/* JSON has no infinity. */
	double threshold = isfinite(stage->scope.threshold) ? (double)stage->scope.threshold : -1e30;
	return json_pack("{s:o,s:f,s:{s:o,s:f,s:f}}", "weights", weights, "sharpness", (double)stage->sharpness, "scope",
	                 "weights", parts, "bias", (double)stage->scope.bias, "threshold", threshold);
}

void model_classifier_save(const struct model_classifier *classifier, const char *name, json_t *notes,
                           struct corpus_archive_writer *writer)
{
	size_t members = classifier->n_members;
	json_t *labels = json_array();
	for (size_t k = 0; k < classifier->n_labels; k++)
		json_array_append_new(labels, json_string(classifier->labels[k]));
	json_t *meta = json_pack("{s:i,s:o,s:s?,s:i,s:o}", "version", FORMAT_VERSION, "labels", labels, "out_of_scope",
	                         classifier->outside >= 0 ? classifier->labels[classifier->outside] : NULL, "members",
	                         (int)members, "full", stage_to_json(&classifier->full, members));
	if (classifier->first_member >= 0) {
		json_object_set_new(meta, "first", stage_to_json(&classifier->first, members));
		json_object_set_new(meta, "first_member", json_integer(classifier->first_member));
		json_object_set_new(meta, "margin", json_real((double)classifier->margin));
	}
	if (notes)
		json_object_update_missing(meta, notes);
	model_section_add_meta(writer, name, meta);
	for (size_t i = 0; i < members; i++) {
		const struct model_member *member = classifier->members[i];
		g_autofree char *prefix = g_strdup_printf("%s.%zu", name, i);
		json_t *own = member->ops->save(member, prefix, writer);
		json_object_set_new(own, "arch", json_string(member->ops->arch));
		model_section_add_meta(writer, prefix, own);
	}
}
