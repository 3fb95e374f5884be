#include "report/fairness.h"

#include <math.h>
#include <string.h>

#include "bot/error.h"
#include "corpora/table.h"
#include "models/predictor.h"
#include "nlp/document.h"

enum { ROWS_MAX = 10000, TEXTS_MAX = 500000 };

struct row {
	const char *place, *group, *lang, *text; /* in the chunk */
};

struct report_templates {
	GStringChunk *strings;
	GArray *templates, *words; /* struct row */
};

static void templates_free(struct report_templates *templates)
{
	if (!templates)
		return;
	g_string_chunk_free(templates->strings);
	g_array_unref(templates->templates);
	g_array_unref(templates->words);
	g_free(templates);
}

/* Where the place stands in a template, or NULL unless it stands there once. */
static const char *find_place(const struct row *row, size_t *len)
{
	g_autofree char *braced = g_strdup_printf("{%s}", row->place);
	const char *at = strstr(row->text, braced);
	*len = strlen(braced);
	return at && !strstr(at + 1, braced) ? at : NULL;
}

static const char *field(struct report_templates *templates, struct corpus_table *table, int column)
{
	size_t len;
	const char *text = column < 0 ? "" : corpus_table_field(table, column, &len);
	g_autofree char *own = g_strstrip(g_strdup(text));
	return g_string_chunk_insert_const(templates->strings, own);
}

static bool add_row(struct report_templates *templates, struct corpus_table *table, const int *columns, char **problem)
{
	struct row row = {field(templates, table, columns[0]), field(templates, table, columns[1]),
	                  field(templates, table, columns[2]), field(templates, table, columns[3])};
	size_t len;
	if (!*row.place || !*row.text)
		*problem = g_strdup("place and text must not be empty");
	else if (!*row.group && !find_place(&row, &len))
		*problem = g_strdup_printf("a template must have its place {%s} once", row.place);
	else
		g_array_append_val(*row.group ? templates->words : templates->templates, row);
	return *problem == NULL;
}

static bool read_rows(struct report_templates *templates, struct corpus_table *table, const char *path,
                      void (*on_bad_row)(const char *message, void *user), void *user, GError **error)
{
	static const char *const names[] = {"place", "group", "lang", "text"};
	int columns[G_N_ELEMENTS(names)];
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		columns[i] = corpus_table_column(table, names[i]);
		if (columns[i] < 0) {
			g_set_error(error, BOT_ERROR, BOT_ERROR_DATA,
			            "%s: no column '%s': templates have place, group, lang and text", path, names[i]);
			return false;
		}
	}
	enum corpus_row row;
	g_autoptr(GError) bad = NULL;
	while ((row = corpus_table_next(table, &bad)) != CORPUS_ROW_END) {
		g_autofree char *problem = NULL;
		if (row == CORPUS_ROW_FAILED) {
			g_propagate_error(error, g_steal_pointer(&bad));
			return false;
		}
		if (row == CORPUS_ROW_BAD) {
			if (on_bad_row)
				on_bad_row(bad->message, user);
			g_clear_error(&bad);
		} else if (!add_row(templates, table, columns, &problem) && on_bad_row) {
			g_autofree char *message = g_strdup_printf("%s:%zu: %s", path, corpus_table_line(table), problem);
			on_bad_row(message, user);
		}
		if (templates->templates->len + templates->words->len > ROWS_MAX) {
			g_set_error(error, BOT_ERROR, BOT_ERROR_LIMIT, "%s: more than %d rows", path, ROWS_MAX);
			return false;
		}
	}
	return true;
}

static struct report_templates *templates_load(const char *path, void (*on_bad_row)(const char *message, void *user),
                                               void *user, GError **error)
{
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return NULL;
	struct report_templates *templates = g_new0(struct report_templates, 1);
	templates->strings = g_string_chunk_new(4096);
	templates->templates = g_array_new(FALSE, FALSE, sizeof(struct row));
	templates->words = g_array_new(FALSE, FALSE, sizeof(struct row));
	bool ok = read_rows(templates, table, path, on_bad_row, user, error);
	corpus_table_close(table);
	if (!ok)
		g_clear_pointer(&templates, templates_free);
	return templates;
}

static bool belongs(const struct row *word, const char *place, const char *lang)
{
	return strcmp(word->place, place) == 0 && strcmp(word->lang, lang) == 0;
}

