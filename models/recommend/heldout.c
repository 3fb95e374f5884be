/* The file of negatives is that of He et al. 2017, "Neural Collaborative Filtering" (its data set ml-1m.test.negative):
 *
 *   line     = "(" user "," item ")" *( TAB item ) LF
 *
 * names as in the log; the item in brackets is the one that was held out. */
#include "recommend/heldout.h"

#include <string.h>

#include "corpora/encoding.h"
#include "corpora/interactions.h"
#include "models/error.h"

#define FILE_MAX_BYTES (512u << 20)

static void case_free(gpointer data)
{
	struct recommend_case *c = data;
	g_free(c->user);
	g_free(c->item);
	if (c->negatives)
		g_ptr_array_free(c->negatives, TRUE);
	g_free(c);
}

static struct recommend_case *add_case(GPtrArray *cases, const char *user, const char *item)
{
	struct recommend_case *c = g_new0(struct recommend_case, 1);
	c->user = g_strdup(user);
	c->item = g_strdup(item);
	g_ptr_array_add(cases, c);
	return c;
}

/* The row of every user's latest event: by time, then by place in the file. -1 where a user has fewer than two items.
 */
static ptrdiff_t *last_rows(const struct corpus_interactions *log, size_t n_users)
{
	const struct corpus_interaction *data = corpus_interactions_data(log);
	ptrdiff_t *last = g_new(ptrdiff_t, n_users + 1);
	g_autofree int32_t *first_item = g_new(int32_t, n_users + 1);
	g_autofree uint8_t *several = g_new0(uint8_t, n_users + 1);
	for (size_t u = 0; u < n_users; u++)
		last[u] = first_item[u] = -1;
	for (size_t i = 0; i < corpus_interactions_len(log); i++) {
		int32_t u = data[i].user;
		if (data[i].value <= 0)
			continue;
		if (first_item[u] < 0)
			first_item[u] = data[i].item;
		else if (first_item[u] != data[i].item)
			several[u] = 1;
		if (last[u] < 0 || data[i].time_s >= data[last[u]].time_s)
			last[u] = (ptrdiff_t)i;
	}
	for (size_t u = 0; u < n_users; u++)
		if (!several[u])
			last[u] = -1;
	return last;
}

GPtrArray *recommend_cases_from_last(const struct corpus_interactions *log)
{
	GPtrArray *cases = g_ptr_array_new_with_free_func(case_free);
	size_t n_users = corpus_interactions_users(log);
	g_autofree ptrdiff_t *last = last_rows(log, n_users);
	for (size_t u = 0; u < n_users; u++)
		if (last[u] >= 0)
			add_case(cases, corpus_interactions_user_name(log, (int32_t)u),
			         corpus_interactions_item_name(log, corpus_interactions_data(log)[last[u]].item));
	return cases;
}

GPtrArray *recommend_cases_from_test(const struct corpus_interactions *test)
{
	GPtrArray *cases = g_ptr_array_new_with_free_func(case_free);
	const struct corpus_interaction *data = corpus_interactions_data(test);
	for (size_t i = 0; i < corpus_interactions_len(test); i++)
		add_case(cases, corpus_interactions_user_name(test, data[i].user),
		         corpus_interactions_item_name(test, data[i].item));
	return cases;
}

/* Reads one line, which it cuts up. False where it is none of the format. */
static bool read_line(GPtrArray *cases, char *line)
{
	char *comma = strchr(line, ','), *close = strchr(line, ')');
	if (*line != '(' || !comma || !close || comma > close || comma == line + 1 || close == comma + 1 ||
	    (close[1] != '\t' && close[1] != '\0'))
		return false;
	*comma = *close = '\0';
	struct recommend_case *c = add_case(cases, line + 1, comma + 1);
	c->negatives = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) names = g_strsplit(close[1] ? close + 2 : "", "\t", -1);
	for (char **name = names; *name; name++)
		if (**name)
			g_ptr_array_add(c->negatives, g_strdup(*name));
	return c->negatives->len > 0;
}

GPtrArray *recommend_cases_from_file(const char *path, GError **error)
{
	size_t len;
	g_autofree char *text = corpus_file_read(path, FILE_MAX_BYTES, &len, error);
	if (!text)
		return NULL;
	GPtrArray *cases = g_ptr_array_new_with_free_func(case_free);
	size_t number = 1;
	for (char *line = text; *line; number++) {
		size_t length = strcspn(line, "\n");
		char *next = line + length + (line[length] == '\n');
		line[length] = '\0';
		if (length > 0 && line[length - 1] == '\r')
			line[length - 1] = '\0';
		if (*line && !read_line(cases, line)) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
			            "%s:%zu: expected '(user,item)' and then the negative items, with tabs between", path, number);
			g_ptr_array_free(cases, TRUE);
			return NULL;
		}
		line = next;
	}
	return cases;
}

void recommend_cases_join(GPtrArray *cases, const GPtrArray *file)
{
	g_autoptr(GHashTable) by_user = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < file->len; i++) {
		struct recommend_case *c = g_ptr_array_index(file, i);
		g_hash_table_insert(by_user, c->user, c);
	}
	for (guint i = cases->len; i-- > 0;) {
		struct recommend_case *c = g_ptr_array_index(cases, i);
		const struct recommend_case *from = g_hash_table_lookup(by_user, c->user);
		if (!from) {
			g_ptr_array_remove_index(cases, i);
			continue;
		}
		c->negatives = g_ptr_array_new_with_free_func(g_free);
		for (guint n = 0; n < from->negatives->len; n++)
			g_ptr_array_add(c->negatives, g_strdup(g_ptr_array_index(from->negatives, n)));
	}
}

struct corpus_interactions *recommend_cases_train(const GPtrArray *cases, const struct corpus_interactions *log)
{
	g_autoptr(GHashTable) held = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	for (guint i = 0; i < cases->len; i++) {
		const struct recommend_case *c = g_ptr_array_index(cases, i);
		int64_t user = corpus_interactions_find_user(log, c->user), item = corpus_interactions_find_item(log, c->item);
		if (user >= 0 && item >= 0) {
			int64_t key = user << 32 | item;
			g_hash_table_add(held, g_memdup2(&key, sizeof key));
		}
	}
	struct corpus_interactions *train = corpus_interactions_new();
	const struct corpus_interaction *data = corpus_interactions_data(log);
	for (size_t i = 0; i < corpus_interactions_len(log); i++) {
		int64_t key = (int64_t)data[i].user << 32 | data[i].item;
		if (!g_hash_table_contains(held, &key))
			corpus_interactions_add(train, corpus_interactions_user_name(log, data[i].user),
			                        corpus_interactions_item_name(log, data[i].item), data[i].value, data[i].time_s);
	}
	return train;
}
