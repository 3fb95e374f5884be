/* Forward and backward run on probabilities rather than logarithms, each step scaled to a sum of one (Rabiner 1989, "A
 * Tutorial on Hidden Markov Models", section V.A): then a step is a product of a vector and a matrix, without a single
 * exponential. With e_t = exp(x_t - max x_t) and E = exp(A), 0 where not allowed:
 *
 *   a_1 = exp(first) e_1 / c_1       a_t = (a_t-1 E) e_t / c_t       c_t makes sum a_t = 1
 *   c_end = sum a_T exp(last)        log Z = sum (max x_t + log c_t) + log c_end
 *   b_T = exp(last) / c_end          b_t = E (e_t+1 b_t+1) / c_t+1
 *   p(y_t) = a_t b_t                 p(y_t, y_t+1) = a_t E (e_t+1 b_t+1 / c_t+1)
 *
 * Of the pairs most are not allowed where tags say how words belong together, so products go along runs: the columns
 * that stand side by side and that a row allows. A tag that has next to no probability at a step, but for the last
 * one, is taken to have none, forwards and backwards, and its row is passed over.
 *
 * So that no c_t vanishes, what is e^-40 of the best counts as e^-40, and transitions are held within e^12: both are
 * far beyond what a float can tell apart. Where all that is left is on tags that must not be last, c_end can be as
 * small as the smallest float; then its logarithm is that of this float. */
#include "layer/crf.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "tensor/clones.h"
#include "tensor/exponent.h"
#include "tensor/ops.h"

#define FORBIDDEN      (-1e30f)
#define EMISSION_DEPTH (-40.0f)
#define TRANSITION_MAX 12.0f
#define NEXT_TO_NONE   1e-9f /* of a step's probabilities, which sum to one */
#define FLOW_MAX       1e30f /* of b, where a is too small for a float: their product is 0, not infinity times 0 */

/* Allowed pairs: row `from` with columns [to, to + n). */
struct run {
	uint32_t from, to, n;
	uint32_t alike; /* the first run that has these columns */
};

struct model_crf_work {
	struct model_crf crf;
	struct run *runs; /* by rows */
	size_t n_runs;
	float spread; /* of the weights of all allowed pairs */
	float *tops;  /* (n_runs), scratch of the best path */
	const float *weights;
	float *exp_pairs;            /* (K, K): E */
	float *exp_first, *exp_last; /* (K) */
	size_t len, room;            /* of the sequence; places there is memory for */
	float *e, *a, *b, *v;        /* (len, K); v_t = e_t b_t / c_t */
	double *c;                   /* (len) */
	double c_end;
	uint32_t *from; /* (len, K): the best tag before; first row unused */
	float *best, *next;
	bool has_backward;
};

static void find_runs(struct model_crf_work *work)
{
	size_t k = work->crf.tags;
	g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(struct run));
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0, n; j < k; j += n + 1) {
			for (n = 0; j + n < k && work->crf.pairs[i * k + j + n]; n++)
				;
			struct run run = {(uint32_t)i, (uint32_t)j, (uint32_t)n, 0};
			const struct run *first = &g_array_index(runs, struct run, 0);
			while (run.alike < runs->len && (first[run.alike].to != run.to || first[run.alike].n != run.n))
				run.alike++;
			if (n > 0)
				g_array_append_val(runs, run);
		}
	work->n_runs = runs->len;
	work->tops = g_new(float, runs->len + 1);
	work->runs = (struct run *)(void *)g_array_free(g_steal_pointer(&runs), FALSE);
}

struct model_crf_work *model_crf_work_new(const struct model_crf *crf)
{
	struct model_crf_work *work = g_new0(struct model_crf_work, 1);
	size_t k = crf->tags;
	work->crf = *crf;
	find_runs(work);
	work->exp_pairs = g_new0(float, k *k);
	work->exp_first = g_new(float, k);
	work->exp_last = g_new(float, k);
	work->best = g_new(float, k);
	work->next = g_new(float, k);
	return work;
}

