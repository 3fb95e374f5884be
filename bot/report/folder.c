/* The report's folder: all files are made in memory, written into a new folder inside the target, and then take their
 * places by rename. Until the first rename nothing of an older report has changed. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bot/error.h"
#include "corpora/encoding.h"
#include "report/charts.h"
#include "report/page.h"
#include "report/records.h"

struct file {
	char *name, *text;
};

static void file_clear(gpointer data)
{
	struct file *file = data;
	g_free(file->name);
	g_free(file->text);
}

/* Takes both. */
static void add(GArray *files, char *name, char *text)
{
	struct file file = {name, text};
	g_array_append_val(files, file);
}

/* Takes `value`. */
static void add_json(GArray *files, char *name, json_t *value)
{
	char *text = json_dumps(value, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	add(files, name, g_strconcat(text, "\n", NULL));
	free(text);
	json_decref(value);
}

static char *task_file(const struct report *report, const char *rest)
{
	return g_strconcat(report_task(report), rest, NULL);
}

static void add_drawings(GArray *files, const struct report *report)
{
	const struct report_figures *figures = report->figures;
	g_autofree size_t *all = g_new(size_t, figures->n_labels + 1);
	for (size_t l = 0; l < figures->n_labels; l++)
		all[l] = l;
	g_autoptr(GString) matrix = g_string_new(NULL), histogram = g_string_new(NULL);
	charts_matrix(matrix, figures, all, figures->n_labels);
	charts_confidence(histogram, figures);
	add(files, task_file(report, "_confusion_matrix.svg"), charts_file(matrix, "Confusion matrix"));
	add(files, task_file(report, "_histogram.svg"), charts_file(histogram, "Histogram of confidences"));
}

static bool make_files(GArray *files, const struct report *report, GError **error)
{
	json_t *run = records_run(report, error);
	if (!run)
		return false;
	add_json(files, task_file(report, "_report.json"), records_labels(report));
	add_json(files, task_file(report, "_errors.json"), records_errors(report));
	add_drawings(files, report);
	add_json(files, g_strdup("calibration.json"), records_calibration(report->figures));
	if (report->figures->sum.out_of_scope)
		add_json(files, g_strdup("oos.json"), records_scope(report->figures));
	if (report->curve && report->curve->n > 0)
		add_json(files, g_strdup("learning_curve.json"), records_curve(report->curve));
	if (report->fairness)
		add_json(files, g_strdup("fairness.json"), report_fairness_to_json(report->fairness));
	add(files, g_strdup("index.html"), page_of(report, run));
	add_json(files, g_strdup("run.json"), run);
	return true;
}

/* What reports of this program may hold. */
static const char *const known[] = {
    "intent_report.json",
    "intent_errors.json",
    "intent_confusion_matrix.svg",
    "intent_histogram.svg",
    "sentiment_report.json",
    "sentiment_errors.json",
    "sentiment_confusion_matrix.svg",
    "sentiment_histogram.svg",
    "calibration.json",
    "oos.json",
    "learning_curve.json",
    "fairness.json",
    "index.html",
    "run.json",
};

static bool has_file(const GArray *files, const char *name)
{
	for (guint i = 0; i < files->len; i++)
		if (strcmp(g_array_index(files, struct file, i).name, name) == 0)
			return true;
	return false;
}

static bool fail(const char *path, const char *what, GError **error)
{
	g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: cannot %s: %s", path, what, g_strerror(errno));
	return false;
}

static bool write_all(const GArray *files, const char *folder, GError **error)
{
	bool ok = true;
	for (guint i = 0; i < files->len && ok; i++) {
		const struct file *file = &g_array_index(files, struct file, i);
		g_autofree char *path = g_build_filename(folder, file->name, NULL);
		ok = corpus_file_write(path, file->text, strlen(file->text), error);
	}
	return ok;
}

static void remove_all(const GArray *files, const char *folder)
{
	for (guint i = 0; i < files->len; i++) {
		g_autofree char *path = g_build_filename(folder, g_array_index(files, struct file, i).name, NULL);
		(void)g_unlink(path);
	}
	(void)g_rmdir(folder);
}

static bool put_in_place(const GArray *files, const char *from, const char *to, GError **error)
{
	for (guint i = 0; i < files->len; i++) {
		const struct file *file = &g_array_index(files, struct file, i);
		g_autofree char *new = g_build_filename(from, file->name, NULL), *old = g_build_filename(to, file->name, NULL);
		if (g_rename(new, old) != 0)
			return fail(old, "put the new file in place", error);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		g_autofree char *old = g_build_filename(to, known[i], NULL);
		if (!has_file(files, known[i]))
			(void)g_unlink(old);
	}
	return true;
}

bool report_write(const struct report *report, const char *folder, GError **error)
{
	g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(struct file));
	g_array_set_clear_func(files, file_clear);
	if (!make_files(files, report, error))
		return false;
	if (g_mkdir_with_parents(folder, 0777) != 0)
		return fail(folder, "make the folder", error);
	/* Inside the folder, so that renaming never crosses from one disk to another. */
	g_autofree char *beside = g_build_filename(folder, ".report.XXXXXX", NULL);
	if (!g_mkdtemp_full(beside, 0777))
		return fail(folder, "write into the folder", error);
	bool ok = write_all(files, beside, error) && put_in_place(files, beside, folder, error);
	remove_all(files, beside);
	if (!ok)
		(void)g_rmdir(folder); /* where it is new, and so empty */
	return ok;
}
