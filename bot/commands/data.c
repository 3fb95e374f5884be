/* kefu data validate|convert|split|stats: looks after labelled texts before anything is trained on them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bot/error.h"
#include "commands/cli.h"
#include "commands/commands.h"
#include "config/nearest.h"
#include "corpora/check.h"
#include "corpora/encoding.h"
#include "corpora/export.h"

struct data {
	struct cli cli;
	char **files;
	char *text_column, *label_column, *out, *held_out, *format;
	gboolean strict;
	int min_examples, one_in;
	struct corpus_examples *set;
	size_t n_told; /* bad rows printed on stdout */
};

static void on_bad_row(const char *message, void *user)
{
	(void)user;
	fprintf(stderr, "%s\n", message);
}

/* validate's own output are its findings. */
static void on_finding(const char *message, void *user)
{
	struct data *data = user;
	data->n_told++;
	printf("%s\n", message);
}

/* Loads --data and the positional files into the set; false with the exit status said. */
static bool load(struct data *data, int argc, char **argv, void (*bad_row)(const char *, void *), int *status)
{
	struct corpus_load_options options = {
	    .text_column = data->text_column,
	    .label_column = data->label_column,
	    .strict = data->strict,
	    .on_bad_row = bad_row,
	    .user = data,
	};
	guint n_files = data->files ? g_strv_length(data->files) : 0;
	if (n_files == 0 && argc < 2) {
		*status = cli_usage(&data->cli, "name at least one file or folder");
		return false;
	}
	data->set = corpus_examples_new();
	for (guint i = 0; i < n_files + (guint)argc - 1; i++) {
		g_autoptr(GError) error = NULL;
		const char *path = i < n_files ? data->files[i] : argv[i - n_files + 1];
		if (!corpus_examples_load(data->set, path, &options, &error)) {
			*status = cli_fail(&data->cli, error);
			return false;
		}
	}
	return true;
}

static void clear(struct data *data)
{
	corpus_examples_free(data->set);
	g_strfreev(data->files);
	g_free(data->text_column);
	g_free(data->label_column);
	g_free(data->out);
	g_free(data->held_out);
	g_free(data->format);
}

static bool parse(struct data *data, int *argc, char ***argv, const GOptionEntry *own, const char *usage,
                  const char *summary, const char *example, int *status)
{
	const GOptionEntry shared[] = {
	    {"data", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &data->files, "labelled texts; may be given several times", "FILE"},
	    {"text-column", 0, 0, G_OPTION_ARG_STRING, &data->text_column, "column of the texts", "NAME"},
	    {"label-column", 0, 0, G_OPTION_ARG_STRING, &data->label_column, "column of the labels", "NAME"},
	    {"strict", 0, 0, G_OPTION_ARG_NONE, &data->strict, "stop at the first bad row", NULL},
	};
	GOptionEntry entries[12] = {0};
	size_t n = 0;
	for (; n < G_N_ELEMENTS(shared); n++)
		entries[n] = shared[n];
	for (; own && own->long_name && n + 1 < G_N_ELEMENTS(entries); own++)
		entries[n++] = *own;
	return cli_parse(&data->cli, argc, argv, entries, usage, summary, example, status);
}

