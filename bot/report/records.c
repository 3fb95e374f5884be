#include "report/records.h"

#include <math.h>
#include <string.h>

#include "corpora/example.h"

const char *report_task(const struct report *report)
{
	return report->figures->measure->head == MODEL_HEAD_INTENT ? "intent" : "sentiment";
}

static json_t *scores(double precision, double recall, double f1, size_t support)
{
	return json_pack("{s:f,s:f,s:f,s:I}", "precision", precision, "recall", recall, "f1-score", f1, "support",
	                 (json_int_t)support);
}

/* Texts with this label by what they were taken for, most first. */
static json_t *confused_with(const struct report_figures *figures, size_t gold)
{
	json_t *object = json_object();
	for (guint p = 0; p < figures->pairs->len; p++) {
		const struct report_pair *pair = &g_array_index(figures->pairs, struct report_pair, p);
		if (pair->gold == gold)
			json_object_set_new(object, figures->labels[pair->guess].name, json_integer((json_int_t)pair->n));
	}
	return object;
}

void records_add_folds(json_t *object, const struct report *report)
{
	g_autofree double *accuracy = g_new(double, report->n_folds), *macro_f1 = g_new(double, report->n_folds);
	for (size_t i = 0; i < report->n_folds; i++) {
		accuracy[i] = report->folds[i].accuracy;
		macro_f1[i] = report->folds[i].macro_f1;
	}
	struct report_spread a = report_spread_of(accuracy, report->n_folds);
	struct report_spread f = report_spread_of(macro_f1, report->n_folds);
	json_object_set_new(object, "folds", records_folds(report->folds, report->n_folds));
	json_object_set_new(object, "accuracy_mean", json_real(a.mean));
	json_object_set_new(object, "accuracy_sd", json_real(a.sd));
	json_object_set_new(object, "macro_f1_mean", json_real(f.mean));
	json_object_set_new(object, "macro_f1_sd", json_real(f.sd));
	if (report->curve && report->curve->n > 0)
		json_object_set_new(object, "learning_curve", records_curve(report->curve));
}

json_t *records_labels(const struct report *report)
{
	const struct report_figures *figures = report->figures;
	json_t *object = json_object();
	double macro[3] = {0}, weighted[3] = {0};
	size_t n = 0, support = 0;
	for (size_t l = 0; l < figures->n_labels; l++) {
		const struct report_label *label = &figures->labels[l];
		const double values[3] = {label->precision, label->recall, label->f1};
		if (label->support == 0)
			continue; /* Rasa lists the labels of the texts */
		json_t *entry = scores(label->precision, label->recall, label->f1, label->support);
		json_object_set_new(entry, "confused_with", confused_with(figures, l));
		json_object_set_new(object, label->name, entry);
		for (int i = 0; i < 3; i++) {
			macro[i] += values[i];
			weighted[i] += values[i] * (double)label->support;
		}
		n++;
		support += label->support;
	}
	double labels = (double)MAX(n, 1), texts = (double)MAX(support, 1);
	json_object_set_new(object, "accuracy", json_real(figures->sum.accuracy));
	json_object_set_new(object, "macro avg", scores(macro[0] / labels, macro[1] / labels, macro[2] / labels, support));
	json_object_set_new(object, "weighted avg",
	                    scores(weighted[0] / texts, weighted[1] / texts, weighted[2] / texts, support));
	if (report->folds)
		records_add_folds(object, report);
	return object;
}

json_t *records_errors(const struct report *report)
{
	const struct report_figures *figures = report->figures;
	const char *task = report_task(report);
	g_autofree char *prediction = g_strconcat(task, "_prediction", NULL);
	json_t *list = json_array();
	for (guint i = 0; i < figures->errors->len; i++) {
		const struct model_outcome *outcome = g_ptr_array_index(figures->errors, i);
		json_array_append_new(list, json_pack("{s:s,s:s,s:{s:s?,s:f}}", "text", outcome->text, task,
		                                      model_measure_label(figures->measure, outcome->gold), prediction, "name",
		                                      model_measure_label(figures->measure, outcome->guess), "confidence",
		                                      (double)outcome->confidence));
	}
	return list;
}

json_t *records_calibration(const struct report_figures *figures)
{
	json_t *bins = json_array();
	for (int b = 0; b < REPORT_BINS; b++) {
		const struct report_bin *bin = &figures->bins[b];
		json_t *entry = json_pack("{s:f,s:f,s:I}", "from", (double)b / REPORT_BINS, "to", (double)(b + 1) / REPORT_BINS,
		                          "count", (json_int_t)bin->n);
		if (bin->n > 0) {
			json_object_set_new(entry, "confidence", json_real(bin->confidence));
			json_object_set_new(entry, "accuracy", json_real((double)bin->right / (double)bin->n));
		}
		json_array_append_new(bins, entry);
	}
	return json_pack("{s:f,s:f,s:f,s:I,s:o}", "ece", figures->sum.ece, "mce", figures->mce, "brier", figures->brier,
	                 "count", (json_int_t)figures->sum.in_scope, "bins", bins);
}

