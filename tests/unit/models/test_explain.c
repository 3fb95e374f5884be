/* Explanations of every architecture and of heads made of several: parts that sum to the score, words that matter when
 * they are taken away, and the training texts that a model keeps. */
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/kept.h"
#include "models/train.h"
#include "nlp/document.h"
#include "text/classifier.h"

struct fixture {
	char *folder, *path;
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
};

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	f->folder = g_dir_make_tmp("kefu-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "model", NULL);
	f->base = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	f->analyzer = nlp_analyzer_new(f->base, NULL, &error);
	g_assert_no_error(error);
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	nlp_analyzer_unref(f->analyzer);
	corpus_archive_unref(f->base);
	g_remove(f->path);
	g_rmdir(f->folder);
	g_free(f->path);
	g_free(f->folder);
}

static void add(struct corpus_examples *set, const char *text, const char *label)
{
	corpus_examples_add(set, &(struct corpus_example){.text = text, .label = label, .path = "test", .line = 1});
}

static void combine(struct corpus_examples *set, const char *label, const char *const *starts, const char *const *ends,
                    size_t part)
{
	for (size_t i = 0; starts[i]; i++)
		for (size_t j = 0; ends[j]; j++) {
			g_autofree char *text = g_strdup_printf("%s%s", starts[i], ends[j]);
			if ((i + j) % 2 == part)
				add(set, text, label);
		}
}

static struct corpus_examples *intents(size_t part)
{
	static const char *const track[] = {"please tell me where is my ", "can you track my ", "我想知道我的", NULL};
	static const char *const parcels[] = {"order", "parcel today", "delivery now", "订单", "快递到哪了", NULL};
	static const char *const back[] = {"i want to return ", "how do i send back ", "我要退货:", NULL};
	static const char *const goods[] = {"the shoes", "this jacket please", "my phone", "鞋子", "这件衣服", NULL};
	static const char *const bill[] = {"send me the invoice ", "i need a receipt ", "请开发票", NULL};
	static const char *const firm[] = {"for my company", "please", "for tax", "谢谢", "给公司", NULL};
	struct corpus_examples *set = corpus_examples_new();
	combine(set, "track_order", track, parcels, part);
	combine(set, "return_goods", back, goods, part);
	combine(set, "invoice", bill, firm, part);
	return set;
}

static struct model_predictor *train(const struct fixture *f, const struct model_train_options *options, bool vectors)
{
	g_autoptr(GError) error = NULL;
	struct corpus_examples *learned = intents(0);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	struct model_train_report report;
	model_file_begin(writer, f->base, vectors, 1);
	g_assert_true(model_train_head(MODEL_HEAD_INTENT, learned, NULL, vectors ? f->base : NULL, f->analyzer, options,
	                               writer, &report, &error));
	g_test_message("%s: the first stage answers %.2f", options->arch, report.early);
	model_kept_add(MODEL_HEAD_INTENT, learned, writer);
	g_assert_true(corpus_archive_writer_save(writer, f->path, &error));
	corpus_archive_writer_free(writer);
	corpus_examples_free(learned);
	struct model_predictor *predictor = model_predictor_open(f->path, &error);
	g_assert_no_error(error);
	return predictor;
}

struct asking {
	const struct model_predictor *predictor;
	struct model_workspace *workspace;
	struct nlp_document document;
	struct model_prediction prediction;
};

static void ask(struct asking *asking, const char *text)
{
	nlp_document_analyze(&asking->document, model_predictor_analyzer(asking->predictor), text, strlen(text));
	model_predict(asking->predictor, asking->workspace, &asking->document, &asking->prediction);
}

static double score(struct asking *asking, int32_t label, float *tokens)
{
	double sum = (double)model_explain(asking->predictor, asking->workspace, &asking->document, MODEL_HEAD_INTENT,
	                                   label, tokens);
	for (size_t i = 0; i < asking->document.n_tokens; i++)
		sum += (double)tokens[i];
	return sum;
}