static int validate(int argc, char **argv)
{
	static const char *const names[CORPUS_N_PROBLEM_KINDS] = {"duplicates", "conflicts", "unlabelled", "few"};
	struct data data = {.cli.verb = "data validate", .min_examples = 2};
	const GOptionEntry own[] = {
	    {"min-examples", 0, 0, G_OPTION_ARG_INT, &data.min_examples, "fewest examples of a label (default: 2)", "N"},
	    G_OPTION_ENTRY_NULL,
	};
	int status = CLI_OK;
	size_t counts[CORPUS_N_PROBLEM_KINDS] = {0};
	if (!parse(
	        &data, &argc, &argv, own, "FILE...",
	        "Reports bad rows, duplicates, conflicting labels and labels with few examples, one a line as file:line. "
	        "Ends with 1 if there are any, with 3 if a file cannot be read.",
	        "  kefu data validate data/ extra.csv", &status) ||
	    !load(&data, argc, argv, on_finding, &status)) {
		clear(&data);
		return status;
	}
	struct corpus_problems *problems = corpus_examples_check(data.set, (size_t)MAX(data.min_examples, 0));
	size_t n = corpus_problems_len(problems);
	for (size_t i = 0; i < n; i++) {
		const struct corpus_problem *p = corpus_problems_get(problems, i);
		counts[p->kind]++;
		printf("%s:%zu: %s\n", p->path, p->line, p->message);
	}
	corpus_problems_free(problems);
	n += data.n_told;
	cli_say(&data.cli, "%zu examples, %zu problem%s", corpus_examples_len(data.set), n, n == 1 ? "" : "s");
	if (data.cli.json) {
		json_t *object = json_pack("{s:I, s:I, s:I}", "examples", (json_int_t)corpus_examples_len(data.set), "problems",
		                           (json_int_t)n, "bad_rows", (json_int_t)data.n_told);
		for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
			json_object_set_new(object, names[i], json_integer((json_int_t)counts[i]));
		cli_print_json(object);
	}
	clear(&data);
	return n > 0 ? CLI_CHECK_FAILED : CLI_OK;
}

/* --format, else the suffix of the output, else JSON Lines for standard output. */
static bool choose_format(const struct data *data, const char *path, enum corpus_format *format, int *status)
{
	if (data->format) {
		if (corpus_format_by_name(data->format, format))
			return true;
		*status = cli_usage(&data->cli, "--format must be csv, jsonl, fasttext or rasa, not '%s'", data->format);
		return false;
	}
	*format = CORPUS_FORMAT_JSONL;
	if (strcmp(path, "-") == 0 || corpus_format_by_path(path, format))
		return true;
	*status = cli_usage(
	    &data->cli, "%s: give --format csv|jsonl|fasttext|rasa, or a name ending in .csv, .jsonl, .txt or .yml", path);
	return false;
}

static void say_losses(const struct data *data, const char *path, const struct corpus_export_report *report)
{
	cli_say(&data->cli, "%s: %zu examples", path, report->written);
	if (report->refused)
		cli_say(&data->cli, "%s: %zu examples cannot be written in this format", path, report->refused);
	if (report->entities)
		cli_say(&data->cli, "%s: %zu entities are left out: this format has none", path, report->entities);
	if (report->langs)
		cli_say(&data->cli, "%s: %zu languages are left out: this format has none", path, report->langs);
	if (report->white_space)
		cli_say(&data->cli, "%s: white space of %zu texts is changed: this format cannot hold it", path,
		        report->white_space);
}

/* Writes a set; the exit status. */
static int write_set(struct data *data, const struct corpus_examples *set, const char *path,
                     struct corpus_export_report *report)
{
	enum corpus_format format;
	int status = CLI_OK;
	size_t len;
	if (!choose_format(data, path, &format, &status))
		return status;
	g_autofree char *text = corpus_examples_export(set, format, on_bad_row, NULL, &len, report);
	g_autoptr(GError) error = NULL;
	if (strcmp(path, "-") == 0) {
		if (fwrite(text, 1, len, stdout) != len || fflush(stdout) != 0) {
			g_set_error(&error, BOT_ERROR, BOT_ERROR_DATA, "cannot write to standard output: %s", g_strerror(errno));
			return cli_fail(&data->cli, error);
		}
	} else if (!corpus_file_write(path, text, len, &error)) {
		return cli_fail(&data->cli, error);
	}
	say_losses(data, path, report);
	return report->refused ? CLI_CHECK_FAILED : CLI_OK;
}