static json_t *counts(const size_t *values)
{
	json_t *list = json_array();
	for (int i = 0; i < REPORT_SCORES; i++)
		json_array_append_new(list, json_integer((json_int_t)values[i]));
	return list;
}

json_t *records_scope(const struct report_figures *figures)
{
	const struct model_test_report *sum = &figures->sum;
	const struct report_scope *scope = &figures->scope;
	double threshold = figures->measure->threshold;
	json_t *accepted = json_object(), *refused = json_object();
	for (guint i = 0; i < scope->swallowed->len; i++) {
		const struct report_pair *pair = &g_array_index(scope->swallowed, struct report_pair, i);
		json_object_set_new(accepted, figures->labels[pair->guess].name, json_integer((json_int_t)pair->n));
	}
	for (size_t l = 0; l < figures->n_labels; l++)
		if (figures->labels[l].refused)
			json_object_set_new(refused, figures->labels[l].name, json_integer((json_int_t)figures->labels[l].refused));
	return json_pack("{s:o,s:I,s:I,s:f,s:f,s:f,s:f,s:f,s:o,s:o,s:{s:f,s:f,s:o,s:o}}", "threshold",
	                 isnan(threshold) ? json_null() : json_real(threshold), "in_scope", (json_int_t)sum->in_scope,
	                 "out_of_scope", (json_int_t)sum->out_of_scope, "recall", sum->oos_recall, "precision",
	                 sum->oos_precision, "auroc", sum->oos_auroc, "fpr95", scope->fpr95, "joint_accuracy",
	                 sum->joint_accuracy, "accepted_as", accepted, "refused_in_scope", refused, "histogram", "from",
	                 scope->low, "to", scope->high, "in_scope", counts(scope->in), "out_of_scope", counts(scope->out));
}

json_t *records_curve(const struct report_curve *curve)
{
	json_t *list = json_array();
	for (size_t i = 0; i < curve->n; i++) {
		const struct report_point *point = &curve->points[i];
		json_array_append_new(list, json_pack("{s:f,s:f,s:f,s:f,s:f,s:f}", "share", point->share, "texts", point->texts,
		                                      "accuracy", point->accuracy.mean, "accuracy_sd", point->accuracy.sd,
		                                      "macro_f1", point->macro_f1.mean, "macro_f1_sd", point->macro_f1.sd));
	}
	return list;
}

json_t *records_folds(const struct report_fold *folds, size_t n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:I,s:I,s:f,s:f,s:f}", "train", (json_int_t)folds[i].train, "held_out",
		                                      (json_int_t)folds[i].held_out, "accuracy", folds[i].accuracy, "macro_f1",
		                                      folds[i].macro_f1, "seconds", folds[i].seconds));
	return list;
}

static json_t *file_record(const char *path, size_t examples, GError **error)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
	if (!file)
		return NULL;
	g_autofree char *sha256 = g_compute_checksum_for_data(
	    G_CHECKSUM_SHA256, (const guchar *)g_mapped_file_get_contents(file), g_mapped_file_get_length(file));
	return json_pack("{s:s,s:s,s:I}", "path", path, "sha256", sha256, "examples", (json_int_t)examples);
}

static json_t *data_records(const struct corpus_examples *examples, GError **error)
{
	g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) paths = g_ptr_array_new();
	for (size_t i = 0; i < corpus_examples_len(examples); i++) {
		gpointer path = (gpointer)corpus_examples_get(examples, i)->path;
		size_t n = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, path));
		if (n == 0)
			g_ptr_array_add(paths, path);
		g_hash_table_insert(counts, path, GSIZE_TO_POINTER(n + 1));
	}
	json_t *list = json_array();
	for (guint i = 0; i < paths->len; i++) {
		json_t *record =
		    file_record(paths->pdata[i], GPOINTER_TO_SIZE(g_hash_table_lookup(counts, paths->pdata[i])), error);
		if (!record) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, record);
	}
	return list;
}

json_t *records_run(const struct report *report, GError **error)
{
	const struct report_run *run = report->run;
	const struct model_test_report *sum = &report->figures->sum;
	json_t *data = data_records(run->examples, error);
	if (!data)
		return NULL;
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *finished = g_date_time_format_iso8601(now);
	return json_pack("{s:s,s:s,s:o?,s:s?,s:s?,s:s?,s:o,s:I,s:I,s:f,s:f,s:f,s:f,s:s}", "task", report_task(report),
	                 "version", KEFU_VERSION, "model",
	                 run->model ? json_pack("{s:s,s:s?}", "path", run->model, "sha256", run->model_sha256) : NULL,
	                 "arch", run->arch, "out_of_scope", report->figures->measure->out_of_scope, "command_line",
	                 run->command_line, "data", data, "seed", (json_int_t)run->seed, "examples",
	                 (json_int_t)sum->examples, "seconds", run->seconds, "predicting_seconds", sum->seconds,
	                 "texts_per_second", sum->texts_per_second, "peak_rss_mb", run->peak_rss_mb, "finished", finished);
}
