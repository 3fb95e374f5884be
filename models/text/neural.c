#include "text/neural.h"

#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"
#include "text/recipe.h"

enum { WIDTHS_MAX = 8, FILTERS_MAX = 4096, DIM_MAX = 4096, BAG_MAX = 4096, HIDDEN_MAX = 2048, INNER_MAX = 8192 };

struct model_encoder model_neural_encoder(const struct model_member_ops *ops, const struct model_recipe *recipe,
                                          size_t dim)
{
	struct model_encoder encoder = {.dim = dim};
	if (ops == &model_neural_cnn) {
		encoder.ops = &model_encoder_cnn;
		encoder.conv = (struct model_conv){dim, recipe->widths, recipe->filters};
	} else if (ops == &model_neural_rnn) {
		encoder.ops = &model_encoder_rnn;
		encoder.rnn = (struct model_rnn){recipe->hidden, recipe->lstm, recipe->pools};
	} else {
		encoder.ops = &model_encoder_transformer;
		encoder.transformer = (struct model_transformer){
		    recipe->width, recipe->heads, recipe->layers, recipe->inner, recipe->learned_positions, recipe->pools};
	}
	return encoder;
}

static bool read_pools(const struct model_source *source, unsigned *pools, GError **error)
{
	size_t bits;
	if (!model_section_size(source, "pools", 1, 7, &bits, error))
		return false;
	*pools = (unsigned)bits;
	return true;
}

static bool read_cnn(struct model_encoder *encoder, const struct model_source *source, GError **error)
{
	encoder->ops = &model_encoder_cnn;
	encoder->conv.dim = encoder->dim;
	return model_section_size(source, "widths", 1, WIDTHS_MAX, &encoder->conv.widths, error) &&
	       model_section_size(source, "filters", 1, FILTERS_MAX, &encoder->conv.filters, error);
}

static bool read_rnn(struct model_encoder *encoder, const struct model_source *source, GError **error)
{
	size_t gates;
	encoder->ops = &model_encoder_rnn;
	if (!model_section_size(source, "hidden", 1, HIDDEN_MAX, &encoder->rnn.hidden, error) ||
	    !model_section_size(source, "gates", 3, 4, &gates, error))
		return false;
	encoder->rnn.lstm = gates == 4;
	return read_pools(source, &encoder->rnn.pools, error);
}

static bool read_attention(struct model_encoder *encoder, const struct model_source *source, GError **error)
{
	struct model_transformer *sizes = &encoder->transformer;
	encoder->ops = &model_encoder_transformer;
	size_t learned;
	if (!model_section_size(source, "width", 1, HIDDEN_MAX, &sizes->width, error) ||
	    !model_section_size(source, "heads", 1, 64, &sizes->heads, error) ||
	    !model_section_size(source, "layers", 1, 8, &sizes->layers, error) ||
	    !model_section_size(source, "inner", 1, INNER_MAX, &sizes->inner, error) ||
	    !model_section_size(source, "learned", 0, 1, &learned, error))
		return false;
	if (sizes->width % sizes->heads)
		return model_section_fail(source, "the width is no multiple of the heads", error);
	sizes->learned = learned;
	return read_pools(source, &sizes->pools, error);
}

static bool read_meta(struct model_neural *neural, const struct model_source *source, GError **error)
{
	struct model_network *network = &neural->network;
	struct model_encoder *encoder = &network->encoder;
	if (!model_section_size(source, "dim", 1, DIM_MAX, &encoder->dim, error) ||
	    !model_section_size(source, "bag", 1, BAG_MAX, &network->bag, error) ||
	    !model_section_float(source, source->meta, "vector_norm", &neural->vector_norm, error))
		return false;
	if (source->vectors && nlp_vectors_dim(source->vectors) != encoder->dim) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %zu features, but the vectors have %zu",
		            source->prefix, encoder->dim, nlp_vectors_dim(source->vectors));
		return false;
	}
	if (neural->member.ops == &model_neural_cnn)
		return read_cnn(encoder, source, error);
	return neural->member.ops == &model_neural_rnn ? read_rnn(encoder, source, error)
	                                               : read_attention(encoder, source, error);
}

static bool read_sections(struct model_neural *neural, const struct model_source *source, GError **error)
{
	const struct model_network *network = &neural->network;
	neural->block = model_section_floats(source, "weights", model_network_weights(network), error);
	if (!neural->block)
		return false;
	neural->centroids =
	    model_section_floats(source, "centroids", network->labels * model_network_features(network), error);
	const json_t *prototypes = json_object_get(source->meta, "prototypes");
	if (json_is_true(prototypes) &&
	    !model_prototypes_open(&neural->prototypes, source, model_network_features(network), error))
		return false;
	return neural->centroids &&
	       model_section_table(source, "word_keys", "words", network->encoder.dim, &neural->word_keys, &neural->words,
	                           error) &&
	       model_section_table(source, "ngram_keys", "ngrams", network->bag, &neural->ngram_keys, &neural->ngrams,
	                           error);
}