static int convert(int argc, char **argv)
{
	struct data data = {.cli.verb = "data convert"};
	const GOptionEntry own[] = {
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &data.out, "file to write, - for standard output", "FILE"},
	    {"format", 0, 0, G_OPTION_ARG_STRING, &data.format, "csv, jsonl, fasttext or rasa (default: by the name)",
	     "NAME"},
	    G_OPTION_ENTRY_NULL,
	};
	int status = CLI_OK;
	struct corpus_export_report report = {0};
	if (parse(&data, &argc, &argv, own, "FILE... --out FILE",
	          "Writes labelled texts in another format. What the format cannot hold is said; examples that it cannot "
	          "express "
	          "are named, left out, and make the exit status 1.",
	          "  kefu data convert data/nlu.yml --out nlu.csv", &status) &&
	    load(&data, argc, argv, on_bad_row, &status)) {
		status = write_set(&data, data.set, data.out ? data.out : "-", &report);
		if (data.cli.json && (status == CLI_OK || status == CLI_CHECK_FAILED))
			cli_print_json(json_pack("{s:I, s:I, s:I}", "examples", (json_int_t)report.written, "refused",
			                         (json_int_t)report.refused, "skipped",
			                         (json_int_t)corpus_examples_skipped(data.set)));
	}
	clear(&data);
	return status;
}

static int split(int argc, char **argv)
{
	struct data data = {.cli.verb = "data split", .one_in = 10};
	const GOptionEntry own[] = {
	    {"one-in", 0, 0, G_OPTION_ARG_INT, &data.one_in, "one in N goes to --held-out (default: 10)", "N"},
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &data.out, "file for what is kept", "FILE"},
	    {"held-out", 0, 0, G_OPTION_ARG_FILENAME, &data.held_out, "file for what is held out", "FILE"},
	    {"format", 0, 0, G_OPTION_ARG_STRING, &data.format, "csv, jsonl, fasttext or rasa (default: by the name)",
	     "NAME"},
	    G_OPTION_ENTRY_NULL,
	};
	int status = CLI_OK;
	struct corpus_export_report report = {0}, held_report = {0};
	bool ok =
	    parse(&data, &argc, &argv, own, "FILE... --out FILE --held-out FILE",
	          "Splits labelled texts by a hash of the text: the same text always falls on the same side, whatever is "
	          "added later. Labels with fewer than N examples stay whole.",
	          "  kefu data split all.csv --one-in 10 --out train.csv --held-out test.csv", &status);
	if (ok && (!data.out || !data.held_out || data.one_in < 2)) {
		status = cli_usage(&data.cli, "--out, --held-out and --one-in of at least 2 are needed");
		ok = false;
	}
	if (ok && load(&data, argc, argv, on_bad_row, &status)) {
		struct corpus_examples *kept, *held_out;
		corpus_examples_split(data.set, (unsigned)data.one_in, (uint64_t)data.cli.seed, &kept, &held_out);
		status = write_set(&data, kept, data.out, &report);
		if (status == CLI_OK || status == CLI_CHECK_FAILED)
			status = MAX(status, write_set(&data, held_out, data.held_out, &held_report));
		if (data.cli.json && (status == CLI_OK || status == CLI_CHECK_FAILED))
			cli_print_json(json_pack("{s:I, s:I, s:I}", "kept", (json_int_t)report.written, "held_out",
			                         (json_int_t)held_report.written, "skipped",
			                         (json_int_t)corpus_examples_skipped(data.set)));
		corpus_examples_free(kept);
		corpus_examples_free(held_out);
	}
	clear(&data);
	return status;
}

struct count {
	const char *label;
	size_t n;
};

static int by_count(const void *a, const void *b)
{
	const struct count *x = a, *y = b;
	return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->label, y->label);
}

