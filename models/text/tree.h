/* The node of a forest, and how a tree grows. */
#ifndef TEXT_TREE_H
#define TEXT_TREE_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

struct model_pool;
struct model_sample;

enum { MODEL_TREE_LEAF = UINT16_MAX, MODEL_TREE_CUTS = 255 };

struct model_tree_node {
	uint16_t feature, bin; /* MODEL_TREE_LEAF: a leaf, of the label `left` */
	uint32_t left;         /* the other child is behind it */
};

struct model_tree_lesson {
	const struct model_sample *texts; /* (n) label and weight of each */
	size_t n, features, labels;
	uint64_t seed;
	const float *values; /* (n, features), finite */
	float *cuts;         /* (features, CUTS) made by model_tree_cut() */
	uint8_t *bins;       /* (features, n) likewise */
};

/* Bin of a value: how many of the feature's cuts (CUTS) it is above. */
uint8_t model_tree_bin(const float *cuts, float value);
/* Cuts every feature at quantiles of its values. */
void model_tree_cut(const struct model_tree_lesson *lesson, struct model_pool *pool);
/* Grows trees 0..n-1 into `trees` (n arrays of struct model_tree_node, numbered within the tree), each on texts drawn
 * with replacement until all leaves are of one label; each is a task with random numbers of its own. */
void model_trees_grow(const struct model_tree_lesson *lesson, size_t n, GArray **trees, struct model_pool *pool);

#endif
