#include "report/figures.h"

#include <math.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct report_label *)a)->name, ((const struct report_label *)b)->name);
}

static gint by_count(gconstpointer a, gconstpointer b)
{
	const struct report_pair *x = a, *y = b;
	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	if (x->gold != y->gold)
		return x->gold < y->gold ? -1 : 1;
	return (x->guess > y->guess) - (x->guess < y->guess);
}

/* Errors that were accepted with the most confidence; of equals in the order of the examples. */
static gint by_confidence(gconstpointer a, gconstpointer b)
{
	const struct model_outcome *x = *(const struct model_outcome *const *)a,
	                           *y = *(const struct model_outcome *const *)b;
	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? 1 : -1;
	return x < y ? -1 : 1;
}

static bool counts(const struct model_outcome *outcome)
{
	return !outcome->beyond;
}

/* The labels that occur, and where each of the measure's labels is among them (or SIZE_MAX); owned by the caller. */
static size_t *gather_labels(struct report_figures *figures)
{
	const struct model_measure *measure = figures->measure;
	size_t all = measure->labels->len, n = 0;
	g_autofree struct report_label *labels = g_new0(struct report_label, all + 1);
	for (size_t k = 0; k < all; k++) {
		labels[k].name = model_measure_label(measure, (int32_t)k);
		labels[k].label = (int32_t)k;
	}
	for (guint i = 0; i < measure->outcomes->len; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		if (!counts(outcome))
			continue;
		labels[outcome->gold].support++;
		labels[outcome->gold].right += outcome->gold == outcome->guess;
		labels[outcome->gold].refused += outcome->refused;
		if (outcome->guess >= 0)
			labels[outcome->guess].predicted++;
	}
	figures->labels = g_new0(struct report_label, all + 1);
	for (size_t k = 0; k < all; k++)
		if (labels[k].support + labels[k].predicted > 0)
			figures->labels[n++] = labels[k];
	figures->n_labels = n;
	qsort(figures->labels, n, sizeof *figures->labels, by_name);
	size_t *at = g_new(size_t, all + 1);
	for (size_t k = 0; k < all; k++)
		at[k] = SIZE_MAX;
	for (size_t l = 0; l < n; l++) {
		struct report_label *label = &figures->labels[l];
		at[label->label] = l;
		double right = (double)label->right;
		label->precision = label->predicted ? right / (double)label->predicted : 0;
		label->recall = label->support ? right / (double)label->support : 0;
		label->f1 = 2.0 * right / (double)(label->support + label->predicted);
	}
	return at;
}

static void count_pairs(struct report_figures *figures, const size_t *at)
{
	const struct model_measure *measure = figures->measure;
	size_t n = figures->n_labels;
	figures->matrix = g_new0(size_t, n * n + 1);
	figures->pairs = g_array_new(FALSE, FALSE, sizeof(struct report_pair));
	figures->errors = g_ptr_array_new();
	for (guint i = 0; i < measure->outcomes->len; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		if (counts(outcome) && outcome->guess >= 0)
			figures->matrix[at[outcome->gold] * n + at[outcome->guess]]++;
		if (model_outcome_is_error(outcome))
			g_ptr_array_add(figures->errors, (gpointer)outcome);
	}
	for (size_t gold = 0; gold < n; gold++)
		for (size_t guess = 0; guess < n; guess++) {
			struct report_pair pair = {gold, guess, figures->matrix[gold * n + guess]};
			if (gold != guess && pair.n > 0)
				g_array_append_val(figures->pairs, pair);
		}
	g_array_sort(figures->pairs, by_count);
	g_ptr_array_sort(figures->errors, by_confidence);
}

static size_t slot(double share, size_t slots)
{
	return share <= 0 ? 0 : MIN((size_t)(share * (double)slots), slots - 1);
}

static void count_confidences(struct report_figures *figures)
{
	const struct model_measure *measure = figures->measure;
	double square = 0;
	size_t n = 0;
	for (guint i = 0; i < measure->outcomes->len; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		if (!counts(outcome))
			continue;
		double confidence = (double)outcome->confidence;
		bool right = outcome->gold == outcome->guess;
		/* The calibration error's own bins: the product is a float's there. */
		struct report_bin *bin = &figures->bins[CLAMP((int)(outcome->confidence * REPORT_BINS), 0, REPORT_BINS - 1)];
		bin->n++;
		bin->right += right;
		bin->confidence += confidence;
		square += (confidence - right) * (confidence - right);
		figures->confident[right][slot(confidence, REPORT_CONFIDENCES)]++;
		n++;
	}
	for (int b = 0; b < REPORT_BINS; b++) {
		struct report_bin *bin = &figures->bins[b];
		if (bin->n == 0)
			continue;
		bin->confidence /= (double)bin->n;
		double gap = fabs(bin->confidence - (double)bin->right / (double)bin->n);
		if (gap > figures->mce) {
			figures->mce = gap;
			figures->mce_texts = bin->n;
		}
	}
	figures->brier = n ? square / (double)n : 0;
}