/* Scores of two labels differ as the logarithms of their confidences. */
static void check_sums(struct asking *asking, double tolerance)
{
	float tokens[64];
	const struct model_label_score *intents = asking->prediction.intents;
	g_assert_cmpuint(asking->document.n_tokens, <=, G_N_ELEMENTS(tokens));
	g_assert_cmpuint(asking->prediction.n_intents, ==, 3);
	double best = score(asking, intents[0].label, tokens);
	for (size_t i = 1; i < asking->prediction.n_intents; i++) {
		double other = score(asking, intents[i].label, tokens);
		double expected = log((double)intents[0].confidence) - log((double)intents[i].confidence);
		g_assert_cmpfloat_with_epsilon(best - other, expected, tolerance * fmax(1, fabs(expected)));
	}
}

/* What the score of `label` loses without the bytes from..to of the text. */
static double without(struct asking *asking, const char *text, size_t from, size_t to, int32_t label, double before)
{
	float tokens[64];
	g_autofree char *less = g_strdup_printf("%.*s%s", (int)from, text, text + to);
	ask(asking, less);
	return before - score(asking, label, tokens);
}

/* What the most and the least contributing token of a text are worth; false where it has one word only. */
static bool delete_tokens(struct asking *asking, const char *text, double *most, double *least)
{
	float tokens[64];
	int32_t label = asking->prediction.intents[0].label;
	double before = score(asking, label, tokens);
	size_t n = asking->document.n_tokens, top = 0, bottom = 0;
	for (size_t i = 0; i < n; i++) {
		top = tokens[i] > tokens[top] ? i : top;
		bottom = tokens[i] < tokens[bottom] ? i : bottom;
	}
	if (n < 2)
		return false;
	const struct nlp_token a = asking->document.tokens[top], b = asking->document.tokens[bottom];
	*most += without(asking, text, a.byte_start, a.byte_end, label, before);
	*least += without(asking, text, b.byte_start, b.byte_end, label, before);
	return true;
}

static void check_head(struct fixture *f, const struct model_train_options *options, double tolerance)
{
	struct model_predictor *predictor = train(f, options, true);
	struct corpus_examples *asked = intents(1);
	struct asking asking = {.predictor = predictor, .workspace = model_workspace_new(predictor)};
	double most = 0, least = 0;
	size_t texts = 0;
	nlp_document_init(&asking.document);
	for (size_t i = 0; i < corpus_examples_len(asked); i++) {
		const char *text = corpus_examples_get(asked, i)->text;
		ask(&asking, text);
		check_sums(&asking, tolerance);
		texts += delete_tokens(&asking, text, &most, &least);
	}
	g_assert_cmpuint(texts, >, 10);
	g_test_message("%s: without the first %.3f, without the last %.3f", options->arch, most / (double)texts,
	               least / (double)texts);
	g_assert_cmpfloat(most, >, least);
	g_assert_cmpfloat(most, >, 0);
	nlp_document_clear(&asking.document);
	model_workspace_free(asking.workspace);
	model_predictor_unref(predictor);
	corpus_examples_free(asked);
}

static void test_members(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	for (size_t i = 0; model_member_at(i); i++) {
		const char *arch = model_member_at(i)->arch;
		bool linear = strcmp(arch, "svm") == 0 || strcmp(arch, "linear") == 0;
		check_head(f, &(struct model_train_options){.arch = arch, .threads = 1, .seed = 1, .epochs = 12},
		           linear ? 1e-4 : 1e-3);
	}
}

static void test_blends(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct model_train_options options = {.arch = "ensemble", .threads = 1, .seed = 1, .epochs = 12};
	check_head(f, &options, 1e-3);
	options.arch = "cnn";
	options.seeds = 2;
	check_head(f, &options, 1e-3);
}

