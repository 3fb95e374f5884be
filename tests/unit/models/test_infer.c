/* Predicting one text through the cache of word shares must give what training's matrix products give. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "tensor/random.h"
#include "text/classifier.h"

enum { WORDS = 5, NGRAMS = 6, DIM = 7, FILTERS = 3, BAG = 4, LABELS = 3 };

struct fixture {
	struct model_classifier classifier;
	float *block, *centroids;
	float words[WORDS * DIM], ngrams[NGRAMS * BAG];
	void *word_bytes, *ngram_bytes;
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
	struct model_cnn cnn = {{DIM, 3, FILTERS}, BAG, LABELS};
	uint32_t word_keys[WORDS], ngram_keys[NGRAMS];
	f->block = g_new(float, model_cnn_weights(&cnn));
	f->centroids = g_new(float, LABELS *model_cnn_features(&cnn));
	model_random_fill(&random, 0.5f, f->block, model_cnn_weights(&cnn));
	model_random_fill(&random, 0.5f, f->centroids, LABELS * model_cnn_features(&cnn));
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
	f->classifier = (struct model_classifier){.cnn = cnn,
	                                          .labels = f->labels,
	                                          .outside = 2,
	                                          .sharpness = 1.5f,
	                                          .vector_norm = 2,
	                                          .block = f->block,
	                                          .centroids = f->centroids,
	                                          .words = {f->word_bytes, NULL, WORDS, DIM},
	                                          .ngrams = {f->ngram_bytes, NULL, NGRAMS, BAG}};
	f->classifier.words.values = (const int8_t *)f->word_bytes + WORDS * sizeof(float);
	f->classifier.ngrams.values = (const int8_t *)f->ngram_bytes + NGRAMS * sizeof(float);
	f->word_slots = model_keys_build(word_keys, WORDS, &f->classifier.word_keys.capacity);
	f->ngram_slots = model_keys_build(ngram_keys, NGRAMS, &f->classifier.ngram_keys.capacity);
	f->classifier.word_keys.slots = f->word_slots;
	f->classifier.ngram_keys.slots = f->ngram_slots;
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_free(f->block);
	g_free(f->centroids);
	g_free(f->word_bytes);
	g_free(f->ngram_bytes);
	g_free(f->word_slots);
	g_free(f->ngram_slots);
}

static void test_same_logits(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct model_classifier_work *work = model_classifier_work_new(&f->classifier);
	struct model_cnn_work *reference = model_cnn_work_new(&f->classifier.cnn);
	struct model_cnn_tables tables = {f->words, f->ngrams};
	struct model_features *features = g_new0(struct model_features, 1);
	struct model_random random = model_random_stream(9, 9, 9);
	for (size_t round = 0; round < 200; round++) {
		uint32_t words[12], ngrams[12];
		size_t n_known = 0;
		features->n_words = round == 0 ? 0 : model_random_below(&random, 12);
		features->n_ngrams = model_random_below(&random, 12);
		for (size_t i = 0; i < features->n_words; i++) { /* every sixth word or so is unknown or the gap */
			size_t row = model_random_below(&random, WORDS + 2);
			words[i] = row < WORDS ? (uint32_t)row : MODEL_NO_ROW;
			features->words[i] = (struct model_feature_word){"w", 1, row == WORDS ? 0 : word_hash(row)};
		}
		for (size_t i = 0; i < features->n_ngrams; i++) {
			size_t row = model_random_below(&random, NGRAMS + 1);
			features->ngrams[i] = row < NGRAMS ? 7 + (uint32_t)row : 12345;
			if (row < NGRAMS)
				ngrams[n_known++] = (uint32_t)row;
		}
		struct model_cnn_text text = {words, ngrams, features->n_words, n_known, 0, 1};
		const struct model_cnn_text *texts[] = {&text};
		const float *expected =
		    model_cnn_forward(reference, &f->classifier.cnn, f->block, &tables, texts, 1, NULL, NULL);
		const float *got = model_classifier_run(&f->classifier, work, features, NULL);
		for (size_t k = 0; k < LABELS; k++)
			g_assert_cmpfloat_with_epsilon(got[k], expected[k], 1e-4f);
		float parts[SCOPE_PARTS], expected_parts[SCOPE_PARTS];
		float known = features->n_ngrams ? (float)n_known / (float)features->n_ngrams : 0;
		model_classifier_scope(&f->classifier, work, parts);
		model_scope_parts(expected, LABELS, model_cnn_hidden(reference), model_cnn_features(&f->classifier.cnn),
		                  f->centroids, 2, known, expected_parts);
		for (size_t i = 0; i < SCOPE_PARTS; i++)
			g_assert_cmpfloat_with_epsilon(parts[i], expected_parts[i], 1e-3f);
	}
	g_free(features);
	model_cnn_work_free(reference);
	model_classifier_work_free(work);
}

