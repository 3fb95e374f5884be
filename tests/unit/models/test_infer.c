/* Predicting one text through the cache of word shares must give what training's matrix products give, but for what 16
 * bits round. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/document.h"
#include "tensor/random.h"
#include "text/classifier.h"
#include "text/neural.h"
#include "text/shares.h"

enum { WORDS = 5, NGRAMS = 6, DIM = 7, FILTERS = 3, BAG = 4, LABELS = 3 };

struct fixture {
	struct model_classifier head;
	struct model_neural network;
	float *block, *centroids;
	float words[WORDS * DIM], ngrams[NGRAMS * BAG];
	void *word_bytes, *ngram_bytes, *prototype_bytes;
	struct model_key_slot *word_slots, *ngram_slots;
	char *labels[LABELS + 1];
};

static uint32_t word_hash(size_t row)
{
	return 1000 + (uint32_t)row * 16; /* neighbours in the table: probing has to work */
}

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct model_random random = model_random_stream(3, 1, 4);
	struct model_network cnn = {{.ops = &model_encoder_cnn, .dim = DIM, .conv = {DIM, 3, FILTERS}}, BAG, LABELS};
	uint32_t word_keys[WORDS], ngram_keys[NGRAMS];
	f->block = g_new(float, model_network_weights(&cnn));
	f->centroids = g_new(float, LABELS *model_network_features(&cnn));
	model_random_fill(&random, 0.5f, f->block, model_network_weights(&cnn));
	model_random_fill(&random, 0.5f, f->centroids, LABELS * model_network_features(&cnn));
	model_random_fill(&random, 1, f->words, WORDS * DIM);
	model_random_fill(&random, 1, f->ngrams, NGRAMS * BAG);
	for (size_t i = 0; i < WORDS; i++)
		word_keys[i] = word_hash(i);
	for (size_t i = 0; i < NGRAMS; i++)
		ngram_keys[i] = 7 + (uint32_t)i;
	f->word_bytes = model_rows_quantise(f->words, WORDS, DIM);
	f->ngram_bytes = model_rows_quantise(f->ngrams, NGRAMS, BAG);
	f->labels[0] = (char *)"a";
	f->labels[1] = (char *)"b";
	f->labels[2] = (char *)"other";
	f->network = (struct model_neural){.member = {&model_neural_cnn},
	                                   .network = cnn,
	                                   .outside = 2,
	                                   .vector_norm = 2,
	                                   .block = f->block,
	                                   .centroids = f->centroids,
	                                   .words = model_rows_of(f->word_bytes, WORDS, DIM),
	                                   .ngrams = model_rows_of(f->ngram_bytes, NGRAMS, BAG)};
	f->head = (struct model_classifier){.n_labels = LABELS,
	                                    .labels = f->labels,
	                                    .outside = 2,
	                                    .members = {&f->network.member},
	                                    .n_members = 1,
	                                    .full = {.weights = {1}, .sharpness = 1.5f},
	                                    .first_member = -1};
	f->word_slots = model_keys_build(word_keys, WORDS, &f->network.word_keys.capacity);
	f->ngram_slots = model_keys_build(ngram_keys, NGRAMS, &f->network.ngram_keys.capacity);
	f->network.word_keys.slots = f->word_slots;
	f->network.ngram_keys.slots = f->ngram_slots;
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_free(f->block);
	g_free(f->centroids);
	g_free(f->word_bytes);
	g_free(f->ngram_bytes);
	g_free(f->prototype_bytes);
	g_free(f->word_slots);
	g_free(f->ngram_slots);
}