static void neural_free(struct model_member *member)
{
	struct model_neural *neural = (struct model_neural *)member;
	for (size_t i = 0; i < G_N_ELEMENTS(neural->owned); i++)
		g_free(neural->owned[i]);
	g_free(neural);
}

static struct model_member *neural_open(const struct model_member_ops *ops, const struct model_source *source,
                                        GError **error)
{
	struct model_neural *neural = g_new0(struct model_neural, 1);
	neural->member.ops = ops;
	neural->network.labels = source->labels;
	neural->outside = source->outside;
	if (read_meta(neural, source, error) && read_sections(neural, source, error))
		return &neural->member;
	neural_free(&neural->member);
	return NULL;
}

static json_t *sizes_to_json(const struct model_neural *neural)
{
	const struct model_encoder *encoder = &neural->network.encoder;
	if (encoder->ops == &model_encoder_cnn)
		return json_pack("{s:i,s:i}", "widths", (int)encoder->conv.widths, "filters", (int)encoder->conv.filters);
	if (encoder->ops == &model_encoder_rnn)
		return json_pack("{s:i,s:i,s:i}", "hidden", (int)encoder->rnn.hidden, "gates", encoder->rnn.lstm ? 4 : 3,
		                 "pools", (int)encoder->rnn.pools);
	const struct model_transformer *sizes = &encoder->transformer;
	return json_pack("{s:i,s:i,s:i,s:i,s:i,s:i}", "width", (int)sizes->width, "heads", (int)sizes->heads, "layers",
	                 (int)sizes->layers, "inner", (int)sizes->inner, "learned", (int)sizes->learned, "pools",
	                 (int)sizes->pools);
}

static json_t *neural_save(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	const struct model_network *network = &neural->network;
	model_section_add(writer, prefix, "weights", neural->block, model_network_weights(network) * sizeof(float));
	model_section_add(writer, prefix, "centroids", neural->centroids,
	                  network->labels * model_network_features(network) * sizeof(float));
	model_section_add_table(writer, prefix, "word_keys", "words", &neural->word_keys, &neural->words);
	model_section_add_table(writer, prefix, "ngram_keys", "ngrams", &neural->ngram_keys, &neural->ngrams);
	json_t *meta = sizes_to_json(neural);
	json_object_set_new(meta, "dim", json_integer((json_int_t)network->encoder.dim));
	json_object_set_new(meta, "bag", json_integer((json_int_t)network->bag));
	json_object_set_new(meta, "vector_norm", json_real((double)neural->vector_norm));
	if (neural->prototypes.from) {
		model_prototypes_save(&neural->prototypes, network->labels, prefix, writer);
		json_object_set_new(meta, "prototypes", json_true());
	}
	return meta;
}

/* Three architectures, one member: what differs is the encoder, and that cnn has a way of its own to predict. */
#define NEURAL(NAME)                                                                                                   \
	static struct model_member *train_##NAME(struct model_lesson *lesson, GError **error)                              \
	{                                                                                                                  \
		return model_neural_train(&model_neural_##NAME, lesson, error);                                                \
	}                                                                                                                  \
	static struct model_member *open_##NAME(const struct model_source *source, GError **error)                         \
	{                                                                                                                  \
		return neural_open(&model_neural_##NAME, source, error);                                                       \
	}
NEURAL(cnn)
NEURAL(rnn)
NEURAL(attention)

const struct model_member_ops model_neural_cnn = {
    .arch = "cnn",
    .train = train_cnn,
    .open = open_cnn,
    .save = neural_save,
    .free = neural_free,
    .work_new = model_neural_cnn_work_new,
    .work_free = model_neural_cnn_work_free,
    .run = model_neural_cnn_run,
    .explain = model_neural_cnn_explain,
};
const struct model_member_ops model_neural_rnn = {
    .arch = "rnn",
    .train = train_rnn,
    .open = open_rnn,
    .save = neural_save,
    .free = neural_free,
    .work_new = model_neural_work_new,
    .work_free = model_neural_work_free,
    .run = model_neural_run,
    .explain = model_neural_explain,
};
const struct model_member_ops model_neural_attention = {
    .arch = "attention",
    .train = train_attention,
    .open = open_attention,
    .save = neural_save,
    .free = neural_free,
    .work_new = model_neural_work_new,
    .work_free = model_neural_work_free,
    .run = model_neural_run,
    .explain = model_neural_explain,
};
