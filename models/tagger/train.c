/* From marked examples to the sections of a tagger:
 *
 *   examples -> texts as ids of rows -> network and CRF -> rounded tables, measured once more on dev -> sections */
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "tagger/fit.h"
#include "tagger/tagger.h"
#include "tagger/texts.h"
#include "tensor/random.h"
#include "text/section.h"
#include "train/pool.h"

#define WHOLE_MAX 20000u /* with fewer texts, those held out are learned from as well */

#define STREAM_WEIGHTS UINT64_C(0x534C574754)
#define STREAM_LETTERS UINT64_C(0x534C4C4554)
#define STREAM_MARKS   UINT64_C(0x534C4D4152)

/* Chosen on held-out parts of training data, never on tests. */
static struct model_tagger_recipe recipe_for(size_t examples, const struct model_tagger_options *options)
{
	struct model_tagger_recipe recipe = {
	    .dim = 64,
	    .letters = 48,
	    .marks = 32,
	    .filters = 128,
	    .epochs = 12,
	    .batch = 32,
	    .patience = 8,
	    .rate = 2e-3f,
	    .word_rate = 1e-3f,
	    .row_rate = 4e-3f,
	    .decay = 1e-2f,
	    .warmup = 0.2f,
	    .intent_weight = 0.3f,
	    .drop_words = 0.1f,
	    .drop_letters = 0.2f,
	    .drop_marks = 0.1f,
	    .drop_inputs = 0.3f,
	    .drop_hidden = 0.4f,
	    .vector_norm = 2.0f,
	    .min_texts = 2,
	    .max_letters = 20000,
	};
	if (examples < 2000) {
		recipe.drop_inputs = 0.2f;
		recipe.drop_hidden = 0.3f;
		recipe.epochs = 30;
		recipe.batch = 16;
		recipe.patience = 0;
	}
	if (examples < 400) {
		recipe.epochs = 50;
		recipe.batch = 8;
		recipe.min_texts = 1;
	}
	if (options->epochs)
		recipe.epochs = options->epochs;
	if (options->batch)
		recipe.batch = options->batch;
	return recipe;
}

/* He et al. 2015 for the layers behind which a ReLU follows; what decides begins near zero. */
static float *initial_block(const struct model_net *net, uint64_t seed)
{
	struct model_net_parts parts = model_net_parts(net);
	float *block = g_new0(float, parts.all);
	struct model_random random = model_random_stream(seed, STREAM_WEIGHTS, 0);
	size_t near = parts.b1 - parts.w1, far = parts.b2 - parts.w2, last = parts.bo - parts.wo;
	model_random_fill(&random, sqrtf(2.0f * (float)net->filters / (float)near), block + parts.w1, near);
	model_random_fill(&random, sqrtf(2.0f * (float)net->filters / (float)far), block + parts.w2, far);
	model_random_fill(&random, 0.5f / sqrtf((float)(2 * net->filters)), block + parts.wo, last);
	return block;
}

static float *initial_rows(uint64_t seed, uint64_t stream, const struct model_slot_keys *keys, size_t dim)
{
	float *rows = g_new(float, keys->n *dim + 1);
	for (size_t i = 0; i < keys->n; i++) {
		struct model_random random = model_random_stream(seed, stream, keys->keys[i]);
		model_random_fill(&random, 0.3f, rows + i * dim, dim);
	}
	return rows;
}

static void save_table(struct corpus_archive_writer *writer, const char *keys_part, const char *rows_part,
                       const struct model_slot_keys *keys, const void *bytes, size_t dim)
{
	struct model_keys table;
	struct model_rows rows = model_rows_of(bytes, keys->n, dim);
	g_autofree struct model_key_slot *slots = model_keys_build(keys->keys, keys->n, &table.capacity);
	table.slots = slots;
	model_section_add_table(writer, MODEL_SLOTS_PREFIX, keys_part, rows_part, &table, &rows);
}

static json_t *labels_json(const struct model_tags *tags)
{
	json_t *list = json_array();
	for (size_t l = 0; l < tags->n_labels; l++)
		json_array_append_new(
		    list, json_pack("[s,s?,s?]", tags->labels[l].entity, tags->labels[l].role, tags->labels[l].group));
	return list;
}

struct rounded { /* rows as bytes of their sections */
	void *words, *letters, *marks;
};

static void save(struct corpus_archive_writer *writer, const struct model_slot_texts *texts,
                 const struct model_tagger_fit *fit, const struct rounded *rounded,
                 const struct model_tagger_recipe *recipe, const struct model_tagger_report *report)
{
	const struct model_net *net = &fit->net;
	json_t *meta = json_pack(
	    "{s:i,s:o,s:I,s:I,s:I,s:I,s:f,s:{s:I,s:I,s:I,s:I,s:f}}", "version", MODEL_SLOTS_VERSION, "labels",
	    labels_json(&texts->tags), "dim", (json_int_t)net->words, "letters", (json_int_t)net->letters, "marks",
	    (json_int_t)net->marks, "filters", (json_int_t)net->filters, "vector_norm", (double)recipe->vector_norm,
	    "training", "seed", (json_int_t)fit->seed, "examples", (json_int_t)report->examples, "entities",
	    (json_int_t)report->entities, "epochs", (json_int_t)report->epochs, "dev_f1", report->dev_f1);
	model_section_add_meta(writer, MODEL_SLOTS_PREFIX, meta);
	model_section_add(writer, MODEL_SLOTS_PREFIX, "weights", fit->block, model_net_parts(net).end * sizeof(float));
	save_table(writer, "word_keys", "words", &texts->words, rounded->words, net->words);
	save_table(writer, "letter_keys", "letters", &texts->letters, rounded->letters, net->letters);
	save_table(writer, "mark_keys", "marks", &texts->marks, rounded->marks, net->marks);
}

