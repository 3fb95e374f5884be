#include "tagger/tagger.h"

#include <math.h>
#include <string.h>

#include "layer/crf.h"
#include "models/error.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "tagger/texts.h"
#include "tagger/unit.h"
#include "tensor/ops.h"
#include "text/section.h"

/* What is more likely something else is not said: it costs more precision than it gives recall. */
#define CONFIDENCE_MIN 0.5f

enum { SIZE_LIMIT = 4096 }; /* of any width in a model file */

struct model_tagger_work {
	struct model_units units;
	struct model_net_memory memory;
	struct model_crf_work *crf;
	uint32_t tags[MODEL_UNITS_MAX];
	struct model_tag_span spans[MODEL_UNITS_MAX];
	struct model_slot slots[MODEL_UNITS_MAX];
};

/* --- opening --- */

static bool read_labels(struct model_tagger *tagger, const struct model_source *source, GError **error)
{
	const json_t *list = json_object_get(source->meta, "labels");
	size_t n = json_array_size(list);
	if (n == 0 || n > MODEL_SLOT_LABELS_MAX)
		return model_section_fail(source, "labels are missing, or too many", error);
	g_autofree struct model_slot_label *labels = g_new0(struct model_slot_label, n);
	for (size_t l = 0; l < n; l++) {
		const json_t *label = json_array_get(list, l);
		labels[l] = (struct model_slot_label){(char *)json_string_value(json_array_get(label, 0)),
		                                      (char *)json_string_value(json_array_get(label, 1)),
		                                      (char *)json_string_value(json_array_get(label, 2))};
		if (!labels[l].entity)
			return model_section_fail(source, "a label without the name of an entity", error);
		if (l > 0 && model_slot_label_compare(&labels[l - 1], &labels[l]) >= 0)
			return model_section_fail(source, "the labels are not in order", error);
	}
	model_tags_init(&tagger->tags, labels, n);
	return true;
}

static bool read_tagger(struct model_tagger *tagger, const struct model_source *source, GError **error)
{
	struct model_net *net = &tagger->net;
	size_t version;
	if (!model_section_size(source, "version", 0, G_MAXINT, &version, error))
		return false;
	if (version != MODEL_SLOTS_VERSION) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
		            "section " MODEL_SLOTS_PREFIX ".meta: version %zu, this program reads %d: train the model again",
		            version, MODEL_SLOTS_VERSION);
		return false;
	}
	if (!read_labels(tagger, source, error) || !model_section_size(source, "dim", 1, SIZE_LIMIT, &net->words, error) ||
	    !model_section_size(source, "letters", 1, SIZE_LIMIT, &net->letters, error) ||
	    !model_section_size(source, "marks", 1, SIZE_LIMIT, &net->marks, error) ||
	    !model_section_size(source, "filters", 1, SIZE_LIMIT, &net->filters, error) ||
	    !model_section_float(source, source->meta, "vector_norm", &tagger->vector_norm, error))
		return false;
	net->tags = model_tags_count(tagger->tags.n_labels);
	if (source->vectors && nlp_vectors_dim(source->vectors) != net->words)
		return model_section_fail(source, "dim is not that of the model's word vectors", error);
	return (tagger->block = model_section_floats(source, "weights", model_net_parts(net).end, error)) != NULL &&
	       model_section_table(source, "word_keys", "words", net->words, &tagger->word_keys, &tagger->words, error) &&
	       model_section_table(source, "letter_keys", "letters", net->letters, &tagger->letter_keys, &tagger->letters,
	                           error) &&
	       model_section_table(source, "mark_keys", "marks", net->marks, &tagger->mark_keys, &tagger->marks, error);
}

struct model_tagger *model_tagger_open(const struct corpus_archive *archive, const struct nlp_vectors *vectors,
                                       GError **error)
{
	json_t *meta = model_section_meta(archive, MODEL_SLOTS_PREFIX, error);
	if (!meta)
		return NULL;
	struct model_source source = {.archive = archive, .prefix = MODEL_SLOTS_PREFIX, .meta = meta, .vectors = vectors};
	struct model_tagger *tagger = g_new0(struct model_tagger, 1);
	tagger->vectors = vectors;
	bool ok = read_tagger(tagger, &source, error);
	if (ok)
		tagger->infer = model_net_infer_new(&tagger->net, tagger->block);
	json_decref(meta);
	if (!ok)
		g_clear_pointer(&tagger, model_tagger_free);
	return tagger;
}