/* Writes the head, lets `spoil` replace a section, and opens it again. */
static struct model_classifier *round_trip(const struct fixture *f, const char *spoilt, const void *bytes, size_t len,
                                           GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("kefu-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "head", NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_classifier_save(&f->classifier, "intent", NULL, writer);
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
		g_assert_cmpuint(classifier->cnn.labels, ==, LABELS);
		g_assert_cmpstr(classifier->labels[1], ==, "b");
		g_assert_cmpint(classifier->outside, ==, 2);
		g_assert_cmpfloat(classifier->sharpness, ==, 1.5f);
		g_assert_cmpmem(classifier->block, 64, f->block, 64);
		g_assert_cmpuint(model_keys_find(&classifier->word_keys, word_hash(3)), ==, 3);
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
	static const char *const metas[] = {
	    "",
	    "[]",
	    "{}",
	    "nonsense",
	    "{\"version\":2}",
	    "{\"version\":1,\"dim\":0,\"widths\":3,\"filters\":3,\"bag\":4,\"labels\":[\"a\",\"b\",\"c\"]}",
	    "{\"version\":1,\"dim\":7,\"widths\":999999999,\"filters\":3,\"bag\":4,\"labels\":[\"a\",\"b\",\"c\"]}",
	    "{\"version\":1,\"dim\":7,\"widths\":3,\"filters\":3,\"bag\":4,\"labels\":[1,2,3]}",
	    "{\"version\":1,\"dim\":7,\"widths\":3,\"filters\":3,\"bag\":4,\"labels\":[\"a\",\"b\",\"c\"],\"sharpness\":1,"
	    "\"vector_norm\":1,\"scope\":{\"weights\":[1],\"bias\":0,\"threshold\":0}}",
	    /* one label too few for the weights */
	    "{\"version\":1,\"dim\":7,\"widths\":3,\"filters\":3,\"bag\":4,\"labels\":[\"a\",\"b\"],\"sharpness\":1,"
	    "\"vector_norm\":1,\"scope\":{\"weights\":[1,1,1,1,1],\"bias\":0,\"threshold\":0}}",
	};
	for (size_t i = 0; i < G_N_ELEMENTS(metas); i++)
		refuse(f, "intent.meta", metas[i], strlen(metas[i]), MODEL_ERROR_FORMAT);
	refuse(f, "intent.meta", NULL, 0, MODEL_ERROR_MISSING);
	refuse(f, "intent.weights", NULL, 0, MODEL_ERROR_FORMAT);
	float kept = f->block[5];
	f->block[5] = NAN;
	refuse(f, NULL, NULL, 0, MODEL_ERROR_FORMAT);
	f->block[5] = kept;
	struct model_key_slot slots[16] = {{0}};
	refuse(f, "intent.word_keys", slots, sizeof slots, MODEL_ERROR_FORMAT); /* no keys for five rows */
	for (size_t i = 0; i < 16; i++)
		slots[i] = (struct model_key_slot){(uint32_t)i + 1, (uint32_t)i % WORDS};
	refuse(f, "intent.word_keys", slots, sizeof slots, MODEL_ERROR_FORMAT); /* full: a search would not end */
	memcpy(slots, f->word_slots, sizeof slots);
	for (size_t i = 0; i < 16; i++)
		if (slots[i].key)
			slots[i].row = WORDS;
	refuse(f, "intent.word_keys", slots, sizeof slots, MODEL_ERROR_FORMAT); /* a row that is not there */
	refuse(f, "intent.word_keys", slots, 24, MODEL_ERROR_FORMAT);           /* no power of two */
	refuse(f, "intent.words", f->word_bytes, 13, MODEL_ERROR_FORMAT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/infer/same-logits", struct fixture, NULL, set_up, test_same_logits, tear_down);
	g_test_add("/infer/saved", struct fixture, NULL, set_up, test_saved, tear_down);
	g_test_add("/infer/refused", struct fixture, NULL, set_up, test_refused, tear_down);
	return g_test_run();
}
