#include "text/forest.h"

#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/document.h"
#include "tensor/ops.h"
#include "text/average.h"
#include "text/dataset.h"
#include "text/fit.h"
#include "text/tree.h"

enum {
	FIGURES = 6,
	TREES = 100,
	TREES_MAX = 1000,
	NODES_MAX = 1 << 20, /* of a forest: eight megabytes; a large set has fewer trees */
};

#define LEAST_VOTE 0.1f

struct forest {
	struct model_member member; /* first */
	size_t labels, features, trees, n_nodes;
	struct model_average average;
	const float *cuts;
	const uint32_t *roots;
	const struct model_tree_node *nodes;
	void *owned[3];
};

/* Figures of a document, about -1..1. */
static void figures_of(const struct nlp_document *document, size_t without, float *out)
{
	size_t n = 0, count[FIGURES - 1] = {0};
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		if (i == without)
			continue;
		n++;
		count[0] += (token->flags & NLP_TOKEN_ELONGATED) != 0;
		count[1] += (token->flags & NLP_TOKEN_ALL_CAPS) != 0;
		count[2] += token->kind == NLP_TOKEN_NUMBER || token->kind == NLP_TOKEN_ORDER_ID;
		count[3] += token->kind == NLP_TOKEN_PUNCT;
		count[4] += token->kind == NLP_TOKEN_EMOJI;
	}
	out[0] = log1pf((float)n) / 5;
	for (size_t i = 1; i < FIGURES; i++)
		out[i] = n ? (float)count[i - 1] / (float)n : 0;
}

/* values (features), overwritten. */
static float values_of(const struct model_average *average, const struct model_input *input, size_t without,
                       float *values)
{
	figures_of(input->document, without, values + average->dim);
	return model_average_text(average, input, without, values);
}

struct reading {
	const struct model_average *average;
	size_t features;
	float *values; /* (n, features) */
};

static void value_text(size_t index, const struct model_input *input, void *user)
{
	const struct reading *job = user;
	values_of(job->average, input, SIZE_MAX, job->values + index * job->features);
}

static void forest_free(struct model_member *member)
{
	struct forest *forest = (struct forest *)member;
	model_average_clear(&forest->average);
	for (size_t i = 0; i < G_N_ELEMENTS(forest->owned); i++)
		g_free(forest->owned[i]);
	g_free(forest);
}

/* One table of all trees' nodes, as many trees as fit. */
static void collect(struct forest *forest, GArray *const *trees, size_t n)
{
	uint32_t *roots = g_new(uint32_t, n);
	g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(struct model_tree_node));
	for (size_t t = 0; t < n && (t == 0 || nodes->len + trees[t]->len <= NODES_MAX); t++) {
		uint32_t root = nodes->len;
		roots[forest->trees++] = root;
		for (guint i = 0; i < trees[t]->len; i++) {
			struct model_tree_node node = g_array_index(trees[t], struct model_tree_node, i);
			node.left += node.feature == MODEL_TREE_LEAF ? 0 : root;
			g_array_append_val(nodes, node);
		}
	}
	forest->roots = forest->owned[1] = roots;
	forest->n_nodes = nodes->len;
	forest->nodes = forest->owned[2] = g_array_steal(nodes, NULL);
}

static struct model_member *forest_train(struct model_lesson *lesson, GError **error)
{
	const struct model_dataset *dataset = lesson->dataset;
	if (lesson->targets) {
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_DATA, "forest learns labels, not the answers of a team");
		return NULL;
	}
	struct forest *forest = g_new0(struct forest, 1);
	size_t n = dataset->n_train;
	forest->member.ops = &model_forest;
	forest->labels = dataset->labels->len;
	model_average_fit(&forest->average, dataset, lesson->recipe->dim, lesson->pool);
	forest->features = forest->average.dim + FIGURES;
	g_autofree float *values = g_new(float, n * forest->features);
	float *cuts = g_new(float, forest->features *MODEL_TREE_CUTS);
	g_autofree uint8_t *bins = g_new(uint8_t, n * forest->features);
	forest->cuts = forest->owned[0] = cuts;
	GArray *trees[TREES];
	struct reading reading = {&forest->average, forest->features, values};
	struct model_tree_lesson job = {dataset->train, n,   forest->features, forest->labels, lesson->seed, values,
	                                cuts,           bins};
	model_average_read(dataset, dataset->train, n, lesson->pool, value_text, &reading);
	if (!model_all_finite(n * forest->features, values)) {
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_NOT_FINITE,
		                    "a word vector of the base is not finite: make or fetch the base again");
		forest_free(&forest->member);
		return NULL;
	}
	model_tree_cut(&job, lesson->pool);
	for (size_t t = 0; t < TREES; t++)
		trees[t] = g_array_new(FALSE, FALSE, sizeof(struct model_tree_node));
	model_trees_grow(&job, TREES, trees, lesson->pool);
	collect(forest, trees, TREES);
	for (size_t t = 0; t < TREES; t++)
		g_array_free(trees[t], TRUE);
	return &forest->member;
}

