/* Deshpande & Karypis 2004, "Item-Based Top-N Recommendation Algorithms":
 *
 *   w(u,j)   weight of user u's touch of item j, each user's row scaled to length one (their section 4.1.1), so that
 *            somebody who clicks at everything does not say more than somebody who chose
 *   s(i,j) = cos(w(.,i), w(.,j)) * n / (n + SHRINK)      n: users who touched both; few in common is little evidence
 *                                                        (Bell & Koren 2007, section 4.1)
 *   N(i)     the NEIGHBORS items most similar to i
 *   score(u,i) = sum over j in profile(u) and N(i) of weight(u,j) * s(i,j)
 *
 * The sum runs over the neighbours of the candidate i, not of the item j in the profile: measured on MovieLens-1M this
 * ranks better, as an item that is near to everything does not enter every list. To score a profile without visiting
 * every candidate, the table is stored turned round: by j, the i with j in N(i). */
#include "recommend/item_knn.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "recommend/events.h"

#define NEIGHBORS          50
#define SHRINK             10.0f
#define THREADS_MAX        64u
#define TOUCHES_PER_THREAD 20000 /* below it another thread costs more than it gives */

struct user_row { /* of one user: the touches with a weight, scaled to length one */
	uint32_t start, end;
};

struct matrix {
	size_t n_users, n_items;
	struct user_row *rows;
	uint32_t *item_offsets; /* (I + 1) into by_item */
	struct entry {
		int32_t id; /* item in by_user, user in by_item */
		float weight;
	} * by_user, *by_item;
	float *norms; /* (I) */
};

struct worker {
	pthread_t thread;
	const struct matrix *matrix;
	struct recommend_neighbor *nearest; /* (I, NEIGHBORS) */
	uint8_t *n_nearest;                 /* (I) */
	size_t first, step;
};

static void matrix_clear(struct matrix *m)
{
	g_free(m->rows);
	g_free(m->item_offsets);
	g_free(m->by_user);
	g_free(m->by_item);
	g_free(m->norms);
}

static void fill_rows(struct matrix *m, const struct recommend_events *events)
{
	uint32_t at = 0;
	for (size_t u = 0; u < m->n_users; u++) {
		const struct recommend_profile *profile = g_ptr_array_index(events->users, u);
		double square = 0;
		m->rows[u].start = at;
		for (guint t = 0; t < profile->touches->len; t++) {
			const struct recommend_touch *touch = &g_array_index(profile->touches, struct recommend_touch, t);
			float weight = recommend_touch_weight(touch);
			if (weight <= 0)
				continue;
			square += (double)weight * weight;
			m->by_user[at++] = (struct entry){touch->item, weight};
			m->item_offsets[touch->item + 1]++;
		}
		m->rows[u].end = at;
		float scale = square > 0 ? (float)(1.0 / sqrt(square)) : 0.0f;
		for (uint32_t e = m->rows[u].start; e < at; e++)
			m->by_user[e].weight *= scale;
	}
}

static void matrix_init(struct matrix *m, const struct recommend_events *events)
{
	size_t n_touches = 0;
	for (guint u = 0; u < events->users->len; u++)
		n_touches += ((const struct recommend_profile *)g_ptr_array_index(events->users, u))->touches->len;
	*m = (struct matrix){.n_users = events->users->len, .n_items = events->n_items};
	m->rows = g_new0(struct user_row, m->n_users + 1);
	m->item_offsets = g_new0(uint32_t, m->n_items + 1);
	m->by_user = g_new(struct entry, n_touches + 1);
	m->by_item = g_new(struct entry, n_touches + 1);
	m->norms = g_new0(float, m->n_items + 1);
	fill_rows(m, events);
	for (size_t i = 0; i < m->n_items; i++)
		m->item_offsets[i + 1] += m->item_offsets[i];
	g_autofree uint32_t *at = g_memdup2(m->item_offsets, (m->n_items + 1) * sizeof *at);
	for (size_t u = 0; u < m->n_users; u++) {
		for (uint32_t e = m->rows[u].start; e < m->rows[u].end; e++) {
			struct entry entry = m->by_user[e];
			m->by_item[at[entry.id]++] = (struct entry){(int32_t)u, entry.weight};
			m->norms[entry.id] += entry.weight * entry.weight;
		}
	}
	for (size_t i = 0; i < m->n_items; i++)
		m->norms[i] = sqrtf(m->norms[i]);
}

static int by_similarity(const void *a, const void *b)
{
	const struct recommend_neighbor *x = a, *y = b;
	if (x->similarity != y->similarity)
		return x->similarity < y->similarity ? 1 : -1;
	return (x->item > y->item) - (x->item < y->item);
}

/* Keeps the best of `found` in `out`; returns how many. */
static uint8_t keep_nearest(struct recommend_neighbor *found, size_t n, struct recommend_neighbor *out)
{
	qsort(found, n, sizeof *found, by_similarity);
	size_t kept = MIN(n, NEIGHBORS);
	for (size_t k = 0; k < kept; k++)
		out[k] = found[k];
	return (uint8_t)kept;
}

