/* A split is the best cut (Gini) among features drawn anew for every node, as many as the root of their number. Texts
 * of a node are sorted by a feature's bin by counting. */
#include "text/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/dataset.h"
#include "train/pool.h"

enum { CUTS = MODEL_TREE_CUTS, LEAF = MODEL_TREE_LEAF };

#define STREAM_TREE UINT64_C(0x54524545)

uint8_t model_tree_bin(const float *cuts, float value)
{
	size_t from = 0, to = CUTS;
	while (from < to) {
		size_t middle = (from + to) / 2;
		if (value > cuts[middle])
			from = middle + 1;
		else
			to = middle;
	}
	return (uint8_t)from;
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void cut_task(size_t feature, void *user)
{
	const struct model_tree_lesson *job = user;
	g_autofree float *sorted = g_new(float, job->n);
	float *cuts = job->cuts + feature * CUTS;
	for (size_t i = 0; i < job->n; i++)
		sorted[i] = job->values[i * job->features + feature];
	qsort(sorted, job->n, sizeof *sorted, by_value);
	for (size_t c = 0; c < CUTS; c++)
		cuts[c] = sorted[(c + 1) * (job->n - 1) / (CUTS + 1)];
	for (size_t i = 0; i < job->n; i++)
		job->bins[feature * job->n + i] = model_tree_bin(cuts, job->values[i * job->features + feature]);
}

void model_tree_cut(const struct model_tree_lesson *lesson, struct model_pool *pool)
{
	model_pool_run(pool, lesson->features, cut_task, (void *)lesson); /* read only */
}

/* Memory of a tree while it grows. */
struct tree {
	const struct model_tree_lesson *job;
	GArray *nodes;
	struct model_random random;
	uint32_t *texts, *sorted;    /* (n) drawn with replacement; a node has a range of them */
	float *left, *right, *whole; /* (labels) weights */
	uint16_t *features;          /* (features) */
};

struct split {
	double gain;
	uint16_t feature, bin;
};

/* Sum over labels of weight^2, over the sum of weights: the larger, the purer (Gini). */
static double purity(double squares, double sum)
{
	return sum > 0 ? squares / sum : 0;
}

/* The best cut of one feature: texts from bin 0 up go to the left one by one. */
static void try_feature(struct tree *tree, uint16_t feature, size_t from, size_t to, struct split *best)
{
	const struct model_tree_lesson *job = tree->job;
	const uint8_t *bins = job->bins + feature * job->n;
	uint32_t starts[CUTS + 2] = {0};
	for (size_t i = from; i < to; i++)
		starts[bins[tree->texts[i]] + 1]++;
	for (size_t b = 0; b <= CUTS; b++)
		starts[b + 1] += starts[b];
	for (size_t i = from; i < to; i++)
		tree->sorted[starts[bins[tree->texts[i]]]++] = tree->texts[i];
	memset(tree->left, 0, job->labels * sizeof(float));
	memcpy(tree->right, tree->whole, job->labels * sizeof(float));
	double left = 0, right = 0, left_squares = 0, right_squares = 0;
	for (size_t k = 0; k < job->labels; k++) {
		right += (double)tree->whole[k];
		right_squares += (double)tree->whole[k] * (double)tree->whole[k];
	}
	for (size_t i = 0; i + 1 < to - from; i++) {
		const struct model_sample *text = &job->texts[tree->sorted[i]];
		double w = (double)text->weight, l = (double)tree->left[text->label], r = (double)tree->right[text->label];
		left += w;
		right -= w;
		left_squares += w * (2 * l + w);
		right_squares -= w * (2 * r - w);
		tree->left[text->label] = (float)(l + w);
		tree->right[text->label] = (float)(r - w);
		uint8_t bin = bins[tree->sorted[i]];
		if (bin == bins[tree->sorted[i + 1]])
			continue;
		double gain = purity(left_squares, left) + purity(right_squares, right);
		if (gain > best->gain)
			*best = (struct split){gain, feature, bin};
	}
}

static struct split find_split(struct tree *tree, size_t from, size_t to)
{
	size_t features = tree->job->features, tries = (size_t)ceil(sqrt((double)features));
	struct split best = {-1, LEAF, 0};
	/* Some features more where the first ones are the same for all texts of the node. */
	for (size_t t = 0; t < features && (t < tries || best.feature == LEAF); t++) {
		size_t other = t + model_random_below(&tree->random, features - t);
		uint16_t feature = tree->features[other];
		tree->features[other] = tree->features[t];
		tree->features[t] = feature;
		try_feature(tree, feature, from, to, &best);
	}
	return best;
}

/* A node's children: its texts in place, those of the left child first. */
static size_t divide(struct tree *tree, struct split split, size_t from, size_t to)
{
	const uint8_t *bins = tree->job->bins + split.feature * tree->job->n;
	size_t middle = from;
	for (size_t i = from; i < to; i++)
		if (bins[tree->texts[i]] <= split.bin) {
			uint32_t text = tree->texts[i];
			tree->texts[i] = tree->texts[middle];
			tree->texts[middle++] = text;
		}
	return middle;
}

/* Grows until every leaf is of one label. */
static void grow(struct tree *tree, size_t n)
{
	struct range {
		uint32_t node, from, to;
	} first = {0, 0, (uint32_t)n};
	g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(struct range));
	g_array_append_val(open, first);
	g_array_set_size(tree->nodes, 1);
	while (open->len > 0) {
		struct range range = g_array_index(open, struct range, open->len - 1);
		size_t labels = tree->job->labels, kinds = 0;
		g_array_set_size(open, open->len - 1);
		memset(tree->whole, 0, labels * sizeof(float));
		for (size_t i = range.from; i < range.to; i++) {
			const struct model_sample *text = &tree->job->texts[tree->texts[i]];
			tree->whole[text->label] += text->weight;
		}
		for (size_t k = 0; k < labels; k++)
			kinds += tree->whole[k] > 0;
		struct model_tree_node node = {LEAF, 0, (uint32_t)model_argmax(labels, tree->whole)};
		struct split split = {0, LEAF, 0};
		if (kinds > 1)
			split = find_split(tree, range.from, range.to);
		if (split.feature != LEAF) {
			uint32_t middle = (uint32_t)divide(tree, split, range.from, range.to);
			node = (struct model_tree_node){split.feature, split.bin, tree->nodes->len};
			struct range left = {node.left, range.from, middle}, right = {node.left + 1, middle, range.to};
			g_array_set_size(tree->nodes, tree->nodes->len + 2);
			g_array_append_val(open, left);
			g_array_append_val(open, right);
		}
		g_array_index(tree->nodes, struct model_tree_node, range.node) = node;
	}
}

