/* A start for the intents of every shop: filters that lay texts side by side which belong together. */
#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/vectors.h"
#include "text/classifier.h"
#include "text/dataset.h"
#include "text/recipe.h"
#include "train/pool.h"

/* A head of one member and one label without a name, for nobody asks it anything: it is there to start from. */
static void save(struct model_member *member, const struct model_recipe *recipe, size_t texts,
                 struct corpus_archive_writer *writer)
{
	char *labels[] = {(char[]){""}, NULL};
	struct model_classifier head = {.n_labels = 1,
	                                .labels = labels,
	                                .outside = -1,
	                                .members = {member},
	                                .n_members = 1,
	                                .full = {.weights = {1}, .sharpness = 1},
	                                .first_member = -1};
	json_t *notes = json_pack("{s:I,s:i}", "texts", (json_int_t)texts, "epochs", (int)recipe->epochs);
	model_classifier_save(&head, "prior.intent", notes, writer);
	json_decref(notes);
}

/* Texts that have another one of their label. */
static size_t count_paired(const struct model_dataset *dataset)
{
	size_t n = 0;
	for (guint k = 0; k < dataset->labels->len; k++)
		n += dataset->label_texts[k] > 1 ? dataset->label_texts[k] : 0;
	return n;
}

/* The filters, fitted to the dataset's groups. */
static struct model_member *teach(const struct model_dataset *dataset, const struct model_train_options *options,
                                  struct model_pool *pool, struct model_recipe *recipe, unsigned *epochs,
                                  GError **error)
{
	const struct model_member_ops *ops = model_member_find("cnn");
	*recipe = model_recipe_for(MODEL_HEAD_INTENT, ops->arch, dataset->n_train, true);
	if (options->epochs)
		recipe->epochs = options->epochs;
	if (count_paired(dataset) == 0) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
		            "no two of %zu texts have the same label: what belongs together should have one label",
		            dataset->n_train);
		return NULL;
	}
	struct model_lesson lesson = {.dataset = dataset,
	                              .recipe = recipe,
	                              .seed = options->seed,
	                              .seconds_max = options->seconds_max,
	                              .pool = pool,
	                              .on_epoch = options->on_epoch,
	                              .user = options->user};
	struct model_member *member = ops->train(&lesson, error);
	*epochs = lesson.epochs_run;
	return member;
}

bool model_pretrain_intents(const struct corpus_examples *texts, struct corpus_archive *base,
                            const struct nlp_analyzer *analyzer, const struct model_train_options *options,
                            struct corpus_archive_writer *writer, struct model_train_report *report, GError **error)
{
	gint64 started = g_get_monotonic_time();
	struct nlp_vectors *vectors = nlp_vectors_from_archive(base, error);
	if (!vectors)
		return false;
	struct model_pool *pool = model_pool_new(options->threads ? options->threads : g_get_num_processors());
	struct model_dataset *dataset = model_dataset_groups(texts, analyzer, vectors, pool, error);
	struct model_recipe recipe;
	unsigned epochs = 0;
	struct model_member *member = dataset ? teach(dataset, options, pool, &recipe, &epochs, error) : NULL;
	if (member) {
		save(member, &recipe, count_paired(dataset), writer);
		*report = (struct model_train_report){.examples = dataset->n_train,
		                                      .labels = dataset->labels->len,
		                                      .epochs = epochs,
		                                      .arch = member->ops->arch,
		                                      .seconds = (double)(g_get_monotonic_time() - started) / 1e6};
	}
	model_member_free(member);
	model_dataset_free(dataset);
	model_pool_free(pool);
	nlp_vectors_unref(vectors);
	return member != NULL;
}
