/* Training a bot: one model file from data/ and sentiment*.csv of its folder, never from tests/. The file remembers a
 * hash of the examples it was made from; it is stale when they say something else. */
#include <errno.h>
#include <string.h>

#include "bot/error.h"
#include "bot/project.h"
#include "corpora/archive.h"
#include "corpora/example.h"
#include "corpora/nlu.h"
#include "models/error.h"
#include "models/kept.h"
#include "models/tagger.h"
#include "models/train.h"
#include "nlp/document.h"
#include "nlp/error.h"
#include "nlp/vectors.h"

#define SOURCES_SECTION "bot.sources"
#define OUT_OF_SCOPE    "out_of_scope"
#define MARKS_MIN       10u /* with fewer, a tagger takes any new word for an entity: words are only remembered */

struct sources {
	struct corpus_nlu *nlu;            /* NULL where the bot has no NLU data */
	struct corpus_examples *sentiment; /* may be empty */
};

static void sources_clear(struct sources *sources)
{
	if (sources->nlu)
		corpus_nlu_free(sources->nlu);
	corpus_examples_free(sources->sentiment);
	*sources = (struct sources){0};
}

static bool add_sentiment(struct sources *sources, const char *dir, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	return !g_file_test(path, G_FILE_TEST_IS_REGULAR) || corpus_examples_load(sources->sentiment, path, NULL, error);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool sources_load(struct sources *sources, const char *dir, GError **error)
{
	g_autofree char *data = g_build_filename(dir, "data", NULL);
	*sources = (struct sources){.sentiment = corpus_examples_new()};
	if (g_file_test(data, G_FILE_TEST_IS_DIR) && !(sources->nlu = corpus_nlu_load(data, error)))
		return false;
	GDir *listing = g_dir_open(dir, 0, error);
	if (!listing)
		return false;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;
	while ((name = g_dir_read_name(listing)) != NULL)
		if (g_str_has_prefix(name, "sentiment_") && g_str_has_suffix(name, ".csv"))
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(listing);
	g_ptr_array_sort(names, compare_names);
	if (!add_sentiment(sources, dir, "sentiment.csv", error))
		return false;
	for (guint i = 0; i < names->len; i++)
		if (!add_sentiment(sources, dir, names->pdata[i], error))
			return false;
	return true;
}

static size_t count_marks(const struct corpus_examples *examples)
{
	size_t n = 0;
	for (size_t i = 0; i < corpus_examples_len(examples); i++)
		n += corpus_examples_get(examples, i)->n_annotations;
	return n;
}

/* FNV-1a, the end of the string included; NULL is not "". */
static uint64_t hash_on(uint64_t hash, const char *text)
{
	for (const char *c = text; c && *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001B3);
	return (hash ^ (text ? 0 : 1)) * UINT64_C(0x100000001B3);
}

/* Of what is marked in the texts, which corpus_examples_hash() does not see. */
static uint64_t hash_marks(const struct corpus_examples *examples)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);
	for (size_t i = 0; i < corpus_examples_len(examples); i++) {
		const struct corpus_example *example = corpus_examples_get(examples, i);
		for (size_t a = 0; a < example->n_annotations; a++) {
			const struct corpus_annotation *mark = &example->annotations[a];
			g_autofree char *place = g_strdup_printf("%zu %zu %zu", i, mark->start, mark->end);
			hash = hash_on(hash_on(hash_on(hash_on(hash, place), mark->entity), mark->role), mark->group);
		}
	}
	return hash;
}

static char *sources_text(const struct sources *sources)
{
	const struct corpus_examples *examples = sources->nlu ? corpus_nlu_examples(sources->nlu) : NULL;
	return g_strdup_printf("2 %016" G_GINT64_MODIFIER "x %016" G_GINT64_MODIFIER "x %016" G_GINT64_MODIFIER "x",
	                       examples ? corpus_examples_hash(examples) : 0, examples ? hash_marks(examples) : 0,
	                       corpus_examples_hash(sources->sentiment));
}

char *bot_project_model_path(const char *dir)
{
	return g_build_filename(dir, ".kefu", "model.kefu", NULL);
}

