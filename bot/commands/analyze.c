/* kefu analyze: what customers say, a JSON object or a CSV row for every review. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "batch/analyze.h"
#include "batch/aspects.h"
#include "bot/project.h"
#include "commands/cli.h"
#include "commands/commands.h"
#include "corpora/table.h"
#include "models/predictor.h"

#define BAD_ROWS_SHOWN 100u

struct analyze {
	struct cli cli;
	char *model, *text_column, *out, *format, *aspects;
	gboolean resume, redact;
	struct cli_progress progress;
	uint64_t bad_rows;
};

static void say_bad_row(const char *message, void *user)
{
	struct analyze *a = user;
	if (a->bad_rows++ < BAD_ROWS_SHOWN)
		cli_say(&a->cli, "%s; skipped", message);
	else if (a->bad_rows == BAD_ROWS_SHOWN + 1)
		cli_say(&a->cli, "further bad rows are counted, but not shown");
}

static bool show_progress(uint64_t rows, uint64_t bytes, uint64_t bytes_in_all, void *user)
{
	struct analyze *a = user;
	uint64_t all = bytes > 0 ? (uint64_t)((double)rows * (double)bytes_in_all / (double)bytes) : 0;
	cli_progress_update(&a->progress, &a->cli, rows, all, "rows");
	return !cli_interrupted();
}

static json_t *summary_to_json(const struct bot_analyze_summary *s, double seconds)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:f,s:f,s:f}", "rows", (json_int_t)s->rows, "skipped",
	                 (json_int_t)s->skipped, "negative", (json_int_t)s->counts[MODEL_NEGATIVE], "neutral",
	                 (json_int_t)s->counts[MODEL_NEUTRAL], "positive", (json_int_t)s->counts[MODEL_POSITIVE], "seconds",
	                 seconds, "rows_per_second", seconds > 0 ? (double)s->new_rows / seconds : 0.0, "peak_rss_mb",
	                 cli_peak_rss_mb());
}

/* Exit status, or -1 with the error set. */
static int run(struct analyze *a, const char *path, const struct bot_analyze_options *options, GError **error)
{
	bool to_stdout = strcmp(a->out, "-") == 0;
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return -1;
	FILE *out = to_stdout ? stdout : fopen(a->out, options->done.last_row > 0 ? "ab" : "wb");
	if (!out) {
		int code = errno;
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", a->out, g_strerror(code));
		corpus_table_close(table);
		return -1;
	}
	struct bot_analyze_summary summary;
	int64_t start_us = g_get_monotonic_time();
	bool ok = bot_analyze(table, out, options, &summary, error);
	double seconds = cli_seconds_since(start_us);
	cli_progress_end(&a->progress);
	corpus_table_close(table);
	if (!to_stdout && fclose(out) != 0 && ok) {
		int code = errno;
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", a->out, g_strerror(code));
		ok = false;
	}
	if (!ok)
		return -1;
	cli_say(&a->cli,
	        "%" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT " skipped: %" G_GUINT64_FORMAT
	        " negative, %" G_GUINT64_FORMAT " neutral, %" G_GUINT64_FORMAT " positive; %.1f s, %.0f rows/s%s",
	        summary.rows, summary.skipped, summary.counts[MODEL_NEGATIVE], summary.counts[MODEL_NEUTRAL],
	        summary.counts[MODEL_POSITIVE], seconds, seconds > 0 ? (double)summary.new_rows / seconds : 0.0,
	        summary.stopped ? "; interrupted" : "");
	if (a->cli.json)
		cli_print_json(summary_to_json(&summary, seconds));
	return summary.stopped ? CLI_INTERRUPTED : CLI_OK;
}

