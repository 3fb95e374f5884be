#include "lex/perceptron.h"

#include <math.h>
#include <string.h>

#define START_CAPACITY (1u << 16)

/* One feature that was ever on the wrong side of a mistake. */
struct slot {
	uint64_t hash; /* 0: free */
	int32_t weight[NLP_TAGS];
};

struct nlp_perceptron {
	struct slot *slots;        /* open addressing; capacity is a power of two */
	int64_t (*late)[NLP_TAGS]; /* by slot: the changes, each times the rows seen before it */
	size_t capacity, n;
	int32_t transition[NLP_TAGS][NLP_TAGS];
	int64_t late_transition[NLP_TAGS][NLP_TAGS];
	int64_t rows_seen;
	GRand *rand;
	GArray *order; /* uint32_t */
	/* of the row at hand */
	uint64_t (*hashes)[NLP_UNIT_FEATURES];
	int32_t (*scores)[NLP_TAGS];
	uint8_t *from, *tags;
	size_t row_capacity;
};

struct nlp_perceptron *nlp_perceptron_new(uint64_t seed)
{
	struct nlp_perceptron *p = g_new0(struct nlp_perceptron, 1);
	const guint32 seeds[2] = {(guint32)seed, (guint32)(seed >> 32)};
	p->rand = g_rand_new_with_seed_array(seeds, 2);
	p->capacity = START_CAPACITY;
	p->slots = g_new0(struct slot, p->capacity);
	p->late = g_malloc0_n(p->capacity, sizeof *p->late);
	p->order = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return p;
}

void nlp_perceptron_free(struct nlp_perceptron *p)
{
	if (!p)
		return;
	g_free(p->slots);
	g_free(p->late);
	g_rand_free(p->rand);
	g_array_free(p->order, TRUE);
	g_free(p->hashes);
	g_free(p->scores);
	g_free(p->from);
	g_free(p->tags);
	g_free(p);
}

/* The slot of a feature, or the free one where it would be. */
static size_t find(const struct nlp_perceptron *p, uint64_t hash)
{
	size_t i = (size_t)(hash >> 20) & (p->capacity - 1);
	while (p->slots[i].hash != hash && p->slots[i].hash != 0)
		i = (i + 1) & (p->capacity - 1);
	return i;
}

static void grow(struct nlp_perceptron *p)
{
	struct slot *old = p->slots;
	int64_t(*late)[NLP_TAGS] = p->late;
	size_t n = p->capacity;
	p->capacity *= 2;
	p->slots = g_new0(struct slot, p->capacity);
	p->late = g_malloc0_n(p->capacity, sizeof *p->late);
	for (size_t i = 0; i < n; i++) {
		if (old[i].hash == 0)
			continue;
		size_t to = find(p, old[i].hash);
		p->slots[to] = old[i];
		memcpy(p->late[to], late[i], sizeof *late);
	}
	g_free(old);
	g_free(late);
}

static void change(struct nlp_perceptron *p, uint64_t hash, unsigned right, unsigned wrong)
{
	if (2 * p->n >= p->capacity)
		grow(p);
	size_t i = find(p, hash);
	if (p->slots[i].hash == 0) {
		p->slots[i].hash = hash;
		p->n++;
	}
	p->slots[i].weight[right]++;
	p->slots[i].weight[wrong]--;
	p->late[i][right] += p->rows_seen;
	p->late[i][wrong] -= p->rows_seen;
}

static void reserve_row(struct nlp_perceptron *p, size_t n)
{
	if (n <= p->row_capacity)
		return;
	p->row_capacity = n + n / 2;
	p->hashes = g_realloc_n(p->hashes, p->row_capacity, sizeof *p->hashes);
	p->scores = g_realloc_n(p->scores, p->row_capacity, sizeof *p->scores);
	p->from = g_renew(uint8_t, p->from, NLP_TAGS * p->row_capacity);
	p->tags = g_renew(uint8_t, p->tags, p->row_capacity);
}

static void score_row(struct nlp_perceptron *p, const struct nlp_unit *units, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		nlp_unit_features(units + i, p->hashes[i]);
		for (unsigned f = 0; f < NLP_UNIT_FEATURES; f++) {
			p->hashes[i][f] += p->hashes[i][f] == 0;
			__builtin_prefetch(&p->slots[(size_t)(p->hashes[i][f] >> 20) & (p->capacity - 1)]);
		}
		memset(p->scores[i], 0, sizeof p->scores[i]);
		for (unsigned f = 0; f < NLP_UNIT_FEATURES; f++) {
			const struct slot *slot = &p->slots[find(p, p->hashes[i][f])];
			for (unsigned t = 0; t < NLP_TAGS; t++)
				p->scores[i][t] += slot->weight[t];
		}
	}
}

/* Tags a row and learns from what was wrong; returns how many units were. */
static size_t learn(struct nlp_perceptron *p, const struct nlp_unit *units, const uint8_t *gold, size_t n)
{
	reserve_row(p, n);
	score_row(p, units, n);
	nlp_tagger_viterbi((const int32_t(*)[NLP_TAGS])p->scores, (const int32_t(*)[NLP_TAGS])p->transition, n, p->from,
	                   p->tags);
	size_t wrong = 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (p->tags[i] != gold[i] || p->tags[i - 1] != gold[i - 1])) {
			p->transition[gold[i - 1]][gold[i]]++;
			p->transition[p->tags[i - 1]][p->tags[i]]--;
			p->late_transition[gold[i - 1]][gold[i]] += p->rows_seen;
			p->late_transition[p->tags[i - 1]][p->tags[i]] -= p->rows_seen;
		}
		if (p->tags[i] == gold[i])
			continue;
		wrong++;
		for (unsigned f = 0; f < NLP_UNIT_FEATURES; f++)
			change(p, p->hashes[i][f], gold[i], p->tags[i]);
	}
	return wrong;
}