bool bot_project_model_is_stale(const char *dir)
{
	g_autofree char *path = bot_project_model_path(dir);
	g_autoptr(GError) ignored = NULL;
	struct corpus_archive *archive = corpus_archive_open(path, &ignored);
	if (!archive)
		return true;
	struct sources sources;
	bool stale = true;
	if (sources_load(&sources, dir, &ignored)) {
		g_autofree char *now = sources_text(&sources);
		size_t len;
		const void *then = corpus_archive_section(archive, SOURCES_SECTION, &len);
		stale = !then || len != strlen(now) || memcmp(then, now, len) != 0;
	}
	sources_clear(&sources);
	corpus_archive_unref(archive);
	return stale;
}

/* The owner's words, which the running bot will segment with. */
static bool load_words(struct nlp_analyzer *analyzer, const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "words.txt", NULL);
	return !g_file_test(path, G_FILE_TEST_EXISTS) || nlp_analyzer_load_words(analyzer, path, error);
}

/* --- training --- */

struct training {
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
	struct corpus_archive_writer *writer;
	void (*on_progress)(const char *line, void *user);
	void *user;
	unsigned threads;
	uint64_t seed;
	const char *head;
};

static void say(const struct training *training, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void say(const struct training *training, const char *format, ...)
{
	if (!training->on_progress)
		return;
	va_list args;
	va_start(args, format);
	g_autofree char *line = g_strdup_vprintf(format, args);
	va_end(args);
	training->on_progress(line, training->user);
}

static bool on_epoch(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user)
{
	const struct training *training = user;
	say(training, "%s: epoch %u of at most %u, loss %.3f, macro F1 on held-out %.3f", training->head, epoch, epochs,
	    loss, dev_macro_f1);
	return true;
}

static bool has_label(const struct corpus_examples *examples, const char *label)
{
	for (size_t i = 0; i < corpus_examples_len(examples); i++)
		if (strcmp(corpus_examples_get(examples, i)->label, label) == 0)
			return true;
	return false;
}

static bool train_head(struct training *training, enum model_head head, const struct corpus_examples *examples,
                       json_t *report, GError **error)
{
	struct model_train_report done = {0};
	struct model_train_options options = {
	    .threads = training->threads, .seed = training->seed, .on_epoch = on_epoch, .user = training};
	if (corpus_examples_len(examples) == 0)
		return true;
	training->head = head == MODEL_HEAD_INTENT ? "intent" : "sentiment";
	if (head == MODEL_HEAD_INTENT && has_label(examples, OUT_OF_SCOPE))
		options.out_of_scope = OUT_OF_SCOPE;
	say(training, "%s: %zu examples", training->head, corpus_examples_len(examples));
	if (!model_train_head(head, examples, NULL, training->base, training->analyzer, &options, training->writer, &done,
	                      error))
		return false;
	model_kept_add(head, examples, training->writer);
	json_object_set_new(report, training->head,
	                    json_pack("{s:s, s:I, s:I, s:i, s:f, s:{s:f, s:f, s:f}}", "arch", done.arch, "examples",
	                              (json_int_t)done.examples, "labels", (json_int_t)done.labels, "epochs",
	                              (int)done.epochs, "seconds", done.seconds, "dev", "accuracy", done.dev_accuracy,
	                              "macro_f1", done.dev_macro_f1, "ece", done.dev_ece));
	return true;
}

static bool on_tagger_epoch(unsigned epoch, unsigned epochs, double loss, double dev_f1, void *user)
{
	if (dev_f1 < 0)
		say(user, "entities: all texts, epoch %u of at most %u, loss %.3f", epoch, epochs, loss);
	else
		say(user, "entities: epoch %u of at most %u, loss %.3f, F1 on held-out %.3f", epoch, epochs, loss, dev_f1);
	return true;
}

/* NULL without an error where the base has none. */
static struct nlp_vectors *open_vectors(const struct training *training, GError **error)
{
	g_autoptr(GError) problem = NULL;
	struct nlp_vectors *vectors = nlp_vectors_from_archive(training->base, &problem);
	if (problem && !g_error_matches(problem, NLP_ERROR, NLP_ERROR_MISSING))
		g_propagate_error(error, g_steal_pointer(&problem));
	return vectors;
}

/* The tagger of a bot whose examples mark entities. What cannot be taught (hundreds of labels) is said, and the words
 * that are marked are remembered all the same. */
static bool train_tagger(struct training *training, const struct corpus_examples *examples, json_t *report,
                         GError **error)
{
	g_autoptr(GError) problem = NULL;
	struct model_tagger_report done = {0};
	const struct model_tagger_options options = {
	    .threads = training->threads, .seed = training->seed, .on_epoch = on_tagger_epoch, .user = training};
	size_t marks = count_marks(examples);
	if (marks < MARKS_MIN)
		return true;
	say(training, "entities: %zu marked in %zu examples", marks, corpus_examples_len(examples));
	struct nlp_vectors *vectors = open_vectors(training, &problem);
	bool ok = !problem && model_train_tagger(examples, NULL, training->analyzer, vectors, &options, training->writer,
	                                         &done, &problem);
	nlp_vectors_unref(vectors);
	if (!ok && g_error_matches(problem, MODEL_ERROR, MODEL_ERROR_DATA)) {
		say(training, "entities: no tagger: %s", problem->message);
		return true;
	}
	if (!ok) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	json_object_set_new(report, "entities",
	                    json_pack("{s:s, s:I, s:I, s:I, s:i, s:f, s:{s:f, s:f, s:f}}", "arch", "cnn-crf", "examples",
	                              (json_int_t)done.examples, "labels", (json_int_t)done.labels, "entities",
	                              (json_int_t)done.entities, "epochs", (int)done.epochs, "seconds", done.seconds, "dev",
	                              "slot_f1", done.dev_f1, "precision", done.dev_precision, "recall", done.dev_recall));
	return true;
}

static bool train_all(struct training *training, const struct sources *sources, const char *out_path, json_t *report,
                      GError **error)
{
	if (sources->nlu && (!train_head(training, MODEL_HEAD_INTENT, corpus_nlu_examples(sources->nlu), report, error) ||
	                     !train_tagger(training, corpus_nlu_examples(sources->nlu), report, error)))
		return false;
	if (!train_head(training, MODEL_HEAD_SENTIMENT, sources->sentiment, report, error))
		return false;
	g_autofree char *text = sources_text(sources), *folder = g_path_get_dirname(out_path);
	corpus_archive_writer_add(training->writer, SOURCES_SECTION, text, strlen(text));
	if (g_mkdir_with_parents(folder, 0755) != 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: cannot make this folder for the model: %s", folder,
		            g_strerror(errno));
		return false;
	}
	return corpus_archive_writer_save(training->writer, out_path, error);
}