/* Examples a label, most first. */
static GArray *count_labels(const struct corpus_examples *set)
{
	GArray *counts = g_array_new(FALSE, FALSE, sizeof(struct count));
	g_autoptr(GHashTable) index = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < corpus_examples_len(set); i++) {
		const char *label = corpus_examples_get(set, i)->label;
		guint at = GPOINTER_TO_UINT(g_hash_table_lookup(index, label));
		if (at == 0) {
			struct count count = {.label = label};
			g_array_append_val(counts, count);
			at = counts->len;
			g_hash_table_insert(index, (gpointer)label, GUINT_TO_POINTER(at));
		}
		g_array_index(counts, struct count, at - 1).n++;
	}
	g_array_sort(counts, by_count);
	return counts;
}

static void print_stats(const struct data *data, const GArray *counts)
{
	size_t n = corpus_examples_len(data->set), chars = 0, longest = 0, entities = 0;
	for (size_t i = 0; i < n; i++) {
		const struct corpus_example *e = corpus_examples_get(data->set, i);
		size_t len = (size_t)g_utf8_strlen(e->text, -1);
		chars += len;
		longest = MAX(longest, len);
		entities += e->n_annotations;
	}
	if (!data->cli.json) {
		printf("examples    %zu\nskipped     %zu\nlabels      %u\nentities    %zu\nmean length %.1f "
		       "characters\nlongest     "
		       "%zu\nhash        %016" G_GINT64_MODIFIER "x\n",
		       n, corpus_examples_skipped(data->set), counts->len, entities, (double)chars / (double)n, longest,
		       (guint64)corpus_examples_hash(data->set));
		for (guint i = 0; i < counts->len; i++) {
			const struct count *c = &g_array_index(counts, struct count, i);
			printf("%8zu  %5.1f%%  %s\n", c->n, 100.0 * (double)c->n / (double)n, *c->label ? c->label : "(none)");
		}
		return;
	}
	json_t *labels = json_object();
	for (guint i = 0; i < counts->len; i++) {
		const struct count *c = &g_array_index(counts, struct count, i);
		json_object_set_new(labels, c->label, json_integer((json_int_t)c->n));
	}
	g_autofree char *hash = g_strdup_printf("%016" G_GINT64_MODIFIER "x", (guint64)corpus_examples_hash(data->set));
	cli_print_json(json_pack("{s:I, s:I, s:I, s:f, s:I, s:s, s:o}", "examples", (json_int_t)n, "skipped",
	                         (json_int_t)corpus_examples_skipped(data->set), "entities", (json_int_t)entities,
	                         "mean_length", (double)chars / (double)n, "longest", (json_int_t)longest, "hash", hash,
	                         "labels", labels));
}

static int stats(int argc, char **argv)
{
	struct data data = {.cli.verb = "data stats"};
	int status = CLI_OK;
	if (parse(&data, &argc, &argv, NULL, "FILE...", "Counts examples, labels and lengths.",
	          "  kefu data stats data/ --json", &status) &&
	    load(&data, argc, argv, on_bad_row, &status)) {
		g_autoptr(GArray) counts = count_labels(data.set);
		print_stats(&data, counts);
	}
	clear(&data);
	return status;
}

int command_data(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} verbs[] = {{"validate", validate}, {"convert", convert}, {"split", split}, {"stats", stats}};
	struct cli cli = {.verb = "data"};
	const char *names[G_N_ELEMENTS(verbs)];
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		names[i] = verbs[i].name;
		if (argc > 1 && strcmp(verbs[i].name, argv[1]) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	}
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		puts("usage: kefu data validate|convert|split|stats FILE...\n\n"
		     "Example:\n  kefu data validate data/\n\n'kefu data VERB --help' shows a verb's options.");
		return CLI_OK;
	}
	const char *nearest = argc > 1 ? config_nearest(argv[1], names, G_N_ELEMENTS(names)) : NULL;
	if (nearest)
		return cli_usage(&cli, "there is no verb '%s'; did you mean '%s'?", argv[1], nearest);
	return cli_usage(&cli, "say what to do: validate, convert, split or stats");
}