struct growing {
	const struct model_tree_lesson *lesson;
	GArray **trees;
};

static void tree_task(size_t index, void *user)
{
	const struct growing *growing = user;
	const struct model_tree_lesson *job = growing->lesson;
	size_t n = job->n, labels = job->labels;
	g_autofree uint32_t *texts = g_new(uint32_t, n), *sorted = g_new(uint32_t, n);
	g_autofree float *sums = g_new(float, 3 * labels);
	g_autofree uint16_t *features = g_new(uint16_t, job->features);
	struct tree tree = {.job = job,
	                    .nodes = growing->trees[index],
	                    .random = model_random_stream(job->seed, STREAM_TREE, index),
	                    .texts = texts,
	                    .sorted = sorted,
	                    .left = sums,
	                    .right = sums + labels,
	                    .whole = sums + 2 * labels,
	                    .features = features};
	for (size_t i = 0; i < n; i++)
		texts[i] = (uint32_t)model_random_below(&tree.random, n);
	for (size_t f = 0; f < job->features; f++)
		features[f] = (uint16_t)f;
	grow(&tree, n);
}

void model_trees_grow(const struct model_tree_lesson *lesson, size_t n, GArray **trees, struct model_pool *pool)
{
	struct growing job = {lesson, trees};
	model_pool_run(pool, n, tree_task, &job);
}