/* A first stage with a temperature of its own: where it answers, the explanation is of its score, else of all's. */
static void test_first_stage(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct model_train_options options = {.arch = "cnn", .seeds = 2, .threads = 1, .seed = 1, .epochs = 12};
	struct model_predictor *predictor = train(f, &options, true);
	struct model_classifier *head =
	    model_classifier_open(model_predictor_archive(predictor), "intent", model_predictor_vectors(predictor), &error);
	g_assert_no_error(error);
	g_assert_cmpuint(head->n_members, ==, 2);
	head->first = head->full;
	head->first.weights[0] = 1;
	head->first.weights[1] = 0;
	head->first.sharpness = 0.5f * head->full.sharpness;
	head->first.scope.threshold = -1e30f;
	head->first_member = 0;
	struct model_classifier_work *work = model_classifier_work_new(head);
	struct nlp_document document;
	g_autofree struct model_features *features = g_new0(struct model_features, 1);
	nlp_document_init(&document);
	static const char text[] = "how do i send back the shoes for tax";
	nlp_document_analyze(&document, f->analyzer, text, strlen(text));
	model_features_extract(features, &document);
	const struct model_input input = {&document, features, model_predictor_vectors(predictor)};
	for (int early = 0; early < 2; early++) {
		struct model_answer answer;
		float scores[2] = {0};
		head->margin = early ? 0 : 2;
		for (size_t k = 0; k < 2; k++) {
			float tokens[16] = {0};
			scores[k] = model_classifier_explain(head, work, &input, k, tokens);
			for (size_t i = 0; i < document.n_tokens; i++)
				scores[k] += tokens[i];
		}
		model_classifier_run(head, work, &input, &answer);
		g_assert_cmpint(answer.early, ==, early);
		g_assert_cmpfloat_with_epsilon(scores[0] - scores[1],
		                               logf(answer.probabilities[0]) - logf(answer.probabilities[1]), 1e-3f);
	}
	nlp_document_clear(&document);
	model_classifier_work_free(work);
	model_classifier_free(head);
	model_predictor_unref(predictor);
}

/* --- training texts that are kept --- */

static void test_nearest(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	for (int vectors = 0; vectors < 2; vectors++) {
		struct model_train_options options = {.arch = "svm", .threads = 1, .seed = 1};
		struct model_predictor *predictor = train(f, &options, vectors == 1);
		struct corpus_examples *learned = intents(0);
		struct model_kept *kept = model_kept_open(predictor, MODEL_HEAD_INTENT, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(model_kept_len(kept), ==, corpus_examples_len(learned));
		g_assert_null(model_kept_open(predictor, MODEL_HEAD_SENTIMENT, &error));
		g_assert_no_error(error);
		struct nlp_document document;
		nlp_document_init(&document);
		for (size_t i = 0; i < corpus_examples_len(learned); i++) {
			const struct corpus_example *example = corpus_examples_get(learned, i);
			struct model_nearest nearest[3];
			nlp_document_analyze(&document, f->analyzer, example->text, strlen(example->text));
			g_assert_cmpuint(model_kept_nearest(kept, &document, nearest, 3), >=, 1);
			g_assert_cmpfloat_with_epsilon(nearest[0].similarity, 1, 1e-4f);
			g_assert_cmpstr(nearest[0].label, ==, example->label);
			g_assert_cmpfloat(nearest[0].similarity, >=, nearest[1].similarity);
		}
		nlp_document_analyze(&document, f->analyzer, "", 0);
		struct model_nearest nearest[3];
		g_assert_cmpuint(model_kept_nearest(kept, &document, nearest, 3), ==, 0);
		nlp_document_clear(&document);
		model_kept_free(kept);
		model_predictor_unref(predictor);
		corpus_examples_free(learned);
	}
}

static struct corpus_archive *keep(const struct fixture *f, const struct corpus_examples *set)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_kept_add(MODEL_HEAD_INTENT, set, writer);
	g_assert_true(corpus_archive_writer_save(writer, f->path, &error));
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = corpus_archive_open(f->path, &error);
	g_assert_no_error(error);
	return archive;
}