size_t nlp_perceptron_epoch(struct nlp_perceptron *p, const struct nlp_segmented_text *text)
{
	for (guint i = p->order->len; i < text->rows->len; i++)
		g_array_append_val(p->order, i);
	uint32_t *order = (uint32_t *)(void *)p->order->data;
	for (guint i = p->order->len; i > 1; i--) {
		guint k = (guint)g_rand_int_range(p->rand, 0, (gint32)i);
		uint32_t swap = order[i - 1];
		order[i - 1] = order[k];
		order[k] = swap;
	}
	size_t wrong = 0;
	for (guint i = 0; i < p->order->len; i++) {
		const struct nlp_row *row = &g_array_index(text->rows, struct nlp_row, order[i]);
		wrong += learn(p, &g_array_index(text->units, struct nlp_unit, row->start),
		               &g_array_index(text->tags, uint8_t, row->start), row->end - row->start);
		p->rows_seen++;
	}
	return wrong;
}

/* ---- the mean ---- */

/* The weights after the last row, less each change times the share of rows that came before it. */
static double mean(const struct nlp_perceptron *p, int32_t weight, int64_t late)
{
	return p->rows_seen > 0 ? weight - (double)late / (double)p->rows_seen : 0;
}

GArray *nlp_perceptron_mean(const struct nlp_perceptron *p, double transition[NLP_TAGS][NLP_TAGS])
{
	GArray *features = g_array_sized_new(FALSE, FALSE, sizeof(struct nlp_feature_weights), (guint)p->n);
	for (size_t i = 0; i < p->capacity; i++) {
		if (p->slots[i].hash == 0)
			continue;
		struct nlp_feature_weights feature = {.hash = p->slots[i].hash};
		for (unsigned t = 0; t < NLP_TAGS; t++)
			feature.weight[t] = (float)mean(p, p->slots[i].weight[t], p->late[i][t]);
		g_array_append_val(features, feature);
	}
	for (unsigned a = 0; a < NLP_TAGS; a++)
		for (unsigned b = 0; b < NLP_TAGS; b++)
			transition[a][b] = mean(p, p->transition[a][b], p->late_transition[a][b]);
	return features;
}

/* ---- packing ---- */

static float size_of(const struct nlp_feature_weights *feature)
{
	float size = 0;
	for (unsigned t = 0; t < NLP_TAGS; t++)
		size = MAX(size, fabsf(feature->weight[t]));
	return size;
}

static int by_size(const void *a, const void *b)
{
	const struct nlp_feature_weights *x = a, *y = b;
	float x_size = size_of(x), y_size = size_of(y);
	if (x_size != y_size)
		return x_size < y_size ? 1 : -1;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* One weight in some thousand is cut off so that the others are finer. */
static float step_of(const GArray *by_falling_size)
{
	if (by_falling_size->len == 0)
		return 1;
	float large = size_of(&g_array_index(by_falling_size, struct nlp_feature_weights, by_falling_size->len / 4000));
	return large > 0 ? large / 127 : 1;
}

void *nlp_tagger_pack(GArray *features, const double transition[NLP_TAGS][NLP_TAGS], size_t max_bytes, size_t *len,
                      size_t *kept)
{
	g_array_sort(features, by_size);
	float step = step_of(features);
	guint worth = 0; /* what would become 0 need not be kept */
	while (worth < features->len && size_of(&g_array_index(features, struct nlp_feature_weights, worth)) >= step / 2)
		worth++;
	size_t room = MAX(max_bytes, 2 * sizeof(struct nlp_tagger_line)) / sizeof(struct nlp_tagger_line) - 1;
	/* Lines are filled unevenly: with a fifth to spare hardly any feature finds its line full. */
	uint32_t lines = (uint32_t)MIN(MIN(room, NLP_TAGGER_LINES_MAX), worth / 8 + 1);
	*len = sizeof(struct nlp_tagger_header) + lines * sizeof(struct nlp_tagger_line);
	*kept = 0;
	struct nlp_tagger_header *header = g_malloc0(*len);
	struct nlp_tagger_line *line = (struct nlp_tagger_line *)(void *)(header + 1);
	g_autofree uint8_t *used = g_new0(uint8_t, lines);
	header->version = NLP_TAGGER_VERSION;
	header->lines = lines;
	header->step = step;
	for (unsigned a = 0; a < NLP_TAGS; a++)
		for (unsigned b = 0; b < NLP_TAGS; b++)
			header->transition[a][b] = (int16_t)CLAMP(lround(transition[a][b] / step), INT16_MIN, INT16_MAX);
	for (guint i = 0; i < worth; i++) {
		const struct nlp_feature_weights *feature = &g_array_index(features, struct nlp_feature_weights, i);
		uint32_t at = nlp_tagger_line_of(feature->hash, lines);
		bool taken = used[at] == NLP_TAGGER_LINE_SLOTS;
		for (unsigned k = 0; k < used[at]; k++)
			taken = taken || line[at].check[k] == (uint16_t)feature->hash;
		if (taken)
			continue;
		line[at].check[used[at]] = (uint16_t)feature->hash;
		for (unsigned t = 0; t < NLP_TAGS; t++)
			line[at].weight[used[at]][t] = (int8_t)CLAMP(lroundf(feature->weight[t] / step), -127, 127);
		used[at]++;
		++*kept;
	}
	return header;
}