static void *find_nearest(void *data)
{
	struct worker *w = data;
	const struct matrix *m = w->matrix;
	g_autofree float *dot = g_new0(float, m->n_items + 1);
	g_autofree uint32_t *common = g_new0(uint32_t, m->n_items + 1);
	g_autofree int32_t *touched = g_new(int32_t, m->n_items + 1);
	g_autofree struct recommend_neighbor *found = g_new(struct recommend_neighbor, m->n_items + 1);
	for (size_t i = w->first; i < m->n_items; i += w->step) {
		size_t n_touched = 0, n_found = 0;
		for (uint32_t e = m->item_offsets[i]; e < m->item_offsets[i + 1]; e++) {
			struct user_row row = m->rows[m->by_item[e].id];
			float weight = m->by_item[e].weight;
			for (uint32_t f = row.start; f < row.end; f++) {
				int32_t j = m->by_user[f].id;
				if (common[j]++ == 0)
					touched[n_touched++] = j;
				dot[j] += weight * m->by_user[f].weight;
			}
		}
		for (size_t t = 0; t < n_touched; t++) {
			int32_t j = touched[t];
			float n = (float)common[j];
			if ((size_t)j != i)
				found[n_found++] =
				    (struct recommend_neighbor){j, dot[j] / (m->norms[i] * m->norms[j]) * (n / (n + SHRINK))};
			dot[j] = 0;
			common[j] = 0;
		}
		w->n_nearest[i] = keep_nearest(found, n_found, w->nearest + i * NEIGHBORS);
	}
	return NULL;
}

/* From "the nearest of i" to "those that have j among their nearest". */
static void turn_round(struct recommend_knn *knn, const struct recommend_neighbor *nearest, const uint8_t *n_nearest)
{
	size_t total = 0;
	for (size_t i = 0; i < knn->n_items; i++) {
		total += n_nearest[i];
		for (size_t k = 0; k < n_nearest[i]; k++)
			knn->offsets[nearest[i * NEIGHBORS + k].item + 1]++;
	}
	knn->neighbors = g_new(struct recommend_neighbor, total + 1);
	for (size_t j = 0; j < knn->n_items; j++)
		knn->offsets[j + 1] += knn->offsets[j];
	g_autofree uint32_t *at = g_memdup2(knn->offsets, (knn->n_items + 1) * sizeof *at);
	for (size_t i = 0; i < knn->n_items; i++)
		for (size_t k = 0; k < n_nearest[i]; k++) {
			struct recommend_neighbor n = nearest[i * NEIGHBORS + k];
			knn->neighbors[at[n.item]++] = (struct recommend_neighbor){(int32_t)i, n.similarity};
		}
}

struct recommend_knn *recommend_knn_new(const struct recommend_events *events, unsigned threads)
{
	struct matrix matrix;
	matrix_init(&matrix, events);
	size_t n_items = matrix.n_items;
	g_autofree struct recommend_neighbor *nearest = g_new(struct recommend_neighbor, n_items * NEIGHBORS + 1);
	g_autofree uint8_t *n_nearest = g_new0(uint8_t, n_items + 1);
	size_t useful = matrix.item_offsets[n_items] / TOUCHES_PER_THREAD + 1;
	size_t n_workers = MIN(MIN(MAX(threads, 1u), THREADS_MAX), useful);
	struct worker workers[THREADS_MAX] = {{0, &matrix, nearest, n_nearest, 0, n_workers}};
	for (size_t t = 1; t < n_workers; t++)
		workers[t] = (struct worker){0, &matrix, nearest, n_nearest, t, n_workers};
	size_t started = 1;
	while (started < n_workers && pthread_create(&workers[started].thread, NULL, find_nearest, &workers[started]) == 0)
		started++;
	find_nearest(&workers[0]);
	for (size_t t = 1; t < n_workers; t++) {
		if (t < started)
			pthread_join(workers[t].thread, NULL);
		else
			find_nearest(&workers[t]); /* the system gave no thread: do its share here */
	}
	struct recommend_knn *knn = g_new0(struct recommend_knn, 1);
	knn->n_items = n_items;
	knn->offsets = g_new0(uint32_t, n_items + 1);
	turn_round(knn, nearest, n_nearest);
	matrix_clear(&matrix);
	return knn;
}

void recommend_knn_free(struct recommend_knn *knn)
{
	if (!knn)
		return;
	g_free(knn->offsets);
	g_free(knn->neighbors);
	g_free(knn);
}

void recommend_knn_score(const struct recommend_knn *knn, const struct recommend_profile *profile, float *scores)
{
	for (size_t i = 0; i < knn->n_items; i++)
		scores[i] = 0;
	for (guint t = 0; t < profile->touches->len; t++) {
		const struct recommend_touch *touch = &g_array_index(profile->touches, struct recommend_touch, t);
		float weight = recommend_touch_weight(touch);
		if (weight <= 0)
			continue;
		for (uint32_t e = knn->offsets[touch->item]; e < knn->offsets[touch->item + 1]; e++)
			scores[knn->neighbors[e].item] += weight * knn->neighbors[e].similarity;
	}
}

int32_t recommend_knn_because(const struct recommend_knn *knn, const struct recommend_profile *profile, int32_t item)
{
	int32_t best = -1;
	float best_share = 0;
	for (guint t = 0; t < profile->touches->len; t++) {
		const struct recommend_touch *touch = &g_array_index(profile->touches, struct recommend_touch, t);
		float weight = recommend_touch_weight(touch);
		for (uint32_t e = knn->offsets[touch->item]; e < knn->offsets[touch->item + 1]; e++) {
			float share = weight * knn->neighbors[e].similarity;
			if (knn->neighbors[e].item != item || share <= best_share)
				continue;
			best_share = share;
			best = touch->item;
		}
	}
	return best;
}