static struct report_group *group_of(struct report_fairness *fairness, const struct row *word)
{
	for (guint i = 0; i < fairness->groups->len; i++) {
		struct report_group *group = &g_array_index(fairness->groups, struct report_group, i);
		if (belongs(word, group->place, group->lang) && strcmp(word->group, group->group) == 0)
			return group;
	}
	struct report_group group = {word->place, word->lang, word->group, 0, 0};
	g_array_append_val(fairness->groups, group);
	return &g_array_index(fairness->groups, struct report_group, fairness->groups->len - 1);
}

struct asking {
	const struct model_predictor *predictor;
	struct model_workspace *workspace;
	struct nlp_document document;
	double *sums;  /* (groups) of the template at hand */
	size_t *texts; /* (groups) the same */
	size_t *asked; /* (groups) in all */
};

static enum model_sentiment ask(struct asking *asking, const struct row *template, const char *word, double *score)
{
	size_t len;
	const char *place = find_place(template, &len);
	g_autofree char *text =
	    g_strdup_printf("%.*s%s%s", (int)(place - template->text), template->text, word, place + len);
	struct model_prediction prediction;
	nlp_document_analyze(&asking->document, model_predictor_analyzer(asking->predictor), text, strlen(text));
	model_predict(asking->predictor, asking->workspace, &asking->document, &prediction);
	*score = (double)prediction.sentiment_score;
	return prediction.sentiment;
}

/* All words of the template's place and language; adds its swing. */
static void ask_template(struct report_fairness *fairness, struct asking *asking, const struct row *template)
{
	const GArray *words = fairness->templates->words;
	struct report_swing swing = {.place = template->place, .lang = template->lang, .text = template->text};
	int first = -1;
	memset(asking->sums, 0, fairness->groups->len * sizeof *asking->sums);
	memset(asking->texts, 0, fairness->groups->len * sizeof *asking->texts);
	for (guint w = 0; w < words->len; w++) {
		const struct row *word = &g_array_index(words, struct row, w);
		if (!belongs(word, template->place, template->lang))
			continue;
		struct report_group *group = group_of(fairness, word);
		size_t at = (size_t)(group - &g_array_index(fairness->groups, struct report_group, 0));
		double score;
		int said = (int)ask(asking, template, word->text, &score);
		first = first < 0 ? said : first;
		swing.flips |= said != first;
		asking->sums[at] += score;
		asking->texts[at]++;
		asking->asked[at]++;
		group->score += score;
		fairness->texts++;
	}
	bool any = false;
	for (guint g = 0; g < fairness->groups->len; g++) {
		if (asking->texts[g] == 0)
			continue;
		const char *name = g_array_index(fairness->groups, struct report_group, g).group;
		double mean = asking->sums[g] / (double)asking->texts[g];
		if (!any || mean < swing.low) {
			swing.low = mean;
			swing.low_group = name;
		}
		if (!any || mean > swing.high) {
			swing.high = mean;
			swing.high_group = name;
		}
		any = true;
	}
	if (any) {
		fairness->flips += swing.flips;
		g_array_append_val(fairness->swings, swing);
	}
}

static gint by_width(gconstpointer a, gconstpointer b)
{
	const struct report_swing *x = a, *y = b;
	double wide_x = x->high - x->low, wide_y = y->high - y->low;
	return wide_x != wide_y ? (wide_x < wide_y ? 1 : -1) : strcmp(x->text, y->text);
}

static void sum_up(struct report_fairness *fairness, const size_t *asked)
{
	for (guint g = 0; g < fairness->groups->len; g++) {
		struct report_group *group = &g_array_index(fairness->groups, struct report_group, g);
		group->score = asked[g] ? group->score / (double)asked[g] : 0;
		for (guint h = 0; h < g; h++) {
			const struct report_group *other = &g_array_index(fairness->groups, struct report_group, h);
			if (asked[g] && asked[h] && strcmp(group->place, other->place) == 0 &&
			    strcmp(group->lang, other->lang) == 0)
				fairness->widest = fmax(fairness->widest, fabs(group->score - other->score));
		}
	}
	for (guint s = 0; s < fairness->swings->len; s++) {
		const struct report_swing *swing = &g_array_index(fairness->swings, struct report_swing, s);
		fairness->mean_swing += (swing->high - swing->low) / (double)fairness->swings->len;
	}
	g_array_sort(fairness->swings, by_width);
}

