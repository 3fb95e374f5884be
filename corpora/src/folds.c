#include "corpora/folds.h"

#include <string.h>
#include <xxhash.h>

#include "corpora/error.h"
#include "src/sameness.h"

/* Texts that are the same, under the label of the first of them. */
struct group {
	const char *label;
	char *key;
	uint64_t order;  /* by seed: where in its label it stands */
	size_t rank, of; /* place in its label, and how many groups the label has */
	unsigned fold;
	GArray *examples; /* size_t */
};

struct corpus_folds {
	const struct corpus_examples *set;
	unsigned n;
	GPtrArray *groups; /* by label, then by rank */
	unsigned *fold;    /* (examples) */
};

static void group_free(gpointer data)
{
	struct group *group = data;
	g_free(group->key);
	g_array_unref(group->examples);
	g_free(group);
}

static gint by_label(gconstpointer a, gconstpointer b)
{
	const struct group *x = *(const struct group *const *)a, *y = *(const struct group *const *)b;
	int labels = strcmp(x->label, y->label);
	if (labels != 0)
		return labels;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void gather(struct corpus_folds *folds, uint64_t seed)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < corpus_examples_len(folds->set); i++) {
		const struct corpus_example *example = corpus_examples_get(folds->set, i);
		g_autofree char *key = sameness_key(example->text);
		struct group *group = g_hash_table_lookup(seen, key);
		if (!group) {
			group = g_new0(struct group, 1);
			group->label = example->label;
			group->order = XXH3_64bits_withSeed(key, strlen(key), seed);
			group->key = g_steal_pointer(&key);
			group->examples = g_array_new(FALSE, FALSE, sizeof(size_t));
			g_ptr_array_add(folds->groups, group);
			g_hash_table_insert(seen, group->key, group);
		}
		g_array_append_val(group->examples, i);
	}
}

/* Groups are dealt out in turn, from one label on to the next, so that the parts are of one size too. */
static void deal(struct corpus_folds *folds)
{
	g_ptr_array_sort(folds->groups, by_label);
	folds->fold = g_new(unsigned, corpus_examples_len(folds->set) + 1);
	guint from = 0;
	for (guint i = 0; i < folds->groups->len; i++) {
		struct group *group = folds->groups->pdata[i];
		if (strcmp(group->label, ((struct group *)folds->groups->pdata[from])->label) != 0)
			from = i;
		group->rank = i - from;
		group->fold = i % folds->n;
		for (guint e = 0; e < group->examples->len; e++)
			folds->fold[g_array_index(group->examples, size_t, e)] = group->fold;
	}
	for (guint i = folds->groups->len, to = i; i-- > 0;) {
		struct group *group = folds->groups->pdata[i];
		group->of = to - i + group->rank;
		if (group->rank == 0)
			to = i;
	}
}

struct corpus_folds *corpus_folds_new(const struct corpus_examples *set, unsigned folds, uint64_t seed, GError **error)
{
	if (folds < 2 || folds > CORPUS_FOLDS_MAX) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_LIMIT, "%u folds: there must be 2 to %u", folds,
		            CORPUS_FOLDS_MAX);
		return NULL;
	}
	struct corpus_folds *new = g_new0(struct corpus_folds, 1);
	new->set = set;
	new->n = folds;
	new->groups = g_ptr_array_new_with_free_func(group_free);
	gather(new, seed);
	if (new->groups->len < folds) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_EMPTY, "%u different texts cannot be cut into %u folds",
		            new->groups->len, folds);
		corpus_folds_free(new);
		return NULL;
	}
	deal(new);
	return new;
}

void corpus_folds_free(struct corpus_folds *folds)
{
	if (!folds)
		return;
	g_ptr_array_unref(folds->groups);
	g_free(folds->fold);
	g_free(folds);
}

unsigned corpus_folds_of(const struct corpus_folds *folds, size_t example)
{
	return folds->fold[example];
}

void corpus_folds_split(const struct corpus_folds *folds, unsigned index, double share, struct corpus_examples **train,
                        struct corpus_examples **held_out)
{
	g_autofree bool *taken = g_new0(bool, corpus_examples_len(folds->set) + 1);
	bool first = true; /* no group of this label has been taken */
	for (guint i = 0; i < folds->groups->len; i++) {
		const struct group *group = folds->groups->pdata[i];
		first |= group->rank == 0;
		if (group->fold == index || !(first || (double)group->rank < share * (double)group->of))
			continue;
		first = false;
		for (guint e = 0; e < group->examples->len; e++)
			taken[g_array_index(group->examples, size_t, e)] = true;
	}
	*train = corpus_examples_new();
	*held_out = corpus_examples_new();
	for (size_t i = 0; i < corpus_examples_len(folds->set); i++) {
		const struct corpus_example *example = corpus_examples_get(folds->set, i);
		if (folds->fold[i] == index)
			corpus_examples_add(*held_out, example);
		else if (taken[i])
			corpus_examples_add(*train, example);
	}
}