/* Saves where there is a `writer`. */
static bool fit_and_save(const struct model_slot_texts *texts, const struct model_tagger_recipe *recipe,
                         const struct model_tagger_options *options, struct corpus_archive_writer *writer,
                         struct model_tagger_report *report, GError **error)
{
	struct model_tagger_fit fit = {
	    .net = {texts->dim, recipe->letters, recipe->marks, recipe->filters, model_tags_count(texts->tags.n_labels),
	            texts->intents},
	    .tags = &texts->tags,
	    .words = texts->word_rows,
	    .n_words = texts->words.n,
	    .n_word_rows = texts->n_word_rows,
	    .letters = initial_rows(options->seed, STREAM_LETTERS, &texts->letters, recipe->letters),
	    .n_letters = texts->letters.n,
	    .marks = initial_rows(options->seed, STREAM_MARKS, &texts->marks, recipe->marks),
	    .n_marks = texts->marks.n,
	    .train = texts->train,
	    .n_train = texts->n_train,
	    .dev = texts->dev,
	    .n_dev = texts->n_dev,
	    .seed = options->seed,
	    .seconds_max = options->seconds_max,
	    .on_epoch = options->on_epoch,
	    .user = options->user,
	};
	struct model_pool *pool = model_pool_new(MAX(options->threads, 1));
	fit.block = initial_block(&fit.net, options->seed);
	bool ok = model_tagger_fit_run(&fit, recipe, pool, error);
	report->epochs = fit.epochs_run;
	if (ok) {
		struct rounded rounded = {model_rows_quantise(fit.words, fit.n_words, fit.net.words),
		                          model_rows_quantise(fit.letters, fit.n_letters, fit.net.letters),
		                          model_rows_quantise(fit.marks, fit.n_marks, fit.net.marks)};
		if (texts->n_dev > 0) {
			struct model_tagger_counts dev = model_tagger_fit_dev(&fit, pool);
			report->dev_precision = model_tagger_precision(dev);
			report->dev_recall = model_tagger_recall(dev);
			report->dev_f1 = model_tagger_f1(dev);
		}
		if (writer)
			save(writer, texts, &fit, &rounded, recipe, report);
		g_free(rounded.words);
		g_free(rounded.letters);
		g_free(rounded.marks);
	}
	model_pool_free(pool);
	g_free(fit.block);
	g_free(fit.letters);
	g_free(fit.marks);
	return ok;
}

struct lesson { /* what both passes share */
	const struct nlp_analyzer *analyzer;
	const struct nlp_vectors *vectors;
	const struct model_tagger_options *options;
	struct model_tagger_recipe recipe;
};

/* `writer` NULL: only to measure. */
static bool learn(const struct lesson *lesson, const struct corpus_examples *train, const struct corpus_examples *dev,
                  struct corpus_archive_writer *writer, struct model_tagger_report *report, GError **error)
{
	struct model_slot_texts *texts = model_slot_texts_new(train, dev, lesson->analyzer, lesson->vectors,
	                                                      lesson->options, &lesson->recipe, report, error);
	bool ok = texts && fit_and_save(texts, &lesson->recipe, lesson->options, writer, report, error);
	model_slot_texts_free(texts);
	return ok;
}

/* Few texts are learned from a second time as a whole, after the held-out ones have told how good that is. */
static bool learn_twice(const struct lesson *lesson, const struct corpus_examples *all,
                        struct corpus_archive_writer *writer, struct model_tagger_report *report, GError **error)
{
	struct corpus_examples *kept = NULL, *held_out = NULL;
	struct model_tagger_report first = {0};
	g_autoptr(GError) problem = NULL;
	bool few = corpus_examples_len(all) < WHOLE_MAX;
	corpus_examples_split(all, 10, lesson->options->seed, &kept, &held_out);
	bool ok = learn(lesson, kept, held_out, few ? NULL : writer, &first, &problem);
	bool unmarked = !ok && g_error_matches(problem, MODEL_ERROR, MODEL_ERROR_DATA); /* all marks are held out */
	*report = first;
	if (few && (ok || unmarked)) {
		g_clear_error(&problem);
		*report = (struct model_tagger_report){
		    .dev_precision = first.dev_precision, .dev_recall = first.dev_recall, .dev_f1 = first.dev_f1};
		ok = learn(lesson, all, NULL, writer, report, &problem);
	}
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&problem));
	corpus_examples_free(kept);
	corpus_examples_free(held_out);
	return ok;
}

bool model_train_tagger(const struct corpus_examples *train, const struct corpus_examples *dev,
                        const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors,
                        const struct model_tagger_options *options, struct corpus_archive_writer *writer,
                        struct model_tagger_report *report, GError **error)
{
	gint64 started = g_get_monotonic_time();
	const struct lesson lesson = {analyzer, vectors, options, recipe_for(corpus_examples_len(train), options)};
	*report = (struct model_tagger_report){0};
	bool ok =
	    dev ? learn(&lesson, train, dev, writer, report, error) : learn_twice(&lesson, train, writer, report, error);
	report->seconds = (double)(g_get_monotonic_time() - started) / 1e6;
	return ok;
}
