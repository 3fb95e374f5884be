/* From labelled texts to the sections of a head:
 *
 *   dataset -> fit -> rows rounded to bytes -> temperature and scope fitted to the rounded network -> sections
 *
 * Calibration comes after the rounding, so that it is made for the very numbers that the file holds. */
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/error.h"
#include "nlp/vectors.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/calibrate.h"
#include "text/classifier.h"
#include "text/dataset.h"
#include "text/recipe.h"
#include "text/scope.h"
#include "train/metrics.h"
#include "train/pool.h"

#define STREAM_NGRAMS UINT64_C(0x4E4752414D)

static const char *const head_names[MODEL_HEADS] = {"intent", "sentiment"};

static bool check_sentiment(const struct model_dataset *dataset, GError **error)
{
	for (guint k = 0; k < dataset->labels->len; k++) {
		const char *label = g_ptr_array_index(dataset->labels, k);
		bool known = false;
		for (int s = 0; s < MODEL_SENTIMENTS; s++)
			known |= strcmp(label, model_sentiment_name((enum model_sentiment)s)) == 0;
		if (!known) {
			g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
			            "sentiment label '%s': use negative, neutral and positive", label);
			return false;
		}
	}
	return true;
}

/* The n-grams' rows start small, so that what is rare stays near nothing; or where the prior left them. */
static float *initial_ngrams(const struct model_dataset *dataset, const struct model_classifier *prior, size_t dim,
                             uint64_t seed)
{
	float *rows = g_new(float, dataset->n_ngrams *dim + 1);
	for (size_t i = 0; i < dataset->n_ngrams; i++) {
		struct model_random random = model_random_stream(seed, STREAM_NGRAMS, dataset->ngram_keys[i]);
		uint32_t row = prior ? model_keys_find(&prior->ngram_keys, dataset->ngram_keys[i]) : UINT32_MAX;
		if (row != UINT32_MAX)
			model_rows_get(&prior->ngrams, row, rows + i * dim);
		else
			model_random_fill(&random, 0.05f, rows + i * dim, dim);
	}
	return rows;
}

/* Filters as the prior has them, and the rows of the last layer for labels that it knows by name. */
static void take_prior(struct model_fit *fit, const struct model_dataset *dataset, const struct model_classifier *prior)
{
	size_t shared = model_conv_weights(&fit->cnn.conv) + model_conv_outputs(&fit->cnn.conv);
	size_t features = model_cnn_features(&fit->cnn);
	memcpy(fit->block, prior->block, shared * sizeof *fit->block);
	struct model_cnn_weights to = model_cnn_view(&fit->cnn, fit->block);
	struct model_cnn_weights from = model_cnn_view(&prior->cnn, (float *)prior->block); /* read only */
	for (guint k = 0; k < dataset->labels->len; k++)
		for (size_t l = 0; l < prior->cnn.labels; l++)
			if (strcmp(g_ptr_array_index(dataset->labels, k), prior->labels[l]) == 0) {
				memcpy(to.out + k * features, from.out + l * features, features * sizeof(float));
				to.out_bias[k] = from.out_bias[l];
			}
}

struct training {
	enum model_head head;
	const struct model_train_options *options;
	struct model_dataset *dataset;
	struct model_classifier *prior; /* may be NULL */
	struct model_recipe recipe;
	struct model_fit fit;
	struct model_pool *pool;
	struct model_classifier classifier;
	float *centroids, *dev_logits, *dev_hidden;
	void *words, *ngrams;
	struct model_key_slot *word_slots, *ngram_slots;
};

static void training_clear(struct training *training)
{
	model_dataset_free(training->dataset);
	model_pool_free(training->pool);
	model_classifier_free(training->prior);
	void *parts[] = {training->fit.block,  training->fit.ngrams, training->centroids,
	                 training->dev_logits, training->dev_hidden, training->words,
	                 training->ngrams,     training->word_slots, training->ngram_slots};
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		g_free(parts[i]);
}

static bool fit_network(struct training *training, GError **error)
{
	struct model_dataset *dataset = training->dataset;
	const struct model_recipe *recipe = &training->recipe;
	struct model_fit *fit = &training->fit;
	uint64_t seed = training->options->seed;
	*fit = (struct model_fit){
	    .cnn = {{dataset->dim, recipe->widths, recipe->filters}, recipe->bag, dataset->labels->len},
	    .words = dataset->words,
	    .n_words = dataset->n_words,
	    .n_word_rows = dataset->n_word_rows,
	    .n_ngrams = dataset->n_ngrams,
	    .train = dataset->train,
	    .n_train = dataset->n_train,
	    .dev = dataset->dev,
	    .n_dev = dataset->n_dev,
	    .seed = seed,
	    .seconds_max = training->options->seconds_max,
	    .on_epoch = training->options->on_epoch,
	    .user = training->options->user,
	};
	fit->block = g_new(float, model_cnn_weights(&fit->cnn));
	model_cnn_init(&fit->cnn, seed, fit->block);
	if (training->prior)
		take_prior(fit, dataset, training->prior);
	fit->ngrams = initial_ngrams(dataset, training->prior, recipe->bag, seed);
	return model_fit_run(fit, recipe, training->pool, error);
}