void model_crf_work_free(struct model_crf_work *work)
{
	if (!work)
		return;
	float *memory[] = {work->exp_pairs, work->exp_first, work->exp_last, work->best, work->next,
	                   work->e,         work->a,         work->b,        work->v};
	for (size_t i = 0; i < G_N_ELEMENTS(memory); i++)
		g_free(memory[i]);
	g_free(work->runs);
	g_free(work->tops);
	g_free(work->c);
	g_free(work->from);
	g_free(work);
}

static float held(float weight)
{
	return CLAMP(weight, -TRANSITION_MAX, TRANSITION_MAX);
}

MODEL_CLONES static void exponentials(size_t n, const float *restrict x, float *restrict e)
{
	for (size_t i = 0; i < n; i++)
		e[i] = model_exp(held(x[i]));
}

void model_crf_set(struct model_crf_work *work, const float *weights)
{
	size_t k = work->crf.tags;
	float least = INFINITY, most = -INFINITY;
	work->weights = weights;
	for (size_t r = 0; r < work->n_runs; r++) {
		size_t at = work->runs[r].from * k + work->runs[r].to;
		exponentials(work->runs[r].n, weights + at, work->exp_pairs + at);
		for (size_t j = at; j < at + work->runs[r].n; j++) {
			least = MIN(least, weights[j]);
			most = MAX(most, weights[j]);
		}
	}
	work->spread = most - least;
	for (size_t i = 0; i < k; i++) {
		work->exp_first[i] = work->crf.first[i] ? model_exp(held(weights[k * k + i])) : 0.0f;
		work->exp_last[i] = work->crf.last[i] ? model_exp(held(weights[k * k + k + i])) : 0.0f;
	}
}

static void reserve(struct model_crf_work *work, size_t len)
{
	work->len = len;
	work->has_backward = false;
	if (len <= work->room)
		return;
	size_t k = work->crf.tags;
	work->room = MAX(len, 2 * work->room);
	work->e = g_realloc_n(work->e, work->room * k, sizeof(float));
	work->a = g_realloc_n(work->a, work->room * k, sizeof(float));
	work->b = g_realloc_n(work->b, work->room * k, sizeof(float));
	work->v = g_realloc_n(work->v, work->room * k, sizeof(float));
	work->c = g_realloc_n(work->c, work->room, sizeof(double));
	work->from = g_realloc_n(work->from, work->room * k, sizeof(uint32_t));
}

/* y (k) = x (k) times E */
MODEL_CLONES static void times(size_t k, const struct run *runs, size_t n_runs, const float *restrict x,
                               const float *restrict matrix, float *restrict y)
{
	for (size_t j = 0; j < k; j++)
		y[j] = 0;
	for (size_t r = 0; r < n_runs; r++) {
		size_t from = runs[r].from, to = runs[r].to, n = runs[r].n;
		const float *restrict row = matrix + from * k + to;
		float *restrict out = y + to, p = x[from];
		if (p > 0)
			for (size_t j = 0; j < n; j++)
				out[j] += p * row[j];
	}
}

/* y (k) = E times x (k), 0 in the rows where `a` is */
static void times_turned(size_t k, const struct run *runs, size_t n_runs, const float *a, const float *x,
                         const float *matrix, float *y)
{
	memset(y, 0, k * sizeof *y);
	for (size_t r = 0; r < n_runs; r++)
		if (a[runs[r].from] > 0)
			y[runs[r].from] += model_dot(runs[r].n, matrix + runs[r].from * k + runs[r].to, x + runs[r].to);
}

/* e = exp(x - top), at least e^-40 */
MODEL_CLONES static void weigh(size_t k, const float *restrict x, float top, float *restrict e)
{
	for (size_t j = 0; j < k; j++)
		e[j] = model_exp(MAX(x[j] - top, EMISSION_DEPTH));
}