void model_tagger_free(struct model_tagger *tagger)
{
	if (!tagger)
		return;
	model_net_infer_free(tagger->infer);
	model_tags_clear(&tagger->tags);
	g_free(tagger);
}

size_t model_tagger_labels(const struct model_tagger *tagger)
{
	return tagger->tags.n_labels;
}

bool model_tagger_knows(const struct model_tagger *tagger, const char *entity)
{
	for (size_t l = 0; l < tagger->tags.n_labels; l++)
		if (strcmp(tagger->tags.labels[l].entity, entity) == 0)
			return true;
	return false;
}

/* --- running --- */

struct model_tagger_work *model_tagger_work_new(const struct model_tagger *tagger)
{
	struct model_tagger_work *work = g_new0(struct model_tagger_work, 1);
	struct model_crf crf = model_tags_crf(&tagger->tags);
	work->crf = model_crf_work_new(&crf);
	model_crf_set(work->crf, tagger->block + model_net_parts(&tagger->net).crf);
	return work;
}

void model_tagger_work_free(struct model_tagger_work *work)
{
	if (!work)
		return;
	model_net_memory_clear(&work->memory);
	model_crf_work_free(work->crf);
	g_free(work);
}

static void embed_bag(const struct model_keys *keys, const struct model_rows *rows, const uint32_t *hashes, size_t n,
                      float *out)
{
	size_t known = 0;
	memset(out, 0, rows->dim * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		uint32_t row = model_keys_find(keys, hashes[i]);
		if (row == UINT32_MAX)
			continue;
		model_rows_add(rows, row, out);
		known++;
	}
	if (known > 1)
		model_scale(rows->dim, 1.0f / sqrtf((float)known), out);
}

static void embed_word(const struct model_tagger *tagger, const struct model_unit *unit, float *out)
{
	uint32_t row = model_keys_find(&tagger->word_keys, unit->word_hash);
	int32_t base = -1;
	if (row != UINT32_MAX) {
		model_rows_get(&tagger->words, row, out);
		return;
	}
	if (tagger->vectors)
		base = nlp_vectors_find(tagger->vectors, unit->word, unit->word_len);
	if (base < 0) {
		memset(out, 0, tagger->net.words * sizeof(float));
		return;
	}
	nlp_vectors_get(tagger->vectors, base, out);
	model_normalise(tagger->net.words, out, tagger->vector_norm);
}

static void embed(const struct model_tagger *tagger, const struct model_units *units, float *x)
{
	const struct model_net *net = &tagger->net;
	for (size_t t = 0; t < units->n; t++, x += model_net_inputs(net)) {
		const struct model_unit *unit = &units->units[t];
		embed_word(tagger, unit, x);
		embed_bag(&tagger->letter_keys, &tagger->letters, unit->letters, unit->n_letters, x + net->words);
		embed_bag(&tagger->mark_keys, &tagger->marks, unit->marks, unit->n_marks, x + net->words + net->letters);
	}
}

const struct model_slot *model_tagger_run(const struct model_tagger *tagger, struct model_tagger_work *work,
                                          const struct nlp_document *document, size_t *n)
{
	struct model_units *units = &work->units;
	*n = 0;
	model_units_extract(units, document);
	if (units->n == 0)
		return work->slots;
	embed(tagger, units, model_net_memory_reserve(&work->memory, &tagger->net, units->n));
	const float *out = model_net_infer_run(tagger->infer, &work->memory, units->n);
	(void)model_crf_best(work->crf, out, units->n, work->tags);
	size_t spans = model_tags_spans(&tagger->tags, work->tags, units->n, work->spans);
	if (spans > 0)
		(void)model_crf_partition(work->crf, out, units->n);
	for (size_t i = 0; i < spans; i++) {
		const struct model_tag_span *span = &work->spans[i];
		const struct model_slot_label *label = &tagger->tags.labels[span->label];
		const struct model_unit *first = &units->units[span->from], *last = &units->units[span->to - 1];
		double p = model_crf_span(work->crf, span->from, span->to - span->from, work->tags + span->from);
		if (p >= (double)CONFIDENCE_MIN) /* a file's weights may leave the finite numbers: NaN is not */
			work->slots[(*n)++] = (struct model_slot){label->entity, label->role,       label->group,   first->start,
			                                          last->end,     first->byte_start, last->byte_end, (float)p};
	}
	return work->slots;
}