/* Rounds the tables and gives the classifier its parts. */
static void make_classifier(struct training *training)
{
	struct model_fit *fit = &training->fit;
	struct model_dataset *dataset = training->dataset;
	struct model_classifier *classifier = &training->classifier;
	size_t dim = fit->cnn.conv.dim, bag = fit->cnn.bag;
	training->words = model_rows_quantise(fit->words, fit->n_words, dim);
	training->ngrams = model_rows_quantise(fit->ngrams, fit->n_ngrams, bag);
	*classifier = (struct model_classifier){
	    .cnn = fit->cnn,
	    .labels = (char **)dataset->labels->pdata,
	    .outside = dataset->outside,
	    .vector_norm = training->recipe.vector_norm,
	    .block = fit->block,
	    .words = {.scales = training->words, .n = fit->n_words, .dim = dim},
	    .ngrams = {.scales = training->ngrams, .n = fit->n_ngrams, .dim = bag},
	};
	training->word_slots = model_keys_build(dataset->word_keys, dataset->n_words, &classifier->word_keys.capacity);
	training->ngram_slots = model_keys_build(dataset->ngram_keys, dataset->n_ngrams, &classifier->ngram_keys.capacity);
	classifier->word_keys.slots = training->word_slots;
	classifier->ngram_keys.slots = training->ngram_slots;
}

static void make_centroids(struct training *training)
{
	struct model_fit *fit = &training->fit;
	size_t n = fit->n_train, features = model_cnn_features(&fit->cnn), labels = fit->cnn.labels;
	g_autofree float *logits = g_new(float, n *labels), *hidden = g_new(float, n *features);
	g_autofree int32_t *gold = g_new(int32_t, n);
	model_fit_logits(fit, training->pool, fit->train, n, logits, hidden);
	for (size_t i = 0; i < n; i++)
		gold[i] = fit->train[i].label;
	training->centroids = g_new(float, labels *features);
	model_scope_centroids(n, hidden, features, gold, labels, training->centroids);
	training->classifier.centroids = training->centroids;
}

/* Temperature, scope, and the figures of the report: all on dev. */
static void calibrate(struct training *training, struct model_train_report *report)
{
	const struct model_dataset *dataset = training->dataset;
	struct model_classifier *classifier = &training->classifier;
	size_t labels = classifier->cnn.labels, features = model_cnn_features(&classifier->cnn);
	size_t n = dataset->n_dev, all = n + dataset->n_beyond;
	training->dev_logits = g_new(float, all *labels + 1);
	training->dev_hidden = g_new(float, all *features + 1);
	model_fit_logits(&training->fit, training->pool, dataset->dev, all, training->dev_logits, training->dev_hidden);

	g_autofree float *parts = g_new(float, all *SCOPE_PARTS + 1), *confidence = g_new(float, n + 1);
	g_autofree float *probabilities = g_new(float, labels);
	g_autofree unsigned char *beyond = g_new0(unsigned char, all + 1), *right = g_new0(unsigned char, all + 1);
	g_autofree int32_t *gold = g_new(int32_t, all + 1), *guess = g_new0(int32_t, all + 1);
	for (size_t i = 0; i < all; i++) {
		float *logits = training->dev_logits + i * labels;
		model_scope_parts(logits, labels, training->dev_hidden + i * features, features, training->centroids,
		                  dataset->outside, dataset->dev_known[i], parts + i * SCOPE_PARTS);
		if (dataset->outside >= 0)
			logits[dataset->outside] = MODEL_NO_LOGIT;
		beyond[i] = i >= n;
		gold[i] = dataset->dev[i].label;
		guess[i] = (int32_t)model_argmax(labels, logits);
		right[i] = gold[i] == guess[i];
	}
	/* A handful of texts says little about confidence: then it stays as the loss left it. */
	classifier->sharpness = n >= 20 ? model_calibrate(n, labels, training->dev_logits, gold) : 1.0f;
	model_scope_fit(&classifier->scope, all, parts, beyond, right);
	for (size_t i = 0; i < n; i++) {
		model_softmax(labels, training->dev_logits + i * labels, classifier->sharpness, probabilities);
		confidence[i] = probabilities[guess[i]];
	}
	report->dev_accuracy = model_accuracy(n, gold, guess);
	report->dev_macro_f1 = model_macro_f1(n, gold, guess, labels);
	report->dev_ece = model_calibration_error(n, gold, guess, confidence);
}

