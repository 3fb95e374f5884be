/* From features to logits, one text at a time, by the encoder's own forward pass. */
#include "text/infer.h"

#include <math.h>
#include <string.h>

#include "nlp/document.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"

enum { LIKELY = 8, ROWS = 64, TERM_BYTES = 2 << 20 };

bool model_neural_find_word(const struct model_neural *neural, const struct model_feature_word *word,
                            const struct nlp_vectors *vectors, uint64_t *id)
{
	if (word->hash == 0)
		return false;
	uint32_t row = model_keys_find(&neural->word_keys, word->hash);
	if (row != UINT32_MAX) {
		*id = row;
		return true;
	}
	int32_t base = vectors ? nlp_vectors_find(vectors, word->text, word->len) : -1;
	if (base < 0)
		return false;
	*id = neural->words.n + (uint64_t)base;
	return true;
}

void model_neural_word(const struct model_neural *neural, uint64_t id, const struct nlp_vectors *vectors, float *out)
{
	if (id < neural->words.n) {
		model_rows_get(&neural->words, (size_t)id, out);
	} else {
		nlp_vectors_get(vectors, (int32_t)(id - neural->words.n), out);
		model_normalise(neural->network.encoder.dim, out, neural->vector_norm);
	}
}

/* Behind a term's bag (G). */
struct counts {
	uint16_t all, known; /* of its n-grams */
};

void model_neural_terms_init(const struct model_neural *neural, struct model_terms *terms)
{
	model_terms_init(terms, neural->network.bag * sizeof(float) + sizeof(struct counts), TERM_BYTES);
}

/* bag (G) += rows of the known ones; returns how many those are. */
static size_t add_ngrams(const struct model_neural *neural, const uint32_t *ngrams, size_t n, float *bag)
{
	uint32_t rows[ROWS];
	float ones[ROWS];
	size_t known = 0, waiting = 0;
	for (size_t i = 0; i < ROWS; i++)
		ones[i] = 1;
	for (size_t i = 0; i < n; i++) {
		uint32_t row = model_keys_find(&neural->ngram_keys, ngrams[i]);
		if (row == UINT32_MAX)
			continue;
		known++;
		rows[waiting++] = row;
		if (waiting == ROWS) {
			model_rows_add_scaled(&neural->ngrams, waiting, rows, ones, bag);
			waiting = 0;
		}
	}
	model_rows_add_scaled(&neural->ngrams, waiting, rows, ones, bag);
	return known;
}

static void fill(const struct model_neural *neural, const struct model_feature_term *term, float *bag,
                 struct counts *counts)
{
	uint32_t ngrams[MODEL_TERM_NGRAMS];
	size_t all = model_features_term(term, ngrams);
	memset(bag, 0, neural->network.bag * sizeof *bag);
	*counts = (struct counts){(uint16_t)all, (uint16_t)add_ngrams(neural, ngrams, all, bag)};
}

float model_neural_bag(const struct model_neural *neural, struct model_terms *terms,
                       const struct model_features *features, float *bag)
{
	size_t dim = neural->network.bag, all = features->n_ngrams;
	memset(bag, 0, dim * sizeof *bag);
	size_t known = add_ngrams(neural, features->ngrams, all, bag);
	for (size_t i = 0; i < features->n_terms; i++) {
		bool kept;
		float *own = model_terms_find(terms, &features->terms[i], &kept);
		struct counts *counts = (struct counts *)(void *)(own + dim);
		if (!kept)
			fill(neural, &features->terms[i], own, counts);
		model_axpy(dim, 1, own, bag);
		known += counts->known;
		all += counts->all;
	}
	if (known)
		model_scale(dim, 1.0f / sqrtf((float)known), bag);
	return all ? (float)known / (float)all : 0;
}

const float *model_neural_out(const struct model_neural *neural, size_t label)
{
	return model_network_view(&neural->network, (float *)neural->block).out + /* read only */
	       label * model_network_features(&neural->network);
}

