/* How the base model grades sentences of several kinds, hand-made and trained on by nobody. */
#include <glib.h>
#include <string.h>

#include "models/predictor.h"
#include "nlp/document.h"

struct kind {
	const char *name;
	double zh, en; /* share of right answers that must be reached: a few points below what was measured */
};

/* Irony is beyond a model of this size. All that is asked for is that it is seldom certain of the opposite. */
static const struct kind kinds[] = {
    {"plain", 0.91, 0.79}, {"negated", 0.62, 0.70}, {"contrast", 0.80, 0.70}, {"degree", 0.90, 0.90},
    {"emoji", 0.94, 0.83}, {"neutral", 0.80, 0.84}, {"irony", 0.87, 0.50},
};

enum { KINDS = G_N_ELEMENTS(kinds) };

#define CERTAIN 0.8f

struct tally {
	unsigned right[KINDS], texts[KINDS];
};

static size_t find_kind(const char *name)
{
	for (size_t k = 0; k < KINDS; k++)
		if (strcmp(kinds[k].name, name) == 0)
			return k;
	g_error("no kind '%s'", name);
}

static bool is_right(const char *kind, const char *label, const struct model_prediction *said)
{
	if (strcmp(kind, "irony") == 0)
		return said->sentiment != MODEL_POSITIVE || said->sentiment_probabilities[MODEL_POSITIVE] < CERTAIN;
	return strcmp(model_sentiment_name(said->sentiment), label) == 0;
}

static void grade(const struct model_predictor *predictor, const char *path, struct tally *tally)
{
	g_autofree char *all = NULL;
	struct model_workspace *workspace = model_workspace_new(predictor);
	struct nlp_document document;
	nlp_document_init(&document);
	g_assert_true(g_file_get_contents(path, &all, NULL, NULL));
	g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
	for (size_t i = 0; lines[i]; i++) {
		if (!*lines[i] || *lines[i] == '#')
			continue;
		g_auto(GStrv) row = g_strsplit(lines[i], "\t", 3);
		g_assert_cmpuint(g_strv_length(row), ==, 3);
		struct model_prediction said;
		nlp_document_analyze(&document, model_predictor_analyzer(predictor), row[2], strlen(row[2]));
		model_predict(predictor, workspace, &document, &said);
		size_t kind = find_kind(row[0]);
		bool right = is_right(row[0], row[1], &said);
		tally->texts[kind]++;
		tally->right[kind] += right;
		if (!right)
			g_test_message("%s, %s: graded %s %.2f: %s", row[0], row[1], model_sentiment_name(said.sentiment),
			               (double)said.sentiment_probabilities[said.sentiment], row[2]);
	}
	nlp_document_clear(&document);
	model_workspace_free(workspace);
}

static void check(const char *language, const char *file, bool chinese)
{
	g_autoptr(GError) error = NULL;
	struct tally tally = {0};
	struct model_predictor *predictor = model_predictor_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	grade(predictor, file, &tally);
	for (size_t k = 0; k < KINDS; k++) {
		double share = (double)tally.right[k] / (double)tally.texts[k];
		g_test_message("%s, %s: %u of %u", language, kinds[k].name, tally.right[k], tally.texts[k]);
		g_assert_cmpuint(tally.texts[k], >=, 16);
		g_assert_cmpfloat(share, >=, chinese ? kinds[k].zh : kinds[k].en);
	}
	model_predictor_unref(predictor);
}

static void test_chinese(void)
{
	check("Chinese", KEFU_SOURCE_DIR "/tests/unit/models/sentiment_zh.txt", true);
}

static void test_english(void)
{
	check("English", KEFU_SOURCE_DIR "/tests/unit/models/sentiment_en.txt", false);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sentiment/chinese", test_chinese);
	g_test_add_func("/sentiment/english", test_english);
	return g_test_run();
}