/* A text of random words and n-grams, of which about every sixth is unknown; ids as training has them. */
static size_t random_text(struct model_random *random, size_t round, struct model_features *features, uint32_t *words,
                          uint32_t *ngrams)
{
	size_t n_known = 0;
	features->n_words = round == 0 ? 0 : model_random_below(random, 12);
	features->n_ngrams = model_random_below(random, 12);
	for (size_t i = 0; i < features->n_words; i++) {
		size_t row = model_random_below(random, WORDS + 2);
		words[i] = row < WORDS ? (uint32_t)row : MODEL_NO_ROW;
		features->words[i] = (struct model_feature_word){"w", 1, row == WORDS ? 0 : word_hash(row), (uint32_t)i};
	}
	for (size_t i = 0; i < features->n_ngrams; i++) {
		size_t row = model_random_below(random, NGRAMS + 1);
		features->ngrams[i] = row < NGRAMS ? 7 + (uint32_t)row : 12345;
		features->spans[i] = (struct model_ngram_span){(uint16_t)i, (uint16_t)(i + i % 2)};
		if (row < NGRAMS)
			ngrams[n_known++] = (uint32_t)row;
	}
	return n_known;
}

/* The largest cosine to a centroid in scope, written down. */
static float naive_centre(const struct fixture *f, const float *hidden)
{
	size_t features = model_network_features(&f->network.network);
	double best = -1, norm = 0;
	for (size_t d = 0; d < features; d++)
		norm += (double)hidden[d] * (double)hidden[d];
	for (size_t k = 0; k < 2; k++) {
		double sum = 0;
		for (size_t d = 0; d < features; d++)
			sum += (double)hidden[d] * (double)f->centroids[k * features + d];
		best = MAX(best, sum);
	}
	return (float)(norm > 0 ? best / sqrt(norm) : 0);
}

/* A prototype for every label in scope, one more for the first. */
static void give_prototypes(struct fixture *f)
{
	static const uint32_t from[LABELS + 1] = {0, 2, 3, 3};
	size_t features = model_network_features(&f->network.network);
	struct model_random random = model_random_stream(4, 4, 4);
	g_autofree float *rows = g_new(float, 3 * features);
	model_random_fill(&random, 1.0f / sqrtf((float)features), rows, 3 * features);
	f->prototype_bytes = model_rows_quantise(rows, 3, features);
	f->network.prototypes = (struct model_prototypes){from, model_rows_of(f->prototype_bytes, 3, features)};
}

/* What prototypes move is in the explanation as well, and leaves labels out of scope alone. */
static void test_prototypes(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	give_prototypes(f);
	void *work = model_neural_cnn_work_new(&f->network.member);
	struct model_features *features = g_new0(struct model_features, 1);
	struct model_random random = model_random_stream(9, 9, 9);
	struct model_prototypes prototypes = f->network.prototypes;
	size_t moved = 0;
	for (size_t round = 0; round < 100; round++) {
		uint32_t words[12], ngrams[12];
		struct nlp_document document = {.n_tokens = 13};
		struct model_input input = {&document, features, NULL};
		struct model_score score;
		float plain[LABELS], logits[LABELS];
		random_text(&random, round, features, words, ngrams);
		f->network.prototypes = (struct model_prototypes){0};
		model_neural_cnn_run(&f->network.member, work, &input, &score);
		memcpy(plain, score.logits, sizeof plain);
		f->network.prototypes = prototypes;
		model_neural_cnn_run(&f->network.member, work, &input, &score);
		memcpy(logits, score.logits, sizeof logits);
		moved += fabsf(logits[0] - plain[0]) > 0.1f;
		g_assert_cmpfloat(logits[2], ==, plain[2]);
		g_assert_cmpfloat_with_epsilon(expf(logits[0]) + expf(logits[1]), expf(plain[0]) + expf(plain[1]),
		                               1e-4f * (expf(plain[0]) + expf(plain[1])));
		for (size_t k = 0; k < LABELS; k++) {
			float tokens[13] = {0};
			float sum = model_neural_cnn_explain(&f->network.member, work, &input, k, tokens);
			for (size_t i = 0; i < 13; i++)
				sum += tokens[i];
			g_assert_cmpfloat_with_epsilon(sum, logits[k], 1e-4f);
		}
	}
	g_assert_cmpuint(moved, >, 20);
	g_free(features);
	model_neural_cnn_work_free(&f->network.member, work);
}