/* y = y * e, then brought to a sum of one; returns the sum it had. */
static double scale_step(size_t k, const float *e, float *y)
{
	double sum = 0;
	for (size_t j = 0; j < k; j++) {
		y[j] *= e[j];
		sum += (double)y[j];
	}
	model_scale(k, (float)(1.0 / sum), y);
	return sum;
}

MODEL_CLONES static void forget(size_t k, float *a)
{
	for (size_t j = 0; j < k; j++)
		a[j] = a[j] < NEXT_TO_NONE ? 0 : a[j];
}

double model_crf_partition(struct model_crf_work *work, const float *x, size_t len)
{
	size_t k = work->crf.tags;
	double log_z = 0;
	reserve(work, len);
	for (size_t t = 0; t < len; t++) {
		const float *row = x + t * k;
		float *e = work->e + t * k, *a = work->a + t * k, top = row[model_argmax(k, row)];
		weigh(k, row, top, e);
		if (t == 0)
			memcpy(a, work->exp_first, k * sizeof(float));
		else
			times(k, work->runs, work->n_runs, a - k, work->exp_pairs, a);
		work->c[t] = scale_step(k, e, a);
		if (t + 1 < len)
			forget(k, a);
		log_z += (double)top + log(work->c[t]);
	}
	work->c_end = 0;
	for (size_t j = 0; j < k; j++)
		work->c_end += (double)(work->a[(len - 1) * k + j] * work->exp_last[j]);
	return log_z + log(work->c_end);
}

static void backward(struct model_crf_work *work)
{
	size_t k = work->crf.tags, len = work->len;
	if (work->has_backward)
		return;
	work->has_backward = true;
	for (size_t t = len; t-- > 0;) {
		float *b = work->b + t * k, *v = work->v + t * k;
		if (t == len - 1)
			for (size_t j = 0; j < k; j++)
				b[j] = work->exp_last[j] / (float)work->c_end;
		else
			times_turned(k, work->runs, work->n_runs, work->a + t * k, v + k, work->exp_pairs, b);
		float scale = (float)(1.0 / work->c[t]);
		for (size_t j = 0; j < k; j++) {
			b[j] = MIN(b[j], FLOW_MAX);
			v[j] = work->a[t * k + j] > 0 ? MIN(work->e[t * k + j] * b[j] * scale, FLOW_MAX) : 0;
		}
	}
}

void model_crf_marginals(struct model_crf_work *work, float *p)
{
	backward(work);
	for (size_t i = 0; i < work->len * work->crf.tags; i++)
		p[i] = work->a[i] * work->b[i];
}

double model_crf_span(struct model_crf_work *work, size_t from, size_t len, const uint32_t *tags)
{
	size_t k = work->crf.tags;
	backward(work);
	double p = (double)work->a[from * k + tags[0]];
	for (size_t t = 1; t < len; t++)
		p *= (double)(work->exp_pairs[tags[t - 1] * k + tags[t]] * work->e[(from + t) * k + tags[t]]) /
		     work->c[from + t];
	return MIN(p * (double)work->b[(from + len - 1) * k + tags[len - 1]], 1.0);
}

static double score(const struct model_crf_work *work, const float *x, size_t len, const uint32_t *tags)
{
	size_t k = work->crf.tags;
	const float *first = work->weights + k * k, *last = first + k;
	double sum = (double)first[tags[0]] + (double)last[tags[len - 1]];
	for (size_t t = 0; t < len; t++)
		sum += (double)x[t * k + tags[t]] + (t ? (double)work->weights[tags[t - 1] * k + tags[t]] : 0.0);
	return sum;
}

/* d (k, k) += scale times the expected number of each pair at a step: a E v. */
MODEL_CLONES static void add_flow(size_t k, const struct run *runs, size_t n_runs, const float *restrict a,
                                  const float *restrict v, const float *restrict matrix, float scale, float *restrict d)
{
	for (size_t r = 0; r < n_runs; r++) {
		size_t at = runs[r].from * k + runs[r].to, n = runs[r].n;
		const float *restrict row = matrix + at, *restrict in = v + runs[r].to;
		float *restrict out = d + at, p = scale * a[runs[r].from];
		if (p != 0)
			for (size_t j = 0; j < n; j++)
				out[j] += p * row[j] * in[j];
	}
}

