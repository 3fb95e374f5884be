/* A head whose file is whole, checksums and all, but says something else: one section of a small head with a member of
 * every architecture is replaced, overwritten in part or cut off. What opens must answer and explain a text.
 *
 * Input: section (1 byte), what is done to it (1), where (2), then the bytes. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"
#include "text/classifier.h"
#include "text/dataset.h"
#include "text/recipe.h"
#include "train/pool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECTION, DEED, WHERE, HEADER = 4 };
enum deed { REPLACE, OVERWRITE, CUT, FLIP, DEEDS };

static struct {
	char *folder, *path;
	struct corpus_archive *base, *head; /* the head as it was made */
	struct nlp_analyzer *analyzer;
} fixed;

static struct corpus_archive *save_and_open(struct corpus_archive_writer *writer)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = NULL;
	if (corpus_archive_writer_save(writer, fixed.path, &error))
		archive = corpus_archive_open(fixed.path, &error);
	g_assert_no_error(error);
	corpus_archive_writer_free(writer);
	g_remove(fixed.path);
	return archive;
}

static void make_base(void)
{
	g_autofree char *words = g_build_filename(fixed.folder, "words", NULL);
	g_assert_true(g_file_set_contents(words, "订单 900\n退货 400\n我的 900\n要 900\n", -1, NULL));
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(nlp_dictionary_compile(writer, words, 1, NULL, NULL));
	g_remove(words);
	fixed.base = save_and_open(writer);
	fixed.analyzer = nlp_analyzer_new(fixed.base, NULL, NULL);
	g_assert_nonnull(fixed.analyzer);
}

static void make_head(void)
{
	static const char *const texts[][2] = {{"where is my order", "track"}, {"我的订单", "track"},
	                                       {"order please", "track"},      {"take it back", "return"},
	                                       {"我要退货", "return"},         {"what a day", "other"},
	                                       {"tell me a story", "other"},   {"i return it", "return"}};
	struct corpus_examples *examples = corpus_examples_new();
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		corpus_examples_add(examples, &(struct corpus_example){.text = texts[i][0], .label = texts[i][1], .path = ""});
	struct model_pool *pool = model_pool_new(1);
	struct model_dataset *dataset = model_dataset_new(examples, examples, "other", fixed.analyzer, NULL, pool, NULL);
	struct model_classifier *head = model_classifier_new(dataset);
	for (size_t i = 0; model_member_at(i) && i < MODEL_MEMBERS_MAX; i++) {
		struct model_recipe recipe = model_recipe_for(MODEL_HEAD_INTENT, model_member_at(i)->arch, 8, false);
		recipe.dim = recipe.widths = recipe.filters = recipe.bag = recipe.hidden = recipe.heads = 2;
		recipe.width = recipe.inner = recipe.batch = 4;
		recipe.epochs = 1;
		struct model_lesson lesson = {.dataset = dataset, .recipe = &recipe, .seed = 1, .pool = pool};
		head->members[head->n_members] = model_member_at(i)->train(&lesson, NULL);
		g_assert_nonnull(head->members[head->n_members]);
		head->full.weights[head->n_members++] = 1;
	}
	head->full.sharpness = head->first.sharpness = 1;
	head->first.weights[0] = 1;
	head->first_member = 0;
	head->margin = 0.99f;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_classifier_save(head, "intent", NULL, writer);
	fixed.head = save_and_open(writer);
	model_classifier_free(head);
	model_dataset_free(dataset);
	model_pool_free(pool);
	corpus_examples_free(examples);
}

static void set_up(void)
{
	fixed.folder = g_dir_make_tmp("fuzz-head-XXXXXX", NULL);
	fixed.path = g_build_filename(fixed.folder, "head", NULL);
	make_base();
	make_head();
	g_rmdir(fixed.folder);
	g_free(fixed.path);
	fixed.path = g_strdup_printf("%s.head", fixed.folder); /* the folder is gone when the process is ended */
}

static GByteArray *spoil(const uint8_t *own, size_t len, const uint8_t *data, size_t size)
{
	GByteArray *bytes = g_byte_array_new();
	size_t where = ((size_t)data[WHERE] << 8 | data[WHERE + 1]) % (len + 1), more = size - HEADER;
	g_byte_array_append(bytes, own, (guint)len);
	switch (data[DEED] % DEEDS) {
	case REPLACE:
		g_byte_array_set_size(bytes, 0);
		g_byte_array_append(bytes, data + HEADER, (guint)more);
		break;
	case OVERWRITE:
		for (size_t i = 0; i < more && where + i < len; i++)
			bytes->data[where + i] = data[HEADER + i];
		break;
	case CUT:
		g_byte_array_set_size(bytes, (guint)where);
		break;
	default:
		for (size_t i = 0; i < more && where + i < len; i++)
			bytes->data[where + i] ^= data[HEADER + i];
	}
	return bytes;
}

static void ask(const struct model_classifier *head)
{
	static const char *const texts[] = {"where is my order 我的订单", "x"};
	struct model_classifier_work *work = model_classifier_work_new(head);
	struct model_features *features = g_new(struct model_features, 1);
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		nlp_document_tokenize(&document, fixed.analyzer, texts[i], strlen(texts[i]));
		struct model_input input = {&document, features, NULL};
		struct model_answer answer;
		model_features_fold(features, &document);
		model_classifier_run(head, work, &input, &answer);
		model_features_extract(features, &document);
		g_autofree float *tokens = g_new0(float, document.n_tokens + 1);
		(void)model_classifier_explain(head, work, &input, head->n_labels - 1, tokens);
	}
	nlp_document_clear(&document);
	g_free(features);
	model_classifier_work_free(work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!fixed.head)
		set_up();
	if (size < HEADER)
		return 0;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	size_t n = corpus_archive_sections(fixed.head);
	for (size_t i = 0; i < n; i++) {
		const char *name = corpus_archive_section_name(fixed.head, i);
		size_t len;
		const uint8_t *own = corpus_archive_section(fixed.head, name, &len);
		if (i == data[SECTION] % n) {
			GByteArray *bytes = spoil(own, len, data, size);
			corpus_archive_writer_add(writer, name, bytes->data, bytes->len);
			g_byte_array_unref(bytes);
		} else {
			corpus_archive_writer_add(writer, name, own, len);
		}
	}
	struct corpus_archive *archive = save_and_open(writer);
	g_autoptr(GError) error = NULL;
	struct model_classifier *head = model_classifier_open(archive, "intent", NULL, &error);
	g_assert_true((head != NULL) == (error == NULL));
	if (head)
		ask(head);
	else
		g_assert_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT);
	model_classifier_free(head);
	corpus_archive_unref(archive);
	return 0;
}