bool bot_project_train(const char *dir, const char *base_path, const char *out_path, unsigned threads, uint64_t seed,
                       void (*on_progress)(const char *line, void *user), void *user, json_t **report, GError **error)
{
	int64_t started = g_get_monotonic_time();
	struct training training = {.on_progress = on_progress, .user = user, .threads = threads, .seed = seed};
	struct sources sources = {0};
	json_t *told = json_object();
	bool ok = sources_load(&sources, dir, error) && (training.base = corpus_archive_open(base_path, error)) != NULL &&
	          (training.analyzer = nlp_analyzer_new(training.base, sources.nlu, error)) != NULL &&
	          load_words(training.analyzer, dir, error);
	if (ok) {
		training.writer = corpus_archive_writer_new();
		model_file_begin(training.writer, training.base, true, seed); /* FAQ and recommender use the vectors */
		ok = train_all(&training, &sources, out_path, told, error);
	}
	if (ok && report) {
		json_object_set_new(told, "model", json_string(out_path));
		json_object_set_new(told, "seconds", json_real((double)(g_get_monotonic_time() - started) / 1e6));
		struct corpus_archive *archive = corpus_archive_open(out_path, NULL);
		g_autofree char *sha256 = archive ? corpus_archive_sha256(archive) : NULL;
		if (sha256)
			json_object_set_new(told, "sha256", json_string(sha256));
		if (archive)
			corpus_archive_unref(archive);
		*report = json_incref(told);
	}
	json_decref(told);
	corpus_archive_writer_free(training.writer);
	if (training.analyzer)
		nlp_analyzer_unref(training.analyzer);
	if (training.base)
		corpus_archive_unref(training.base);
	sources_clear(&sources);
	return ok;
}