static void save(const struct training *training, const struct corpus_examples *train,
                 const struct model_train_report *report, struct corpus_archive_writer *writer)
{
	char data[17];
	g_snprintf(data, sizeof data, "%016" G_GINT64_MODIFIER "x", (guint64)corpus_examples_hash(train));
	json_t *notes =
	    json_pack("{s:s,s:I,s:I,s:I,s:{s:f,s:f,s:f}}", "data", data, "seed", (json_int_t)training->options->seed,
	              "examples", (json_int_t)report->examples, "epochs", (json_int_t)report->epochs, "dev", "accuracy",
	              report->dev_accuracy, "macro_f1", report->dev_macro_f1, "ece", report->dev_ece);
	g_autofree char *name = g_strconcat(training->options->prior ? "prior." : "", head_names[training->head], NULL);
	model_classifier_save(&training->classifier, name, notes, writer);
	json_decref(notes);
}

/* Vectors of the base; NULL without error where it has none. */
static bool base_vectors(struct corpus_archive *base, struct nlp_vectors **vectors, GError **error)
{
	g_autoptr(GError) problem = NULL;
	*vectors = base ? nlp_vectors_from_archive(base, &problem) : NULL;
	if (*vectors || !problem || g_error_matches(problem, NLP_ERROR, NLP_ERROR_MISSING))
		return true;
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

/* The prior of a head in the base, unless one is to be made; NULL without error where there is none. */
static bool open_prior(struct training *training, struct corpus_archive *base, const struct nlp_vectors *vectors,
                       GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autofree char *name = g_strconcat("prior.", head_names[training->head], NULL);
	if (!base || training->options->prior)
		return true;
	training->prior = model_classifier_open(base, name, vectors, &problem);
	if (training->prior) {
		const struct model_cnn *cnn = &training->prior->cnn;
		training->recipe.widths = cnn->conv.widths;
		training->recipe.filters = cnn->conv.filters;
		training->recipe.bag = cnn->bag;
		model_recipe_soften(&training->recipe);
		return true;
	}
	if (g_error_matches(problem, MODEL_ERROR, MODEL_ERROR_MISSING))
		return true;
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

bool model_train_head(enum model_head head, const struct corpus_examples *train, const struct corpus_examples *dev,
                      struct corpus_archive *base, const struct nlp_analyzer *analyzer,
                      const struct model_train_options *options, struct corpus_archive_writer *writer,
                      struct model_train_report *report, GError **error)
{
	gint64 started = g_get_monotonic_time();
	struct corpus_examples *kept = NULL, *held_out = NULL;
	struct nlp_vectors *vectors = NULL;
	struct training training = {.head = head, .options = options};
	const struct corpus_examples *fitted = train;
	if (!dev) {
		corpus_examples_split(train, 10, options->seed, &kept, &held_out);
		fitted = kept;
		dev = held_out;
	}
	training.recipe = model_recipe_for(head, corpus_examples_len(fitted), options->prior);
	if (options->epochs)
		training.recipe.epochs = options->epochs;
	if (options->batch)
		training.recipe.batch = options->batch;
	training.pool = model_pool_new(options->threads ? options->threads : g_get_num_processors());
	bool ok = base_vectors(base, &vectors, error) && open_prior(&training, base, vectors, error);
	if (ok) {
		training.dataset =
		    model_dataset_new(fitted, dev, head == MODEL_HEAD_INTENT ? options->out_of_scope : NULL, true, analyzer,
		                      vectors, training.prior, &training.recipe, options->seed, training.pool, error);
		ok = training.dataset && (head != MODEL_HEAD_SENTIMENT || check_sentiment(training.dataset, error)) &&
		     fit_network(&training, error);
	}
	if (ok) {
		make_classifier(&training);
		make_centroids(&training);
		*report = (struct model_train_report){.examples = corpus_examples_len(train),
		                                      .labels = training.dataset->labels->len,
		                                      .epochs = training.fit.epochs_run,
		                                      .arch = "cnn"};
		calibrate(&training, report);
		report->seconds = (double)(g_get_monotonic_time() - started) / 1e6;
		save(&training, train, report, writer);
	}
	training_clear(&training);
	nlp_vectors_unref(vectors);
	corpus_examples_free(kept);
	corpus_examples_free(held_out);
	return ok;
}

void model_file_begin(struct corpus_archive_writer *writer, const struct corpus_archive *base, bool vectors,
                      uint64_t seed)
{
	corpus_archive_writer_add_all(writer, base, "dictionary");
	if (vectors)
		corpus_archive_writer_add_all(writer, base, "vectors.");
	json_t *meta =
	    json_pack("{s:s,s:s,s:I}", "format", "kefu-model", "version", KEFU_VERSION, "seed", (json_int_t)seed);
	char *text = json_dumps(meta, JSON_COMPACT);
	corpus_archive_writer_add(writer, "meta", text, strlen(text));
	free(text);
	json_decref(meta);
}
