#include "corpora/check.h"

#include <string.h>

#include "src/sameness.h"

struct corpus_problems {
	GArray *list; /* struct corpus_problem */
};

static void problem_clear(gpointer data)
{
	g_free(((struct corpus_problem *)data)->message);
}

static void add(struct corpus_problems *problems, enum corpus_problem_kind kind, const struct corpus_example *e,
                const char *format, ...) G_GNUC_PRINTF(4, 5);

static void add(struct corpus_problems *problems, enum corpus_problem_kind kind, const struct corpus_example *e,
                const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct corpus_problem problem = {kind, e->path, e->line, g_strdup_vprintf(format, args)};
	va_end(args);
	g_array_append_val(problems->list, problem);
}

struct label {
	const struct corpus_example *first;
	size_t n;
};

static void check_text(struct corpus_problems *problems, GHashTable *seen, const struct corpus_example *e)
{
	char *key = sameness_key(e->text);
	const struct corpus_example *before = g_hash_table_lookup(seen, key);
	if (!before) {
		g_hash_table_insert(seen, key, (gpointer)e);
		return;
	}
	g_free(key);
	if (strcmp(before->label, e->label) == 0)
		add(problems, CORPUS_PROBLEM_DUPLICATE, e, "the same text as %s:%zu", before->path, before->line);
	else
		add(problems, CORPUS_PROBLEM_CONFLICT, e, "label '%s', but the same text has '%s' at %s:%zu", e->label,
		    before->label, before->path, before->line);
}

struct corpus_problems *corpus_examples_check(const struct corpus_examples *set, size_t min_examples)
{
	struct corpus_problems *problems = g_new(struct corpus_problems, 1);
	problems->list = g_array_new(FALSE, FALSE, sizeof(struct corpus_problem));
	g_array_set_clear_func(problems->list, problem_clear);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal); /* label -> index + 1 in labels */
	g_autoptr(GArray) labels = g_array_new(FALSE, FALSE, sizeof(struct label));
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		const struct corpus_example *e = corpus_examples_get(set, i);
		check_text(problems, seen, e);
		if (*e->label == '\0') {
			add(problems, CORPUS_PROBLEM_UNLABELLED, e, "no label");
			continue;
		}
		guint at = GPOINTER_TO_UINT(g_hash_table_lookup(index, e->label));
		if (at == 0) {
			struct label label = {.first = e};
			g_array_append_val(labels, label);
			at = labels->len;
			g_hash_table_insert(index, (gpointer)e->label, GUINT_TO_POINTER(at));
		}
		g_array_index(labels, struct label, at - 1).n++;
	}
	for (guint i = 0; i < labels->len; i++) {
		const struct label *label = &g_array_index(labels, struct label, i);
		if (label->n < min_examples)
			add(problems, CORPUS_PROBLEM_FEW, label->first, "label '%s' has %zu example%s, at least %zu are needed",
			    label->first->label, label->n, label->n == 1 ? "" : "s", min_examples);
	}
	return problems;
}

void corpus_problems_free(struct corpus_problems *problems)
{
	if (!problems)
		return;
	g_array_unref(problems->list);
	g_free(problems);
}

size_t corpus_problems_len(const struct corpus_problems *problems)
{
	return problems->list->len;
}

const struct corpus_problem *corpus_problems_get(const struct corpus_problems *problems, size_t index)
{
	return &g_array_index(problems->list, struct corpus_problem, index);
}