/* The classes in scope with the highest logits, best first; returns how many. */
static size_t likely(const struct model_neural *neural, const float *logits, size_t *classes)
{
	size_t n = 0;
	float least = model_reached(neural->network.labels, logits, LIKELY + 1);
	for (size_t k = 0; k < neural->network.labels; k++) {
		size_t at = n;
		if (logits[k] < least || (int32_t)k == neural->outside)
			continue;
		while (at > 0 && logits[classes[at - 1]] < logits[k])
			at--;
		if (at == LIKELY)
			continue;
		n = MIN(n + 1, LIKELY);
		memmove(classes + at + 1, classes + at, (n - at - 1) * sizeof *classes);
		classes[at] = k;
	}
	return n;
}

void model_neural_last_init(const struct model_neural *neural, struct model_neural_last *last)
{
	size_t features = model_network_features(&neural->network), labels = neural->network.labels;
	model_narrow_init(&last->out, model_neural_out(neural, 0), labels, features);
	model_narrow_init(&last->centroids, neural->centroids, labels, features);
	/* One rounding for both, and for the prototypes. */
	last->out.steps = MIN(MIN(last->out.steps, last->centroids.steps), MODEL_ROWS_STEPS(features));
	last->hidden = g_new(int16_t, last->out.stride);
}

void model_neural_last_clear(struct model_neural_last *last)
{
	model_narrow_clear(&last->out);
	model_narrow_clear(&last->centroids);
	g_free(last->hidden);
}

/* The largest cosine of the features to the centroid of a likely class. A text that lies near the centroid of a class
 * which its logits do not name is rare, and all centroids are as much work as the last layer. */
static float nearest_centre(const struct model_neural_last *last, float step, float norm, const size_t *classes,
                            size_t n)
{
	float centre = -1;
	for (size_t i = 0; i < n; i++)
		centre = fmaxf(centre, model_narrow_dot(&last->centroids, classes[i], last->hidden, step));
	return norm > 0 ? centre / norm : 0;
}

void model_neural_finish(const struct model_neural *neural, const struct model_neural_last *last, float known,
                         const float *hidden, float *logits, struct model_score *score)
{
	const struct model_network *network = &neural->network;
	size_t n = model_network_features(network), classes[LIKELY];
	float step = model_narrow_round(&last->out, hidden, last->hidden), norm = sqrtf(model_dot(n, hidden, hidden));
	model_narrow_dots(&last->out, last->hidden, step, logits);
	model_axpy(network->labels, 1, model_neural_out(neural, 0) + network->labels * n, logits); /* the bias */
	size_t n_classes = likely(neural, logits, classes);
	*score = (struct model_score){.logits = logits,
	                              .hidden = hidden,
	                              .n_hidden = n,
	                              .centre = nearest_centre(last, step, norm, classes, n_classes),
	                              .known = known};
	model_prototypes_weigh(&neural->prototypes, last->hidden, step, norm, classes, n_classes, logits);
}

void model_neural_explain_bag(const struct model_neural *neural, const struct model_features *features, size_t label,
                              float *scratch, float *tokens)
{
	size_t dim = neural->network.bag, known = 0;
	const float *out = model_neural_out(neural, label) + model_network_features(&neural->network) - dim;
	for (size_t i = 0; i < features->n_ngrams; i++)
		known += model_keys_find(&neural->ngram_keys, features->ngrams[i]) != UINT32_MAX;
	for (size_t i = 0; i < features->n_ngrams; i++) {
		uint32_t row = model_keys_find(&neural->ngram_keys, features->ngrams[i]);
		if (row == UINT32_MAX)
			continue;
		model_rows_get(&neural->ngrams, row, scratch);
		model_features_spread(features, i, model_dot(dim, out, scratch) / sqrtf((float)known), tokens);
	}
}

struct work {
	void *encoder;
	struct model_terms terms;
	struct model_neural_last last;
	float *rows;            /* (MODEL_WORDS_MAX + 2 * gap, D) */
	float *hidden, *logits; /* (H), (K) */
	float *scratch;         /* (max(D, G)) */
};