static void ask_all(struct report_fairness *fairness, const struct model_predictor *predictor)
{
	const struct report_templates *templates = fairness->templates;
	for (guint w = 0; w < templates->words->len; w++)
		group_of(fairness, &g_array_index(templates->words, struct row, w))->words++;
	size_t groups = fairness->groups->len + 1;
	struct asking asking = {.predictor = predictor,
	                        .workspace = model_workspace_new(predictor),
	                        .sums = g_new0(double, groups),
	                        .texts = g_new0(size_t, groups),
	                        .asked = g_new0(size_t, groups)};
	nlp_document_init(&asking.document);
	for (guint t = 0; t < templates->templates->len; t++)
		ask_template(fairness, &asking, &g_array_index(templates->templates, struct row, t));
	sum_up(fairness, asking.asked);
	nlp_document_clear(&asking.document);
	model_workspace_free(asking.workspace);
	g_free(asking.sums);
	g_free(asking.texts);
	g_free(asking.asked);
}

static bool check(const struct report_fairness *fairness, const struct model_predictor *predictor, const char *path,
                  GError **error)
{
	const struct report_templates *templates = fairness->templates;
	if (!model_predictor_has(predictor, MODEL_HEAD_SENTIMENT))
		g_set_error(error, BOT_ERROR, BOT_ERROR_MODEL, "the model has no sentiment head");
	else if (templates->templates->len == 0 || templates->words->len == 0)
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: there are %u templates and %u words: both are needed", path,
		            templates->templates->len, templates->words->len);
	else if ((guint64)templates->templates->len * templates->words->len > TEXTS_MAX)
		g_set_error(error, BOT_ERROR, BOT_ERROR_LIMIT, "%s: %u templates with %u words are more than %d texts", path,
		            templates->templates->len, templates->words->len, TEXTS_MAX);
	else
		return true;
	return false;
}

bool report_fairness_init(struct report_fairness *fairness, const struct model_predictor *predictor, const char *path,
                          void (*on_bad_row)(const char *message, void *user), void *user, GError **error)
{
	*fairness = (struct report_fairness){.groups = g_array_new(FALSE, FALSE, sizeof(struct report_group)),
	                                     .swings = g_array_new(FALSE, FALSE, sizeof(struct report_swing))};
	fairness->templates = templates_load(path, on_bad_row, user, error);
	if (!fairness->templates || !check(fairness, predictor, path, error)) {
		report_fairness_clear(fairness);
		return false;
	}
	ask_all(fairness, predictor);
	if (fairness->texts > 0)
		return true;
	g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: no template has a word for its place and language", path);
	report_fairness_clear(fairness);
	return false;
}

void report_fairness_clear(struct report_fairness *fairness)
{
	g_clear_pointer(&fairness->groups, g_array_unref);
	g_clear_pointer(&fairness->swings, g_array_unref);
	g_clear_pointer(&fairness->templates, templates_free);
}

json_t *report_fairness_to_json(const struct report_fairness *fairness)
{
	json_t *groups = json_array(), *swings = json_array();
	for (guint g = 0; g < fairness->groups->len; g++) {
		const struct report_group *group = &g_array_index(fairness->groups, struct report_group, g);
		json_array_append_new(groups,
		                      json_pack("{s:s,s:s,s:s,s:I,s:f}", "place", group->place, "lang", group->lang, "group",
		                                group->group, "words", (json_int_t)group->words, "score", group->score));
	}
	for (guint s = 0; s < fairness->swings->len; s++) {
		const struct report_swing *swing = &g_array_index(fairness->swings, struct report_swing, s);
		json_array_append_new(swings,
		                      json_pack("{s:s,s:s,s:s,s:s,s:s,s:f,s:f,s:b}", "place", swing->place, "lang", swing->lang,
		                                "text", swing->text, "lowest", swing->low_group, "highest", swing->high_group,
		                                "low", swing->low, "high", swing->high, "flips", swing->flips));
	}
	return json_pack("{s:I,s:I,s:I,s:f,s:f,s:o,s:o}", "texts", (json_int_t)fairness->texts, "templates",
	                 (json_int_t)fairness->swings->len, "flips", (json_int_t)fairness->flips, "largest_difference",
	                 fairness->widest, "mean_swing", fairness->mean_swing, "groups", groups, "worst", swings);
}
