#include "commands/test_folds.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "commands/language.h"
#include "corpora/archive.h"
#include "corpora/example.h"
#include "corpora/folds.h"
#include "nlp/document.h"

/* What every training reads and writes. */
struct bench {
	const struct cli *cli;
	const struct test_folds *test;
	enum model_head head;
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
	bool vectors;
	char *model; /* temporary file */
};

static bool bench_init(struct bench *bench, GError **error)
{
	const char *base = bench->test->base;
	bench->vectors = g_strcmp0(base, "none") != 0;
	g_autofree char *path = base && bench->vectors ? g_strdup(base) : cli_base_path();
	int file = g_file_open_tmp("kefu-fold-XXXXXX.kefu", &bench->model, error);
	if (file < 0)
		return false;
	close(file);
	bench->base = corpus_archive_open(path, error);
	if (bench->base && bench->test->vectors) {
		struct corpus_archive *own = cli_base_with_vectors(bench->base, bench->test->vectors, error);
		corpus_archive_unref(bench->base);
		bench->base = own;
	}
	return bench->base && (bench->analyzer = nlp_analyzer_new(bench->base, NULL, error)) != NULL;
}

static void bench_clear(struct bench *bench)
{
	nlp_analyzer_unref(bench->analyzer);
	corpus_archive_unref(bench->base);
	if (bench->model)
		(void)g_unlink(bench->model);
	g_free(bench->model);
}

static bool on_epoch(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user)
{
	(void)epoch;
	(void)epochs;
	(void)loss;
	(void)dev_macro_f1;
	(void)user;
	return !cli_interrupted();
}

static bool learn(const struct bench *bench, const struct corpus_examples *train, GError **error)
{
	struct model_train_options options = {.arch = bench->test->arch,
	                                      .threads = (unsigned)bench->cli->threads,
	                                      .seed = (uint64_t)bench->cli->seed,
	                                      .out_of_scope = bench->test->out_of_scope,
	                                      .on_epoch = on_epoch};
	struct model_train_report report;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_file_begin(writer, bench->base, bench->vectors, options.seed);
	bool ok = model_train_head(bench->head, train, NULL, bench->vectors ? bench->base : NULL, bench->analyzer, &options,
	                           writer, &report, error) &&
	          corpus_archive_writer_save(writer, bench->model, error);
	corpus_archive_writer_free(writer);
	return ok;
}

/* Learns from `train` and adds what the model says of `held_out`. */
static bool ask(const struct bench *bench, const struct corpus_examples *train, const struct corpus_examples *held_out,
                struct model_measure *measure, struct report_fold *fold, GError **error)
{
	gint64 started = g_get_monotonic_time();
	size_t from = measure->outcomes->len;
	if (!learn(bench, train, error))
		return false;
	struct model_predictor *predictor = model_predictor_open(bench->model, error);
	bool ok = predictor && model_measure_ask(measure, predictor, held_out, error);
	model_predictor_unref(predictor);
	if (!ok)
		return false;
	struct model_test_report sum;
	model_measure_sum(measure, from, measure->outcomes->len, &sum);
	*fold = (struct report_fold){corpus_examples_len(train), corpus_examples_len(held_out), sum.accuracy, sum.macro_f1,
	                             cli_seconds_since(started)};
	cli_say(bench->cli, "  %zu texts learned, %zu asked: accuracy %.4f, macro-F1 %.4f, %.1f s", fold->train,
	        fold->held_out, fold->accuracy, fold->macro_f1, fold->seconds);
	return true;
}

static bool ask_all(struct test_folds *test, const struct bench *bench, const struct corpus_folds *folds,
                    GError **error)
{
	bool ok = true;
	for (unsigned i = 0; i < test->folds && ok; i++) {
		struct corpus_examples *train, *held_out;
		corpus_folds_split(folds, i, 1, &train, &held_out);
		g_ptr_array_add(test->held_out, held_out);
		cli_say(bench->cli, "fold %u of %u", i + 1, test->folds);
		ok = ask(bench, train, held_out, &test->measure, &test->each[i], error);
		corpus_examples_free(train);
	}
	return ok;
}

static void add_point(struct report_curve *curve, double share, const struct report_fold *folds, size_t n)
{
	g_autofree double *accuracy = g_new(double, n), *macro_f1 = g_new(double, n), *texts = g_new(double, n);
	for (size_t i = 0; i < n; i++) {
		accuracy[i] = folds[i].accuracy;
		macro_f1[i] = folds[i].macro_f1;
		texts[i] = (double)folds[i].train;
	}
	curve->points[curve->n++] = (struct report_point){share, report_spread_of(texts, n).mean,
	                                                  report_spread_of(accuracy, n), report_spread_of(macro_f1, n)};
}

static bool learn_shares(struct test_folds *test, const struct bench *bench, const struct corpus_folds *folds,
                         GError **error)
{
	static const double shares[] = {0.1, 0.25, 0.5, 0.75};
	g_autofree struct report_fold *each = g_new0(struct report_fold, test->folds);
	for (size_t s = 0; s < G_N_ELEMENTS(shares); s++) {
		cli_say(bench->cli, "%.0f %% of the training texts", 100 * shares[s]);
		for (unsigned i = 0; i < test->folds; i++) {
			struct corpus_examples *train, *held_out;
			struct model_measure measure;
			corpus_folds_split(folds, i, shares[s], &train, &held_out);
			model_measure_init(&measure, bench->head, test->out_of_scope);
			bool ok = ask(bench, train, held_out, &measure, &each[i], error);
			model_measure_clear(&measure);
			corpus_examples_free(train);
			corpus_examples_free(held_out);
			if (!ok) {
				g_prefix_error(error, "learning from %.0f %% of the texts: ", 100 * shares[s]);
				return false;
			}
		}
		add_point(&test->learned, shares[s], each, test->folds);
	}
	add_point(&test->learned, 1, test->each, test->folds);
	return true;
}

bool test_folds_run(struct test_folds *test, const struct cli *cli, enum model_head head,
                    const struct corpus_examples *examples, GError **error)
{
	struct bench bench = {.cli = cli, .test = test, .head = head};
	struct corpus_folds *folds = corpus_folds_new(examples, test->folds, (uint64_t)cli->seed, error);
	if (!folds)
		return false;
	model_measure_init(&test->measure, head, test->out_of_scope);
	test->each = g_new0(struct report_fold, test->folds);
	test->held_out = g_ptr_array_new_with_free_func((GDestroyNotify)corpus_examples_free);
	bool ok = bench_init(&bench, error) && ask_all(test, &bench, folds, error) &&
	          (!test->curve || learn_shares(test, &bench, folds, error));
	bench_clear(&bench);
	corpus_folds_free(folds);
	return ok;
}

void test_folds_clear(struct test_folds *test)
{
	model_measure_clear(&test->measure);
	g_clear_pointer(&test->each, g_free);
	g_clear_pointer(&test->held_out, g_ptr_array_unref);
}
