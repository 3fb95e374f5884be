/* From labelled texts to the sections of a head:
 *
 *   dataset -> members, each trained on its own -> weights, temperature and scope fitted to all of them -> sections
 *
 * Which members, choose.h decides; team.h trains and asks them. */
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/error.h"
#include "nlp/vectors.h"
#include "text/choose.h"
#include "text/classifier.h"
#include "text/dataset.h"
#include "text/team.h"
#include "train/pool.h"

enum { WORDS_MAX = 28000 /* of the base model in a bot's file, 4 MB at 128 features */ };

enum { REFIT_MOST = 20000 /* training texts; with more, a tenth more changes little */ };

#define SKEWED     10.0 /* the largest label has that many times the texts of the smallest */
#define SKEW_POWER 0.5

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

struct training {
	enum model_head head;
	const struct model_train_options *options;
	struct model_dataset *dataset;
	struct model_classifier *start; /* may be NULL */
	struct model_pool *pool;
	bool own_dev; /* dev was held out of the training texts, not given */
	struct model_classifier *classifier;
};

static void training_clear(struct training *training)
{
	model_dataset_free(training->dataset);
	model_pool_free(training->pool);
	model_classifier_free(training->start);
	model_classifier_free(training->classifier);
}

/* One CNN that learns from what the members say as well as from the labels (Hinton, Vinyals and Dean 2015, "Distilling
 * the Knowledge in a Neural Network"). */
static bool distil(const struct model_team *team, model_subset subset, struct model_team *pupil, GError **error)
{
	g_autofree float *targets = model_team_targets(team, subset, 2);
	model_team_init(pupil, team, team->dataset);
	return model_team_train(pupil, model_member_find("cnn"), team->options->seed, targets, team->options->seconds_max,
	                        error);
}

/* The architecture of the member that has the weight; "ensemble" where several have. */
static const char *arch_of(const struct model_classifier *classifier)
{
	const char *arch = NULL;
	for (size_t i = 0; i < classifier->n_members; i++)
		if (classifier->full.weights[i] > 0)
			arch = arch ? "ensemble" : classifier->members[i]->ops->arch;
	return arch;
}

static bool train_members(struct training *training, struct model_train_report *report, GError **error)
{
	struct model_team like = {
	    .head = training->head, .options = training->options, .start = training->start, .pool = training->pool};
	struct model_team team, pupil = {0};
	struct model_figures figures = {0};
	model_subset subset = 0;
	uint64_t seeds[MODEL_MEMBERS_MAX];
	like.again = training->own_dev && !training->options->distil && !training->options->prior &&
	             training->dataset->n_train < REFIT_MOST;
	model_team_init(&team, &like, training->dataset);
	bool ok = model_choose(&team, report, &subset, error) &&
	          (!training->options->distil || distil(&team, subset, &pupil, error));
	if (ok) {
		training->classifier = training->options->distil
		                           ? model_team_head(&pupil, 1, -1, seeds, &figures)
		                           : model_team_head(&team, subset, model_team_fastest(&team), seeds, &figures);
		report->dev_accuracy = figures.accuracy;
		report->dev_macro_f1 = figures.macro_f1;
		report->dev_ece = figures.ece;
		report->early = figures.early;
		ok = !team.again || model_team_refit(&team, training->classifier, seeds, error);
		report->epochs = team.epochs + pupil.epochs;
	}
	if (ok)
		report->arch = training->options->distil ? "distilled" : arch_of(training->classifier);
	model_team_clear(&team);
	model_team_clear(&pupil);
	return ok;
}