static void test_same_logits(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	void *work = model_neural_cnn_work_new(&f->network.member);
	struct model_network_work *reference = model_network_work_new(&f->network.network);
	struct model_network_tables tables = {f->words, f->ngrams};
	struct model_features *features = g_new0(struct model_features, 1);
	struct model_random random = model_random_stream(9, 9, 9);
	for (size_t round = 0; round < 200; round++) {
		uint32_t words[12], ngrams[12];
		size_t n_known = random_text(&random, round, features, words, ngrams);
		struct model_network_text text = {.words = words, .ngrams = ngrams, features->n_words, n_known, 0, 1, NULL};
		const struct model_network_text *texts[] = {&text};
		const float *expected =
		    model_network_forward(reference, &f->network.network, f->block, &tables, texts, 1, NULL, NULL);
		struct nlp_document document = {.n_tokens = 13};
		struct model_input input = {&document, features, NULL};
		struct model_score score;
		float logits[LABELS];
		model_neural_cnn_run(&f->network.member, work, &input, &score);
		memcpy(logits, score.logits, sizeof logits);
		for (size_t k = 0; k < LABELS; k++)
			g_assert_cmpfloat_with_epsilon(logits[k], expected[k], 4e-3f);
		g_assert_cmpfloat_with_epsilon(score.known, features->n_ngrams ? (float)n_known / (float)features->n_ngrams : 0,
		                               1e-6f);
		g_assert_cmpfloat_with_epsilon(score.centre, naive_centre(f, model_network_hidden(reference)), 1e-3f);
		for (size_t k = 0; k < LABELS; k++) { /* the parts of an explanation are the whole */
			float tokens[13] = {0};
			float sum = model_neural_cnn_explain(&f->network.member, work, &input, k, tokens);
			for (size_t i = 0; i < 13; i++)
				sum += tokens[i];
			g_assert_cmpfloat_with_epsilon(sum, logits[k], 4e-3f);
		}
	}
	g_free(features);
	model_network_work_free(reference);
	model_neural_cnn_work_free(&f->network.member, work);
}

/* Sums of rows, of any number of values, of any number of rows. */
static void test_rows(void)
{
	enum { ROWS = 9, MOST = 200 };
	struct model_random random = model_random_stream(6, 6, 6);
	for (size_t dim = 1; dim <= MOST; dim += dim < 20 ? 1 : 13) {
		float matrix[ROWS * MOST], factors[ROWS], out[MOST], expected[MOST];
		uint32_t numbers[ROWS];
		model_random_fill(&random, 1, matrix, ROWS * dim);
		model_random_fill(&random, 1, factors, ROWS);
		g_autofree void *bytes = model_rows_quantise(matrix, ROWS, dim);
		struct model_rows rows = model_rows_of(bytes, ROWS, dim);
		for (size_t n = 0; n <= ROWS; n++) {
			for (size_t i = 0; i < n; i++)
				numbers[i] = (uint32_t)model_random_below(&random, ROWS);
			for (size_t d = 0; d < dim; d++) {
				out[d] = expected[d] = 1;
				for (size_t i = 0; i < n; i++)
					expected[d] += factors[i] * matrix[numbers[i] * dim + d];
			}
			model_rows_add_scaled(&rows, n, numbers, factors, out);
			for (size_t d = 0; d < dim; d++)
				g_assert_cmpfloat_with_epsilon(out[d], expected[d], 1e-4f);
		}
	}
}