/* Wilson's interval of a share at 95 %. */
static void interval(double share, size_t n, double *low, double *high)
{
	const double z = 1.959964, m = (double)MAX(n, 1);
	double centre = (share + z * z / (2 * m)) / (1 + z * z / m);
	double half = z / (1 + z * z / m) * sqrt(share * (1 - share) / m + z * z / (4 * m * m));
	*low = fmax(0, centre - half);
	*high = fmin(1, centre + half);
}

static gint by_value(gconstpointer a, gconstpointer b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* Texts without a word have no score: they stand at the left edge. */
static bool has_score(float score)
{
	return score > -1e29f;
}

static void count_scores(struct report_figures *figures)
{
	const struct model_measure *measure = figures->measure;
	struct report_scope *scope = &figures->scope;
	g_autoptr(GArray) in = g_array_new(FALSE, FALSE, sizeof(float));
	float low = 0, high = 0; /* the threshold is at 0 and always seen */
	for (guint i = 0; i < measure->outcomes->len; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		if (!outcome->beyond)
			g_array_append_val(in, outcome->score);
		if (has_score(outcome->score)) {
			low = fminf(low, outcome->score);
			high = fmaxf(high, outcome->score);
		}
	}
	scope->low = (double)low;
	scope->high = (double)(high > low ? high : low + 1);
	g_array_sort(in, by_value);
	float bar = in->len ? g_array_index(in, float, in->len / 20) : 0; /* 95 % of them are at or above it */
	size_t passed = 0;
	for (guint i = 0; i < measure->outcomes->len; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		size_t bin = slot(((double)outcome->score - scope->low) / (scope->high - scope->low), REPORT_SCORES);
		(outcome->beyond ? scope->out : scope->in)[bin]++;
		passed += outcome->beyond && outcome->score >= bar;
	}
	scope->fpr95 = (double)passed / (double)figures->sum.out_of_scope;
}

static void count_swallowed(struct report_figures *figures, const size_t *at)
{
	const struct model_measure *measure = figures->measure;
	g_autofree size_t *n = g_new0(size_t, figures->n_labels + 1);
	figures->scope.swallowed = g_array_new(FALSE, FALSE, sizeof(struct report_pair));
	for (guint i = 0; i < measure->outcomes->len; i++) {
		const struct model_outcome *outcome = model_measure_outcome(measure, i);
		/* A label that no text in scope has or was taken for is in no table: such texts stay in the errors. */
		if (outcome->beyond && !outcome->refused && outcome->guess >= 0 && at[outcome->guess] != SIZE_MAX)
			n[at[outcome->guess]]++;
	}
	for (size_t l = 0; l < figures->n_labels; l++) {
		struct report_pair pair = {0, l, n[l]};
		if (n[l] > 0)
			g_array_append_val(figures->scope.swallowed, pair);
	}
	g_array_sort(figures->scope.swallowed, by_count);
}

void report_figures_init(struct report_figures *figures, const struct model_measure *measure)
{
	*figures = (struct report_figures){.measure = measure};
	model_measure_sum(measure, 0, measure->outcomes->len, &figures->sum);
	g_autofree size_t *at = gather_labels(figures);
	count_pairs(figures, at);
	count_confidences(figures);
	interval(figures->sum.accuracy, figures->sum.in_scope, &figures->low, &figures->high);
	if (figures->sum.out_of_scope > 0) {
		count_scores(figures);
		count_swallowed(figures, at);
	}
}

void report_figures_clear(struct report_figures *figures)
{
	g_free(figures->labels);
	g_free(figures->matrix);
	g_clear_pointer(&figures->pairs, g_array_unref);
	g_clear_pointer(&figures->errors, g_ptr_array_unref);
	g_clear_pointer(&figures->scope.swallowed, g_array_unref);
	*figures = (struct report_figures){0};
}

static gint by_f1(gconstpointer a, gconstpointer b, gpointer user)
{
	const struct report_label *labels = user, *x = &labels[*(const size_t *)a], *y = &labels[*(const size_t *)b];
	if (x->f1 != y->f1)
		return x->f1 < y->f1 ? -1 : 1;
	return x < y ? -1 : 1;
}

GArray *report_worst_labels(const struct report_figures *figures)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(size_t));
	for (size_t l = 0; l < figures->n_labels; l++)
		if (figures->labels[l].support > 0)
			g_array_append_val(list, l);
	g_array_sort_with_data(list, by_f1, figures->labels);
	return list;
}

GArray *report_confused_labels(const struct report_figures *figures, size_t most)
{
	g_autofree bool *taken = g_new0(bool, figures->n_labels + 1);
	size_t n = 0;
	for (guint p = 0; p < figures->pairs->len; p++) {
		const struct report_pair *pair = &g_array_index(figures->pairs, struct report_pair, p);
		size_t new = !taken[pair->gold] + !taken[pair->guess];
		if (n + new > most)
			continue;
		taken[pair->gold] = taken[pair->guess] = true;
		n += new;
	}
	GArray *list = g_array_new(FALSE, FALSE, sizeof(size_t));
	for (size_t l = 0; l < figures->n_labels; l++)
		if (taken[l])
			g_array_append_val(list, l);
	return list;
}