void *model_neural_work_new(const struct model_member *member)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	const struct model_network *network = &neural->network;
	const struct model_encoder *encoder = &network->encoder;
	struct work *work = g_new0(struct work, 1);
	work->encoder = encoder->ops->work_new(encoder);
	model_neural_terms_init(neural, &work->terms);
	model_neural_last_init(neural, &work->last);
	work->rows = g_new0(float, (MODEL_WORDS_MAX + 2 * encoder->ops->gap(encoder)) * encoder->dim);
	work->hidden = g_new(float, model_network_features(network));
	work->logits = g_new(float, network->labels);
	work->scratch = g_new(float, MAX(encoder->dim, network->bag));
	return work;
}

void model_neural_work_free(const struct model_member *member, void *memory)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	struct work *work = memory;
	neural->network.encoder.ops->work_free(work->encoder);
	model_terms_clear(&work->terms);
	model_neural_last_clear(&work->last);
	g_free(work->rows);
	g_free(work->hidden);
	g_free(work->logits);
	g_free(work->scratch);
	g_free(work);
}

/* The rows of a text, behind the gap; an empty text is one row of zeros, as in training. */
static struct model_span gather(const struct model_neural *neural, struct work *work, const struct model_input *input)
{
	const struct model_encoder *encoder = &neural->network.encoder;
	size_t gap = encoder->ops->gap(encoder), dim = encoder->dim, n = input->features->n_words;
	struct model_span span = {gap, MAX(n, 1)};
	memset(work->rows + gap * dim, 0, (span.len + gap) * dim * sizeof(float));
	for (size_t i = 0; i < n; i++) {
		uint64_t id;
		if (model_neural_find_word(neural, &input->features->words[i], input->vectors, &id))
			model_neural_word(neural, id, input->vectors, work->rows + (gap + i) * dim);
	}
	return span;
}

void model_neural_run(const struct model_member *member, void *memory, const struct model_input *input,
                      struct model_score *score)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	const struct model_network *network = &neural->network;
	const struct model_encoder *encoder = &network->encoder;
	struct work *work = memory;
	size_t features = model_network_features(network);
	struct model_span span = gather(neural, work, input);
	encoder->ops->forward(encoder, work->encoder, neural->block, work->rows, &span, 1, NULL, work->hidden, features);
	float known = model_neural_bag(neural, &work->terms, input->features, work->hidden + features - network->bag);
	model_neural_finish(neural, &work->last, known, work->hidden, work->logits, score);
}

/* The encoder is not linear: a word's part is what the logit loses without its vector. What these parts leave over is
 * the rest, so that all sum to the logit. */
float model_neural_explain(const struct model_member *member, void *memory, const struct model_input *input,
                           size_t label, float *tokens)
{
	const struct model_neural *neural = (const struct model_neural *)member;
	const struct model_encoder *encoder = &neural->network.encoder;
	struct work *work = memory;
	struct model_score score;
	size_t features = model_network_features(&neural->network), encoded = features - neural->network.bag;
	size_t dim = encoder->dim;
	const float *out = model_neural_out(neural, label);
	model_neural_run(member, memory, input, &score);
	float whole = model_dot(encoded, out, work->hidden), rest = score.logits[label];
	g_autofree float *own = g_new0(float, input->document->n_tokens + 1);
	struct model_span span = gather(neural, work, input);
	for (size_t i = 0; i < input->features->n_words; i++) {
		float *row = work->rows + (span.first + i) * dim;
		memcpy(work->scratch, row, dim * sizeof *row);
		memset(row, 0, dim * sizeof *row);
		encoder->ops->forward(encoder, work->encoder, neural->block, work->rows, &span, 1, NULL, work->hidden,
		                      features);
		memcpy(row, work->scratch, dim * sizeof *row);
		own[input->features->words[i].token] += whole - model_dot(encoded, out, work->hidden);
	}
	model_neural_explain_bag(neural, input->features, label, work->scratch, own);
	for (size_t i = 0; i < input->document->n_tokens; i++) {
		tokens[i] += own[i];
		rest -= own[i];
	}
	return rest;
}