/* Wherever shares are kept, and for how long, features are the same bits: here two places are all there are. */
static void test_few_places(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	enum { COLUMNS = 3 * FILTERS };
	struct model_shares many, few;
	struct model_features *features = g_new0(struct model_features, 1);
	struct model_random random = model_random_stream(8, 8, 8);
	model_shares_init(&many, &f->network);
	model_shares_init(&few, &f->network);
	few.sets = 1;
	for (size_t round = 0; round < 200; round++) {
		uint32_t words[12], ngrams[12];
		float expected[COLUMNS], hidden[COLUMNS];
		random_text(&random, round, features, words, ngrams);
		model_shares_convolve(&many, &f->network, features, NULL, expected);
		model_shares_convolve(&few, &f->network, features, NULL, hidden);
		g_assert_cmpmem(hidden, sizeof hidden, expected, sizeof expected);
	}
	model_shares_clear(&many);
	model_shares_clear(&few);
	g_free(features);
}

/* Writes the head, lets `spoil` replace a section, and opens it again. */
static struct model_classifier *round_trip(const struct fixture *f, const char *spoilt, const void *bytes, size_t len,
                                           GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("kefu-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "head", NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_classifier_save(&f->head, "intent", NULL, writer);
	g_assert_true(corpus_archive_writer_save(writer, path, NULL));
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = corpus_archive_open(path, NULL);
	g_assert_nonnull(archive);
	writer = corpus_archive_writer_new();
	for (size_t i = 0; i < corpus_archive_sections(archive); i++) {
		const char *name = corpus_archive_section_name(archive, i);
		size_t own;
		const void *data = corpus_archive_section(archive, name, &own);
		bool spoil = g_strcmp0(name, spoilt) == 0;
		if (!spoil || bytes)
			corpus_archive_writer_add(writer, name, spoil ? bytes : data, spoil ? len : own);
	}
	corpus_archive_unref(archive);
	g_assert_true(corpus_archive_writer_save(writer, path, NULL));
	corpus_archive_writer_free(writer);
	archive = corpus_archive_open(path, NULL);
	g_assert_nonnull(archive);
	struct model_classifier *classifier = model_classifier_open(archive, "intent", NULL, error);
	if (classifier) { /* what it borrows must still be there while it is looked at */
		const struct model_neural *network = (const struct model_neural *)classifier->members[0];
		g_assert_cmpuint(classifier->n_labels, ==, LABELS);
		g_assert_cmpuint(classifier->n_members, ==, 1);
		g_assert_cmpstr(classifier->labels[1], ==, "b");
		g_assert_cmpint(classifier->outside, ==, 2);
		g_assert_cmpfloat(classifier->full.sharpness, ==, 1.5f);
		g_assert_cmpmem(network->block, 64, f->block, 64);
		g_assert_cmpuint(model_keys_find(&network->word_keys, word_hash(3)), ==, 3);
		g_assert_cmpuint(network->prototypes.rows.n, ==, f->network.prototypes.rows.n);
	}
	corpus_archive_unref(archive);
	g_remove(path);
	g_rmdir(folder);
	return classifier;
}

static void test_saved(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct model_classifier *classifier = round_trip(f, NULL, NULL, 0, &error);
	g_assert_no_error(error);
	model_classifier_free(classifier);
	give_prototypes(f);
	classifier = round_trip(f, NULL, NULL, 0, &error);
	g_assert_no_error(error);
	model_classifier_free(classifier);
}

static void refuse(const struct fixture *f, const char *section, const void *bytes, size_t len, int code)
{
	g_autoptr(GError) error = NULL;
	struct model_classifier *classifier = round_trip(f, section, bytes, len, &error);
	g_assert_null(classifier);
	g_assert_error(error, MODEL_ERROR, code);
}

/* Checksums catch accidents; a file that is whole but says impossible things must be refused as well. */
static void test_refused(struct fixture *f, gconstpointer unused)
{
	(void)unused;
#define SIZES   "\"dim\":7,\"widths\":3,\"filters\":3,\"bag\":4,\"vector_norm\":1"
#define LABELS3 "\"labels\":[\"a\",\"b\",\"c\"]"
#define SCOPE   "\"scope\":{\"weights\":[1,1,1,1,1],\"bias\":0,\"threshold\":0}"
	static const char *const heads[] = {
	    "",
	    "[]",
	    "{}",
	    "nonsense",
	    "{\"version\":3," LABELS3 "}",
	    "{\"version\":2,\"labels\":[1,2,3]}",
	    "{\"version\":2," LABELS3 ",\"members\":0}",
	    "{\"version\":2," LABELS3 ",\"members\":99}",
	    "{\"version\":2," LABELS3 ",\"members\":1,\"full\":{\"weights\":[],\"sharpness\":1," SCOPE "}}",
	    "{\"version\":2," LABELS3 ",\"members\":1,\"full\":{\"weights\":[0],\"sharpness\":1," SCOPE "}}",
	    "{\"version\":2," LABELS3 ",\"members\":1,\"full\":{\"weights\":[-1],\"sharpness\":1," SCOPE "}}",
	    "{\"version\":2," LABELS3 ",\"members\":1,\"full\":{\"weights\":[1],\"sharpness\":\"1\"," SCOPE "}}",
	    "{\"version\":2," LABELS3 ",\"members\":1,\"full\":{\"weights\":[1],\"sharpness\":1}}",
	    /* a member more than there are */
	    "{\"version\":2," LABELS3 ",\"members\":2,\"full\":{\"weights\":[1,1],\"sharpness\":1," SCOPE "}}",
	    /* a first stage by a member that there is not */
	    "{\"version\":2," LABELS3 ",\"members\":1,\"full\":{\"weights\":[1],\"sharpness\":1," SCOPE "},"
	    "\"first\":{\"weights\":[1],\"sharpness\":1," SCOPE "},\"first_member\":1,\"margin\":0.5}",
	    /* one label too few for the weights */
	    "{\"version\":2,\"labels\":[\"a\",\"b\"],\"members\":1,\"full\":{\"weights\":[1],\"sharpness\":1," SCOPE "}}",
	    /* version 1, whose sections are not there */
	    "{\"version\":1,\"arch\":\"cnn\"," LABELS3 "," SIZES ",\"sharpness\":1," SCOPE "}",
	};
	static const char *const members[] = {
	    "",
	    "{}",
	    "{\"arch\":\"oracle\"," SIZES "}",
	    "{\"arch\":\"cnn\"}",
	    "{\"arch\":\"cnn\",\"dim\":0,\"widths\":3,\"filters\":3,\"bag\":4,\"vector_norm\":1}",
	    "{\"arch\":\"cnn\",\"dim\":7,\"widths\":999999999,\"filters\":3,\"bag\":4,\"vector_norm\":1}",
	    "{\"arch\":\"cnn\",\"dim\":7,\"widths\":3,\"filters\":3,\"bag\":4,\"vector_norm\":null}",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
		refuse(f, "intent.meta", heads[i], strlen(heads[i]), MODEL_ERROR_FORMAT);
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		refuse(f, "intent.0.meta", members[i], strlen(members[i]), MODEL_ERROR_FORMAT);
	refuse(f, "intent.meta", NULL, 0, MODEL_ERROR_MISSING);
	refuse(f, "intent.0.meta", NULL, 0, MODEL_ERROR_FORMAT);
	refuse(f, "intent.0.weights", NULL, 0, MODEL_ERROR_FORMAT);
	float kept = f->block[5];
	f->block[5] = NAN;
	refuse(f, NULL, NULL, 0, MODEL_ERROR_FORMAT);
	f->block[5] = kept;
	struct model_key_slot slots[16] = {{0}};
	refuse(f, "intent.0.word_keys", slots, sizeof slots, MODEL_ERROR_FORMAT); /* no keys for five rows */
	for (size_t i = 0; i < 16; i++)
		slots[i] = (struct model_key_slot){(uint32_t)i + 1, (uint32_t)i % WORDS};
	refuse(f, "intent.0.word_keys", slots, sizeof slots, MODEL_ERROR_FORMAT); /* full: a search would not end */
	memcpy(slots, f->word_slots, sizeof slots);
	for (size_t i = 0; i < 16; i++)
		if (slots[i].key)
			slots[i].row = WORDS;
	refuse(f, "intent.0.word_keys", slots, sizeof slots, MODEL_ERROR_FORMAT); /* a row that is not there */
	refuse(f, "intent.0.word_keys", slots, 24, MODEL_ERROR_FORMAT);           /* no power of two */
	refuse(f, "intent.0.words", f->word_bytes, 13, MODEL_ERROR_FORMAT);
	give_prototypes(f);
	static const uint32_t froms[][LABELS + 1] = {{0, 2, 3, 4}, {1, 2, 3, 3}, {0, 3, 2, 3}};
	for (size_t i = 0; i < G_N_ELEMENTS(froms); i++) /* rows that are not there, begin late, go back */
		refuse(f, "intent.0.prototype_from", froms[i], sizeof froms[i], MODEL_ERROR_FORMAT);
	refuse(f, "intent.0.prototype_from", froms[0], 8, MODEL_ERROR_FORMAT);
	refuse(f, "intent.0.prototype_from", NULL, 0, MODEL_ERROR_FORMAT);
	refuse(f, "intent.0.prototypes", NULL, 0, MODEL_ERROR_FORMAT);
	refuse(f, "intent.0.prototypes", f->prototype_bytes, 13, MODEL_ERROR_FORMAT);
}

/* Two stages: the first member alone where it is certain, both where it is not. */
static void test_stages(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct model_neural twin = f->network;
	g_autofree float *block = g_memdup2(f->block, model_network_weights(&f->network.network) * sizeof(float));
	size_t bias = model_network_weights(&f->network.network) - LABELS;
	block[bias + 1] += 50; /* the twin always says b */
	twin.block = block;
	f->head.members[1] = &twin.member;
	f->head.n_members = 2;
	f->head.full.weights[1] = 1;
	f->head.full.scope.threshold = f->head.first.scope.threshold = -1;
	f->head.first.weights[0] = 1;
	f->head.first.sharpness = 1000;
	f->head.first_member = 0;
	struct model_features *features = g_new0(struct model_features, 1);
	struct nlp_document document = {.n_tokens = 13};
	struct model_input input = {&document, features, NULL};
	struct model_random random = model_random_stream(2, 7, 1);
	uint32_t words[12], ngrams[12];
	size_t early = 0, late_b = 0;
	for (size_t round = 1; round < 50; round++) {
		random_text(&random, round, features, words, ngrams);
		for (int certain = 0; certain < 2; certain++) {
			struct model_answer answer;
			struct model_classifier_work *work = model_classifier_work_new(&f->head);
			f->head.margin = certain ? 0 : 2;
			model_classifier_run(&f->head, work, &input, &answer);
			g_assert_cmpint(answer.early, ==, certain);
			g_assert_cmpfloat(answer.probabilities[2], ==, 0); /* the out-of-scope class */
			g_assert_cmpfloat_with_epsilon(answer.probabilities[0] + answer.probabilities[1], 1, 1e-5f);
			early += certain && answer.probabilities[0] > 0.5f;
			late_b += !certain && answer.probabilities[1] > 0.5f;
			model_classifier_work_free(work);
		}
	}
	g_assert_cmpuint(early, >, 5); /* the first stage has an opinion of its own */
	g_assert_cmpuint(late_b, ==, 49);
	g_free(features);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/infer/rows", test_rows);
	g_test_add("/infer/same-logits", struct fixture, NULL, set_up, test_same_logits, tear_down);
	g_test_add("/infer/few-places", struct fixture, NULL, set_up, test_few_places, tear_down);
	g_test_add("/infer/prototypes", struct fixture, NULL, set_up, test_prototypes, tear_down);
	g_test_add("/infer/saved", struct fixture, NULL, set_up, test_saved, tear_down);
	g_test_add("/infer/stages", struct fixture, NULL, set_up, test_stages, tear_down);
	g_test_add("/infer/refused", struct fixture, NULL, set_up, test_refused, tear_down);
	return g_test_run();
}