double model_crf_loss(struct model_crf_work *work, const float *x, size_t len, const uint32_t *gold, float scale,
                      float *d_x, float *d_weights)
{
	size_t k = work->crf.tags;
	double loss = model_crf_partition(work, x, len) - score(work, x, len, gold);
	float *d_first = d_weights + k * k, *d_last = d_first + k;
	model_crf_marginals(work, d_x);
	model_scale(len * k, scale, d_x);
	model_axpy(k, 1.0f, d_x, d_first);
	model_axpy(k, 1.0f, d_x + (len - 1) * k, d_last);
	for (size_t t = 1; t < len; t++)
		add_flow(k, work->runs, work->n_runs, work->a + (t - 1) * k, work->v + t * k, work->exp_pairs, scale,
		         d_weights);
	for (size_t t = 0; t < len; t++) {
		d_x[t * k + gold[t]] -= scale;
		if (t > 0)
			d_weights[gold[t - 1] * k + gold[t]] -= scale;
	}
	d_first[gold[0]] -= scale;
	d_last[gold[len - 1]] -= scale;
	return loss;
}

struct path { /* what the best path is looked for with */
	size_t tags, n_runs;
	const struct run *runs;
	const float *weights;
	float spread;
};

/* The best of the rows with the same columns, at the first run that has them. */
static void find_tops(const struct path *path, const float *best, float *tops)
{
	for (size_t r = 0; r < path->n_runs; r++)
		tops[r] = FORBIDDEN;
	for (size_t r = 0; r < path->n_runs; r++)
		tops[path->runs[r].alike] = MAX(tops[path->runs[r].alike], best[path->runs[r].from]);
}

/* next (k) = max over i of best[i] + weights[i, j], and which i it was. A row that stays behind another one with the
 * same columns by more than weights can make up for is passed over. */
MODEL_CLONES static void best_step(const struct path *path, const float *restrict best, const float *restrict tops,
                                   float *restrict next, uint32_t *restrict from)
{
	size_t k = path->tags;
	for (size_t j = 0; j < k; j++) {
		next[j] = FORBIDDEN;
		from[j] = 0;
	}
	for (size_t r = 0; r < path->n_runs; r++) {
		const struct run *run = &path->runs[r];
		const float *restrict row = path->weights + run->from * k + run->to;
		float *restrict top = next + run->to, so_far = best[run->from];
		uint32_t *restrict who = from + run->to, i = run->from;
		if (so_far + path->spread < tops[run->alike])
			continue;
		for (size_t j = 0; j < run->n; j++) {
			float s = so_far + row[j];
			who[j] = s > top[j] ? i : who[j];
			top[j] = s > top[j] ? s : top[j];
		}
	}
}

double model_crf_best(struct model_crf_work *work, const float *x, size_t len, uint32_t *tags)
{
	size_t k = work->crf.tags;
	const float *first = work->weights + k * k, *last = first + k;
	const struct path path = {k, work->n_runs, work->runs, work->weights, work->spread};
	reserve(work, len);
	for (size_t j = 0; j < k; j++)
		work->best[j] = x[j] + (work->crf.first[j] ? first[j] : FORBIDDEN);
	for (size_t t = 1; t < len; t++) {
		find_tops(&path, work->best, work->tops);
		best_step(&path, work->best, work->tops, work->next, work->from + t * k);
		for (size_t j = 0; j < k; j++)
			work->best[j] = work->next[j] + x[t * k + j];
	}
	for (size_t j = 0; j < k; j++)
		work->best[j] += work->crf.last[j] ? last[j] : FORBIDDEN;
	size_t at = model_argmax(k, work->best);
	double sum = (double)work->best[at];
	for (size_t t = len; t-- > 0;) {
		tags[t] = (uint32_t)at;
		if (t > 0)
			at = work->from[t * k + at];
	}
	return sum;
}
