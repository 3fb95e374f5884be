#include "text/network.h"

#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"

enum { WIDTHS_MAX = 8, FILTERS_MAX = 4096, DIM_MAX = 4096, BAG_MAX = 4096 };

static bool read_sections(struct model_network *network, const struct model_source *source, GError **error)
{
	const struct model_cnn *cnn = &network->cnn;
	network->block = model_section_floats(source, "weights", model_cnn_weights(cnn), error);
	if (!network->block)
		return false;
	network->centroids = model_section_floats(source, "centroids", cnn->labels * model_cnn_features(cnn), error);
	return network->centroids &&
	       model_section_table(source, "word_keys", "words", cnn->conv.dim, &network->word_keys, &network->words,
	                           error) &&
	       model_section_table(source, "ngram_keys", "ngrams", cnn->bag, &network->ngram_keys, &network->ngrams, error);
}

static bool read_meta(struct model_network *network, const struct model_source *source, GError **error)
{
	struct model_cnn *cnn = &network->cnn;
	return model_section_size(source, "dim", 1, DIM_MAX, &cnn->conv.dim, error) &&
	       model_section_size(source, "widths", 1, WIDTHS_MAX, &cnn->conv.widths, error) &&
	       model_section_size(source, "filters", 1, FILTERS_MAX, &cnn->conv.filters, error) &&
	       model_section_size(source, "bag", 1, BAG_MAX, &cnn->bag, error) &&
	       model_section_float(source, source->meta, "vector_norm", &network->vector_norm, error);
}

static bool check_dim(const struct model_network *network, const struct model_source *source, GError **error)
{
	if (!source->vectors || nlp_vectors_dim(source->vectors) == network->cnn.conv.dim)
		return true;
	g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section %s.meta: %zu features, but the vectors have %zu",
	            source->prefix, network->cnn.conv.dim, nlp_vectors_dim(source->vectors));
	return false;
}

static void network_free(struct model_member *member)
{
	struct model_network *network = (struct model_network *)member;
	for (size_t i = 0; i < G_N_ELEMENTS(network->owned); i++)
		g_free(network->owned[i]);
	g_free(network);
}

static struct model_member *network_open(const struct model_source *source, GError **error)
{
	struct model_network *network = g_new0(struct model_network, 1);
	network->member.ops = &model_network_cnn;
	network->cnn.labels = source->labels;
	network->outside = source->outside;
	if (read_meta(network, source, error) && check_dim(network, source, error) && read_sections(network, source, error))
		return &network->member;
	network_free(&network->member);
	return NULL;
}

static json_t *network_save(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer)
{
	const struct model_network *network = (const struct model_network *)member;
	const struct model_cnn *cnn = &network->cnn;
	model_section_add(writer, prefix, "weights", network->block, model_cnn_weights(cnn) * sizeof(float));
	model_section_add(writer, prefix, "centroids", network->centroids,
	                  cnn->labels * model_cnn_features(cnn) * sizeof(float));
	model_section_add_table(writer, prefix, "word_keys", "words", &network->word_keys, &network->words);
	model_section_add_table(writer, prefix, "ngram_keys", "ngrams", &network->ngram_keys, &network->ngrams);
	return json_pack("{s:i,s:i,s:i,s:i,s:f}", "dim", (int)cnn->conv.dim, "widths", (int)cnn->conv.widths, "filters",
	                 (int)cnn->conv.filters, "bag", (int)cnn->bag, "vector_norm", (double)network->vector_norm);
}

const struct model_member_ops model_network_cnn = {
    .arch = "cnn",
    .train = model_network_train,
    .open = network_open,
    .save = network_save,
    .free = network_free,
    .work_new = model_network_work_new,
    .work_free = model_network_work_free,
    .run = model_network_run,
    .explain = model_network_explain,
};

void model_vector_normalise(float *vector, size_t dim, float norm)
{
	float length = sqrtf(model_dot(dim, vector, vector));
	if (length > 0)
		model_scale(dim, norm / length, vector);
}