/* Many texts under one label and few under another: both are kept, within the bounds, and the order does not matter. */
static void test_bounded(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	for (int longer = 0; longer < 2; longer++) {
		struct corpus_examples *set = corpus_examples_new(), *backwards = corpus_examples_new();
		for (int i = 0; i < 5000; i++) {
			g_autofree char *text = g_strdup_printf("text number %d%*s.", i, longer ? 400 : 1, "");
			g_autofree char *other = g_strdup_printf("text number %d%*s.", 4999 - i, longer ? 400 : 1, "");
			add(set, text, i < 3 ? "rare" : "often");
			add(backwards, other, 4999 - i < 3 ? "rare" : "often");
		}
		size_t len, len_backwards;
		struct corpus_archive *archive = keep(f, set);
		const void *section_bytes = corpus_archive_section(archive, "intent.nearest", &len);
		g_autofree char *bytes = g_memdup2(section_bytes, len);
		g_assert_cmpuint(len, <=, MODEL_KEPT_BYTES);
		json_t *section = json_loadb(bytes, len, 0, NULL), *texts = json_object_get(section, "texts");
		size_t rare = 0;
		const json_t *labels = json_object_get(section, "labels");
		int number = strcmp(json_string_value(json_array_get(labels, 0)), "rare") == 0 ? 0 : 1;
		g_assert_cmpuint(json_array_size(texts), <=, MODEL_KEPT_TEXTS);
		g_assert_cmpuint(json_array_size(texts), >=, longer ? 500 : MODEL_KEPT_TEXTS);
		for (size_t i = 0; i < json_array_size(texts); i++)
			rare += json_integer_value(json_array_get(json_array_get(texts, i), 0)) == (json_int_t)number;
		g_assert_cmpuint(rare, ==, 3);
		json_decref(section);
		corpus_archive_unref(archive);
		archive = keep(f, backwards);
		const void *again = corpus_archive_section(archive, "intent.nearest", &len_backwards);
		g_assert_true(len == len_backwards && memcmp(bytes, again, len) == 0);
		corpus_archive_unref(archive);
		corpus_examples_free(set);
		corpus_examples_free(backwards);
	}
}

static void test_damaged(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	static const char *const sections[] = {
	    "",
	    "[]",
	    "{\"version\":2,\"labels\":[],\"texts\":[]}",
	    "{\"version\":1,\"labels\":[\"a\"],\"texts\":[[1,\"x\"]]}",
	    "{\"version\":1,\"labels\":[\"a\"],\"texts\":[[-1,\"x\"]]}",
	    "{\"version\":1,\"labels\":[\"a\"],\"texts\":[[0]]}",
	    "{\"version\":1,\"labels\":[7],\"texts\":[[0,\"x\"]]}",
	    "{\"version\":1,\"labels\":[\"a\"],\"texts\":[\"x\"]}",
	    "{\"version\":1,\"labels\":{},\"texts\":[]}",
	};
	struct model_train_options options = {.arch = "svm", .threads = 1, .seed = 1};
	model_predictor_unref(train(f, &options, false));
	struct corpus_archive *whole = corpus_archive_open(f->path, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
		g_autoptr(GError) error = NULL;
		struct corpus_archive_writer *writer = corpus_archive_writer_new();
		for (size_t s = 0; s < corpus_archive_sections(whole); s++) {
			const char *name = corpus_archive_section_name(whole, s);
			size_t len;
			const void *bytes = corpus_archive_section(whole, name, &len);
			if (strcmp(name, "intent.nearest") != 0)
				corpus_archive_writer_add(writer, name, bytes, len);
		}
		corpus_archive_writer_add(writer, "intent.nearest", sections[i], strlen(sections[i]));
		g_assert_true(corpus_archive_writer_save(writer, f->path, &error));
		corpus_archive_writer_free(writer);
		struct model_predictor *predictor = model_predictor_open(f->path, &error);
		g_assert_no_error(error);
		g_assert_null(model_kept_open(predictor, MODEL_HEAD_INTENT, &error));
		g_assert_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT);
		model_predictor_unref(predictor);
	}
	corpus_archive_unref(whole);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	static const struct {
		const char *path;
		void (*run)(struct fixture *f, gconstpointer unused);
	} tests[] = {{"/explain/members", test_members},
	             {"/explain/blends", test_blends},
	             {"/explain/first-stage", test_first_stage},
	             {"/kept/nearest", test_nearest},
	             {"/kept/bounded", test_bounded},
	             {"/kept/damaged", test_damaged}};
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, struct fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