static bool nodes_are_sane(const struct forest *forest)
{
	for (size_t t = 0; t < forest->trees; t++)
		if (forest->roots[t] >= forest->n_nodes)
			return false;
	for (size_t i = 0; i < forest->n_nodes; i++) {
		const struct model_tree_node *node = &forest->nodes[i];
		if (node->feature == MODEL_TREE_LEAF
		        ? node->left >= forest->labels
		        : node->feature >= forest->features || node->left <= i || node->left >= forest->n_nodes - 1)
			return false;
	}
	return true;
}

static struct model_member *forest_open(const struct model_source *source, GError **error)
{
	struct forest *forest = g_new0(struct forest, 1);
	size_t roots, nodes;
	forest->member.ops = &model_forest;
	forest->labels = source->labels;
	if (model_section_size(source, "trees", 1, TREES_MAX, &forest->trees, error) &&
	    model_average_open(&forest->average, source, error) && (forest->features = forest->average.dim + FIGURES) &&
	    (forest->cuts = model_section_floats(source, "cuts", forest->features * MODEL_TREE_CUTS, error)) &&
	    (forest->roots = model_section_bytes(source, "roots", &roots, error)) &&
	    (forest->nodes = model_section_bytes(source, "nodes", &nodes, error))) {
		forest->n_nodes = nodes / sizeof *forest->nodes;
		if ((roots == forest->trees * sizeof *forest->roots && nodes == forest->n_nodes * sizeof *forest->nodes &&
		     nodes_are_sane(forest)) ||
		    model_section_fail(source, "the nodes are no trees", error))
			return &forest->member;
	}
	forest_free(&forest->member);
	return NULL;
}

static json_t *forest_save(const struct model_member *member, const char *prefix, struct corpus_archive_writer *writer)
{
	const struct forest *forest = (const struct forest *)member;
	json_t *meta = json_pack("{s:i}", "trees", (int)forest->trees);
	model_average_save(&forest->average, prefix, meta, writer);
	model_section_add(writer, prefix, "cuts", forest->cuts, forest->features * MODEL_TREE_CUTS * sizeof(float));
	model_section_add(writer, prefix, "roots", forest->roots, forest->trees * sizeof *forest->roots);
	model_section_add(writer, prefix, "nodes", forest->nodes, forest->n_nodes * sizeof *forest->nodes);
	return meta;
}

struct work {
	const struct forest *forest;
	float *values, *logits; /* (features), (K) */
	uint8_t *bins;          /* (features) */
	float known;
};

static void *forest_work_new(const struct model_member *member)
{
	const struct forest *forest = (const struct forest *)member;
	struct work *work = g_new0(struct work, 1);
	work->forest = forest;
	work->values = g_new(float, forest->features);
	work->logits = g_new(float, forest->labels);
	work->bins = g_new(uint8_t, forest->features);
	return work;
}

static void forest_work_free(const struct model_member *member, void *memory)
{
	(void)member;
	struct work *work = memory;
	g_free(work->values);
	g_free(work->logits);
	g_free(work->bins);
	g_free(work);
}

static const float *run_without(const struct model_input *input, size_t without, void *user)
{
	struct work *work = user;
	const struct forest *forest = work->forest;
	work->known = values_of(&forest->average, input, without, work->values);
	for (size_t f = 0; f < forest->features; f++)
		work->bins[f] = model_tree_bin(forest->cuts + f * MODEL_TREE_CUTS, work->values[f]);
	for (size_t k = 0; k < forest->labels; k++)
		work->logits[k] = LEAST_VOTE;
	for (size_t t = 0; t < forest->trees; t++) {
		const struct model_tree_node *node = &forest->nodes[forest->roots[t]];
		while (node->feature != MODEL_TREE_LEAF)
			node = &forest->nodes[node->left + (work->bins[node->feature] > node->bin)];
		work->logits[node->left] += 1;
	}
	for (size_t k = 0; k < forest->labels; k++)
		work->logits[k] = logf(work->logits[k]);
	return work->logits;
}

static void forest_run(const struct model_member *member, void *memory, const struct model_input *input,
                       struct model_score *score)
{
	(void)member;
	struct work *work = memory;
	run_without(input, SIZE_MAX, work);
	*score = (struct model_score){.logits = work->logits, .known = work->known};
}

static float forest_explain(const struct model_member *member, void *memory, const struct model_input *input,
                            size_t label, float *tokens)
{
	(void)member;
	return model_average_explain(input, label, tokens, run_without, memory);
}

const struct model_member_ops model_forest = {
    .arch = "forest",
    .train = forest_train,
    .open = forest_open,
    .save = forest_save,
    .free = forest_free,
    .work_new = forest_work_new,
    .work_free = forest_work_free,
    .run = forest_run,
    .explain = forest_explain,
};