static int analyze(struct analyze *a, const char *path)
{
	g_autoptr(GError) error = NULL;
	int status = CLI_NO_MODEL;
	struct bot_analyze_options options = {
	    .path = path,
	    .text_column = a->text_column,
	    .threads = (unsigned)a->cli.threads,
	    .redact = a->redact,
	    .format = strcmp(a->format, "csv") == 0 ? BOT_ANALYZE_CSV : BOT_ANALYZE_JSONL,
	    .on_bad_row = say_bad_row,
	    .on_progress = show_progress,
	    .user = a,
	};
	struct bot_aspects *aspects = NULL;
	struct model_predictor *predictor = model_predictor_open(a->model, &error);
	if (!predictor) {
		(void)cli_fail(&a->cli, error);
		return CLI_NO_MODEL;
	}
	if (!model_predictor_has(predictor, MODEL_HEAD_SENTIMENT)) {
		fprintf(stderr,
		        "kefu analyze: %s has not learned sentiment; give --model, or train the bot with 'kefu train'\n",
		        a->model);
		goto out;
	}
	aspects = bot_aspects_load(a->aspects, &error);
	options.predictor = predictor;
	options.aspects = aspects;
	status = aspects && (!a->resume || bot_analyze_resume(a->out, &options.done, &error))
	             ? run(a, path, &options, &error)
	             : -1;
	if (status < 0)
		status = cli_fail(&a->cli, error);
out:
	bot_aspects_free(aspects);
	model_predictor_unref(predictor);
	return status;
}

/* The trained model of the bot at hand; the base model where it is not trained yet. */
static char *default_model(void)
{
	g_autofree char *bot = cli_bot_dir(NULL);
	g_autofree char *model = bot_project_model_path(bot);
	return g_file_test(model, G_FILE_TEST_EXISTS) ? g_steal_pointer(&model) : cli_base_path();
}

int command_analyze(int argc, char **argv)
{
	struct analyze a = {0};
	int status;
	const GOptionEntry entries[] = {
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &a.model,
	     "model with sentiment (default: that of $KEFU_BOT or the bundled bot)", "FILE"},
	    {"text-column", 0, 0, G_OPTION_ARG_STRING, &a.text_column, "column of the reviews (default: text, review ...)",
	     "NAME"},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &a.out, "where to write (default: standard output)", "FILE|-"},
	    {"format", 0, 0, G_OPTION_ARG_STRING, &a.format, "jsonl (default) or csv", "NAME"},
	    {"aspects", 0, 0, G_OPTION_ARG_FILENAME, &a.aspects, "lexicon: aspect,term (default: the bundled one)", "FILE"},
	    {"redact", 0, 0, G_OPTION_ARG_NONE, &a.redact,
	     "mask telephone numbers, e-mail addresses, bank cards and identity cards in quotes", NULL},
	    {"resume", 0, 0, G_OPTION_ARG_NONE, &a.resume, "go on after the last whole line of --out", NULL},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&a.cli, &argc, &argv, entries, "FILE|- [--out FILE]",
	               "Reads reviews from CSV or JSON Lines and writes sentiment, aspects and keywords of each.",
	               "  kefu analyze reviews.csv --text-column review --out reviews.jsonl --json", &status))
		goto out;
	if (!a.out)
		a.out = g_strdup("-");
	if (!a.format)
		a.format = g_strdup("jsonl");
	if (!a.model)
		a.model = default_model();
	if (!a.aspects)
		a.aspects = cli_data_path("corpora/base/aspects.csv");
	if (argc != 2)
		status = cli_usage(&a.cli,
		                   argc < 2 ? "name the file with the reviews, or - for standard input" : "one file at a time");
	else if (strcmp(a.format, "jsonl") != 0 && strcmp(a.format, "csv") != 0)
		status = cli_usage(&a.cli, "--format is jsonl or csv, not '%s'", a.format);
	else if (a.resume && strcmp(a.out, "-") == 0)
		status = cli_usage(&a.cli, "--resume needs --out FILE");
	else
		status = analyze(&a, argv[1]);
out:
	g_free(a.model);
	g_free(a.text_column);
	g_free(a.out);
	g_free(a.format);
	g_free(a.aspects);
	return status;
}