static void save(const struct training *training, const struct corpus_examples *train,
                 const struct model_train_report *report, struct corpus_archive_writer *writer)
{
	char data[17];
	g_snprintf(data, sizeof data, "%016" G_GINT64_MODIFIER "x", (guint64)corpus_examples_hash(train));
	json_t *notes = json_pack("{s:s,s:s,s:I,s:I,s:I,s:{s:f,s:f,s:f}}", "arch", report->arch, "data", data, "seed",
	                          (json_int_t)training->options->seed, "examples", (json_int_t)report->examples, "epochs",
	                          (json_int_t)report->epochs, "dev", "accuracy", report->dev_accuracy, "macro_f1",
	                          report->dev_macro_f1, "ece", report->dev_ece);
	g_autofree char *name = g_strconcat(training->options->prior ? "prior." : "", head_names[training->head], NULL);
	model_classifier_save(training->classifier, name, notes, writer);
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

/* The head to start from: of the model that was named, else the base's prior unless one is to be made; NULL without
 * error where there is none. */
static bool open_start(struct training *training, const struct corpus_archive *base, const struct nlp_vectors *vectors,
                       GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autofree char *prior = g_strconcat("prior.", head_names[training->head], NULL);
	const struct corpus_archive *from = training->options->from;
	if (!from && (!base || training->options->prior))
		return true;
	training->start =
	    model_classifier_open(from ? from : base, from ? head_names[training->head] : prior, vectors, &problem);
	if (training->start || (!from && g_error_matches(problem, MODEL_ERROR, MODEL_ERROR_MISSING)))
		return true;
	g_propagate_error(error, g_steal_pointer(&problem));
	if (from)
		g_prefix_error(error, "the model to start from: ");
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
		training.own_dev = true;
	}
	training.pool = model_pool_new(options->threads ? options->threads : g_get_num_processors());
	bool ok = base_vectors(base, &vectors, error) && open_start(&training, base, vectors, error);
	if (ok) {
		training.dataset = model_dataset_new(fitted, dev, head == MODEL_HEAD_INTENT ? options->out_of_scope : NULL,
		                                     analyzer, vectors, training.pool, error);
		ok = training.dataset && (head != MODEL_HEAD_SENTIMENT || check_sentiment(training.dataset, error));
	}
	if (ok) {
		const struct model_dataset *dataset = training.dataset;
		*report = (struct model_train_report){.examples = corpus_examples_len(train),
		                                      .labels = dataset->labels->len,
		                                      .empty_texts = dataset->odd.empty,
		                                      .duplicates = dataset->odd.duplicates,
		                                      .contradictions = dataset->odd.contradictions,
		                                      .single_labels = dataset->odd.single_labels};
		if (model_dataset_skew(dataset) >= SKEWED)
			model_dataset_weigh(training.dataset, SKEW_POWER);
		ok = train_members(&training, report, error);
	}
	if (ok) {
		report->seconds = (double)(g_get_monotonic_time() - started) / 1e6;
		save(&training, train, report, writer);
	}
	training_clear(&training);
	nlp_vectors_unref(vectors);
	corpus_examples_free(kept);
	corpus_examples_free(held_out);
	return ok;
}

bool model_arch_known(const char *arch, const char **names)
{
	static char all[256];
	static gsize once;
	if (g_once_init_enter(&once)) {
		for (size_t i = 0; model_member_at(i); i++) {
			g_strlcat(all, model_member_at(i)->arch, sizeof all);
			g_strlcat(all, ", ", sizeof all);
		}
		g_strlcat(all, "ensemble, auto", sizeof all);
		g_once_init_leave(&once, 1);
	}
	if (names)
		*names = all;
	return strcmp(arch, "ensemble") == 0 || strcmp(arch, "auto") == 0 || model_member_find(arch) != NULL;
}

/* Of many words the frequent ones: the training texts' own are kept with the head, and what is rarer is hardly ever
 * said. Vectors that cannot be read go along as they are, for the head to say so. */
static void add_vectors(struct corpus_archive_writer *writer, struct corpus_archive *base)
{
	struct nlp_vectors *all = nlp_vectors_from_archive(base, NULL);
	if (all && nlp_vectors_len(all) > WORDS_MAX) {
		struct nlp_vectors *frequent = nlp_vectors_refine(all, WORDS_MAX, 0);
		nlp_vectors_quantise(frequent, writer);
		nlp_vectors_unref(frequent);
	} else {
		corpus_archive_writer_add_all(writer, base, "vectors.");
	}
	nlp_vectors_unref(all);
}

void model_file_begin(struct corpus_archive_writer *writer, struct corpus_archive *base, bool vectors, uint64_t seed)
{
	corpus_archive_writer_add_all(writer, base, "dictionary");
	if (vectors)
		add_vectors(writer, base);
	json_t *meta =
	    json_pack("{s:s,s:s,s:I}", "format", "kefu-model", "version", KEFU_VERSION, "seed", (json_int_t)seed);
	char *text = json_dumps(meta, JSON_COMPACT);
	corpus_archive_writer_add(writer, "meta", text, strlen(text));
	free(text);
	json_decref(meta);
}
