/* Training from texts to answers, on sets small enough for every build: what is learned, that it is learned the same
 * way at any number of threads, and what cannot be learned from. */
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "models/error.h"
#include "models/train.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"

struct fixture {
	char *folder, *words, *base_path, *model_path;
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
};

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	static const char dictionary[] =
	    "订单 900\n物流 500\n快递 600\n退货 400\n退款 500\n发票 300\n你好 800\n我的 900\n在哪 300\n"
	    "什么 900\n时候 800\n申请 500\n开 700\n要 900\n不 900\n很 900\n好 900\n差 600\n天气 300\n";
	g_autoptr(GError) error = NULL;
	f->folder = g_dir_make_tmp("kefu-XXXXXX", NULL);
	f->words = g_build_filename(f->folder, "words.txt", NULL);
	f->base_path = g_build_filename(f->folder, "base", NULL);
	f->model_path = g_build_filename(f->folder, "model", NULL);
	g_assert_true(g_file_set_contents(f->words, dictionary, -1, NULL));
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(nlp_dictionary_compile(writer, f->words, 1, NULL, &error));
	g_assert_true(corpus_archive_writer_save(writer, f->base_path, &error));
	corpus_archive_writer_free(writer);
	f->base = corpus_archive_open(f->base_path, &error);
	g_assert_no_error(error);
	f->analyzer = nlp_analyzer_new(f->base, NULL, &error);
	g_assert_no_error(error);
}

static void tear_down(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	nlp_analyzer_unref(f->analyzer);
	corpus_archive_unref(f->base);
	g_remove(f->words);
	g_remove(f->base_path);
	g_remove(f->model_path);
	g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->words);
	g_free(f->base_path);
	g_free(f->model_path);
}

static void add(struct corpus_examples *set, const char *text, const char *label)
{
	corpus_examples_add(set, &(struct corpus_example){.text = text, .label = label, .path = "test", .line = 1});
}

/* Every start with every end: `part` 0 or 1 takes the even or the odd combinations. */
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
	static const char *const track[] = {"where is my ", "track my ", "status of my ", "我的", "什么时候到:", NULL};
	static const char *const parcels[] = {"order", "parcel", "delivery 12", "订单", "快递", "物流 KF20260718", NULL};
	static const char *const back[] = {"i want to return ", "how do i send back ", "要退货:", "申请退款,", NULL};
	static const char *const goods[] = {"the shoes", "this jacket", "a phone", "鞋", "衣服", NULL};
	static const char *const bill[] = {"send me the invoice ", "i need a receipt ", "开发票", "要发票", NULL};
	static const char *const firm[] = {"for my company", "please", "for tax", "谢谢", "公司", NULL};
	static const char *const sky[] = {"what is the weather in ", "tell me a story about ", "今天天气怎么样", NULL};
	static const char *const towns[] = {"paris", "london", "the moon", "北京", "上海", NULL};
	struct corpus_examples *set = corpus_examples_new();
	combine(set, "track_order", track, parcels, part);
	combine(set, "return_goods", back, goods, part);
	combine(set, "invoice", bill, firm, part);
	combine(set, "out_of_scope", sky, towns, part);
	return set;
}

static bool train(const struct fixture *f, enum model_head head, const struct corpus_examples *set,
                  const struct model_train_options *options, struct model_train_report *report, GError **error)
{
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_file_begin(writer, f->base, true, options->seed);
	bool ok = model_train_head(head, set, NULL, f->base, f->analyzer, options, writer, report, error) &&
	          corpus_archive_writer_save(writer, f->model_path, error);
	corpus_archive_writer_free(writer);
	return ok;
}

static void test_intents(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct corpus_examples *learned = intents(0), *asked = intents(1);
	struct model_train_options options = {.threads = 1, .seed = 1, .out_of_scope = "out_of_scope", .epochs = 20};
	struct model_train_report report;
	g_assert_true(train(f, MODEL_HEAD_INTENT, learned, &options, &report, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(report.examples, ==, corpus_examples_len(learned));
	g_assert_cmpuint(report.labels, ==, 4);
	struct model_predictor *predictor = model_predictor_open(f->model_path, &error);
	g_assert_no_error(error);
	g_assert_false(model_predictor_has(predictor, MODEL_HEAD_SENTIMENT));
	struct model_test_report measured;
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
	add(asked, "who are you", "never_seen");
	g_assert_true(model_test_head(predictor, MODEL_HEAD_INTENT, asked, "out_of_scope", &measured, errors, &error));
	/* New combinations of known words: chance is a third. */
	g_assert_cmpfloat(measured.accuracy, >=, 0.9);
	g_assert_cmpfloat(measured.oos_auroc, >=, 0.9);
	g_assert_cmpuint(measured.unknown_labels, ==, 1);
	g_assert_cmpuint(measured.in_scope + measured.out_of_scope, ==, measured.examples);
	g_assert_cmpuint(errors->len, >=, 1);
	g_assert_false(model_test_head(predictor, MODEL_HEAD_SENTIMENT, asked, NULL, &measured, NULL, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_MISSING);
	model_predictor_unref(predictor);
	corpus_examples_free(learned);
	corpus_examples_free(asked);
}

static struct corpus_examples *moods(size_t part)
{
	static const char *const what[] = {"the shop ", "this phone ", "delivery ", "客服", "衣服", "快递", NULL};
	static const char *const good[] = {"is great", "makes me happy, love it", "很好", "太棒了 👍", NULL};
	static const char *const bad[] = {"is terrible", "broke, what a waste", "很差", "太烂了 😡", NULL};
	static const char *const plain[] = {"arrives on monday?", "costs how much", "什么时候到", "有几种颜色", NULL};
	struct corpus_examples *set = corpus_examples_new();
	combine(set, "positive", what, good, part);
	combine(set, "negative", what, bad, part);
	combine(set, "neutral", what, plain, part);
	return set;
}

static void test_sentiment(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct corpus_examples *learned = moods(0), *asked = moods(1);
	struct model_train_options options = {.threads = 1, .seed = 1, .epochs = 20};
	struct model_train_report report;
	g_assert_true(train(f, MODEL_HEAD_SENTIMENT, learned, &options, &report, &error));
	struct model_predictor *predictor = model_predictor_open(f->model_path, &error);
	g_assert_no_error(error);
	struct model_test_report measured;
	g_assert_true(model_test_head(predictor, MODEL_HEAD_SENTIMENT, asked, NULL, &measured, NULL, &error));
	g_assert_cmpfloat(measured.macro_f1, >=, 0.9);

	struct model_workspace *workspace = model_workspace_new(predictor);
	struct nlp_document document;
	struct model_prediction prediction;
	nlp_document_init(&document);
	static const char *const nothing[] = {"", "   ", "\n"};
	for (size_t i = 0; i < G_N_ELEMENTS(nothing); i++) {
		nlp_document_analyze(&document, model_predictor_analyzer(predictor), nothing[i], strlen(nothing[i]));
		model_predict(predictor, workspace, &document, &prediction);
		g_assert_cmpuint(prediction.n_intents, ==, 0);
		g_assert_cmpint(prediction.sentiment, ==, MODEL_NEUTRAL);
	}
	nlp_document_analyze(&document, model_predictor_analyzer(predictor), "衣服很差", strlen("衣服很差"));
	model_predict(predictor, workspace, &document, &prediction);
	g_assert_cmpint(prediction.sentiment, ==, MODEL_NEGATIVE);
	g_assert_cmpfloat(prediction.sentiment_score, <, 0);
	float sum = 0;
	for (int s = 0; s < MODEL_SENTIMENTS; s++)
		sum += prediction.sentiment_probabilities[s];
	g_assert_cmpfloat_with_epsilon(sum, 1, 1e-4f);
	nlp_document_clear(&document);
	model_workspace_free(workspace);
	model_predictor_unref(predictor);
	corpus_examples_free(learned);
	corpus_examples_free(asked);
}

static char *sha256_after(const struct fixture *f, const struct corpus_examples *set, const char *arch,
                          unsigned threads, uint64_t seed)
{
	struct model_train_options options = {
	    .arch = arch, .threads = threads, .seed = seed, .epochs = 2, .out_of_scope = "out_of_scope"};
	struct model_train_report report;
	g_autoptr(GError) error = NULL;
	g_assert_true(train(f, MODEL_HEAD_INTENT, set, &options, &report, &error));
	struct corpus_archive *archive = corpus_archive_open(f->model_path, &error);
	g_assert_no_error(error);
	char *sha256 = corpus_archive_sha256(archive);
	corpus_archive_unref(archive);
	return sha256;
}

static void test_same_at_any_thread_count(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct corpus_examples *set = intents(0);
	static const char *const archs[] = {"cnn", "rnn", "attention", "ensemble"};
	for (size_t a = 0; a < G_N_ELEMENTS(archs); a++) {
		g_autofree char *one = sha256_after(f, set, archs[a], 1, 1), *three = sha256_after(f, set, archs[a], 3, 1);
		g_assert_cmpstr(three, ==, one);
	}
	g_autofree char *two = sha256_after(f, set, "cnn", 2, 1), *other = sha256_after(f, set, "cnn", 2, 2);
	g_assert_cmpstr(two, !=, other);
	corpus_examples_free(set);
}

/* Every architecture learns what the first one learns, and its file is read again; the parts of an explanation sum to
 * the score of the label. Where there are fast members, they learn all there is, however few epochs the networks have.
 */
static void test_architectures(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	static const struct {
		const char *arch;
		unsigned epochs;
		bool lstm, distil;
	} cases[] = {
	    {"rnn", 12, false, false},     {"rnn", 12, true, false},      {"attention", 12, false, false},
	    {"ensemble", 2, false, false}, {"ensemble", 12, false, true}, {"auto", 2, false, false},
	};
	struct corpus_examples *learned = intents(0), *asked = intents(1);
	for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
		g_autoptr(GError) error = NULL;
		struct model_train_options options = {.arch = cases[c].arch,
		                                      .threads = 1,
		                                      .seed = 1,
		                                      .epochs = cases[c].epochs,
		                                      .lstm = cases[c].lstm,
		                                      .distil = cases[c].distil,
		                                      .budget = 1e6, /* enough on the slowest machine */
		                                      .out_of_scope = "out_of_scope"};
		struct model_train_report report;
		g_assert_true(train(f, MODEL_HEAD_INTENT, learned, &options, &report, &error));
		g_assert_no_error(error);
		struct model_predictor *predictor = model_predictor_open(f->model_path, &error);
		g_assert_no_error(error);
		struct model_test_report measured;
		g_assert_true(model_test_head(predictor, MODEL_HEAD_INTENT, asked, "out_of_scope", &measured, NULL, &error));
		g_assert_cmpfloat(measured.accuracy, >=, 0.85);
		if (strcmp(cases[c].arch, "auto") == 0 || strcmp(cases[c].arch, "ensemble") == 0)
			g_assert_cmpuint(report.n_candidates, >, 1);
		if (options.distil)
			g_assert_cmpstr(report.arch, ==, "distilled");
		model_predictor_unref(predictor);
	}
	corpus_examples_free(learned);
	corpus_examples_free(asked);
}

static bool keep_loss(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user)
{
	(void)epoch, (void)epochs, (void)dev_macro_f1;
	*(double *)user = loss;
	return true;
}

/* Starting from a model: what it knew it still knows, and one label is new. */
static void test_label_added(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct corpus_examples *before = intents(0), *after = intents(0), *asked = intents(1);
	static const char *const mine[] = {"my ", "our ", "change the ", "更改", NULL};
	static const char *const place[] = {"address", "delivery address", "street and town", "地址", "收货地址", NULL};
	combine(after, "address", mine, place, 0);
	combine(asked, "address", mine, place, 1);
	double warm = 0, cold = 0;
	struct model_train_options options = {.threads = 1, .seed = 1, .epochs = 20};
	struct model_train_report report;
	g_assert_true(train(f, MODEL_HEAD_INTENT, before, &options, &report, &error));
	struct corpus_archive *from = corpus_archive_open(f->model_path, &error);
	g_assert_no_error(error);
	options.from = from;
	options.epochs = 1; /* too few to learn anything from nothing */
	options.on_epoch = keep_loss;
	options.user = &warm;
	g_assert_true(train(f, MODEL_HEAD_INTENT, after, &options, &report, &error));
	g_assert_cmpuint(report.labels, ==, 5);
	struct model_predictor *predictor = model_predictor_open(f->model_path, &error);
	g_assert_no_error(error);
	struct model_test_report measured;
	g_assert_true(model_test_head(predictor, MODEL_HEAD_INTENT, asked, NULL, &measured, NULL, &error));
	g_assert_cmpfloat(measured.accuracy, >=, 0.8);
	model_predictor_unref(predictor);
	options.from = NULL; /* so few words that prototypes of random features tell them apart: losses are compared */
	options.user = &cold;
	g_assert_true(train(f, MODEL_HEAD_INTENT, after, &options, &report, &error));
	g_assert_cmpfloat(warm, <, 0.8 * cold);
	options.from = f->base; /* no model: it has no head */
	g_assert_false(train(f, MODEL_HEAD_INTENT, after, &options, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_MISSING);
	corpus_archive_unref(from);
	corpus_examples_free(before);
	corpus_examples_free(after);
	corpus_examples_free(asked);
}

static void refuse(const struct fixture *f, enum model_head head, const struct corpus_examples *set, const char *says)
{
	g_autoptr(GError) error = NULL;
	struct model_train_options options = {.threads = 1, .seed = 1, .epochs = 1};
	struct model_train_report report;
	g_assert_false(train(f, head, set, &options, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DATA);
	g_assert_nonnull(strstr(error->message, says));
	g_assert_false(g_file_test(f->model_path, G_FILE_TEST_EXISTS)); /* nothing half-written */
}

/* Where dev was held out of the training texts, all of them are learned a second time. */
static void test_learned_whole(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = intents(0), *dev = intents(1);
	struct model_train_options options = {.threads = 1, .seed = 1, .epochs = 2};
	struct model_train_report report;
	g_assert_true(train(f, MODEL_HEAD_INTENT, set, &options, &report, &error));
	g_assert_cmpuint(report.epochs, ==, 4);
	options.distil = true; /* the members, and the pupil */
	g_assert_true(train(f, MODEL_HEAD_INTENT, set, &options, &report, &error));
	g_assert_cmpuint(report.epochs, ==, 4);
	options.distil = false;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(
	    model_train_head(MODEL_HEAD_INTENT, set, dev, f->base, f->analyzer, &options, writer, &report, &error));
	g_assert_cmpuint(report.epochs, ==, 2);
	corpus_archive_writer_free(writer);
	corpus_examples_free(set);
	corpus_examples_free(dev);
}

static void test_unusable_data(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct corpus_examples *set = corpus_examples_new();
	refuse(f, MODEL_HEAD_INTENT, set, "0 examples");
	add(set, "hello", "greet");
	add(set, "hi", "greet");
	refuse(f, MODEL_HEAD_INTENT, set, "greet");
	add(set, "bye", "goodbye");
	refuse(f, MODEL_HEAD_SENTIMENT, set, "goodbye");
	add(set, "no label", "");
	refuse(f, MODEL_HEAD_INTENT, set, "test:1");
	corpus_examples_free(set);
}

/* What can be learned from, but hardly as it was meant, is counted. */
static void test_odd_data(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = intents(0);
	add(set, "where is my parcel", "track_order");
	add(set, "Where is my  parcel", "track_order");
	add(set, "where is my parcel", "invoice");
	add(set, " \t", "invoice");
	add(set, "unheard of", "rare");
	struct model_train_options options = {.threads = 1, .seed = 1, .epochs = 1};
	struct model_train_report report;
	g_assert_true(train(f, MODEL_HEAD_INTENT, set, &options, &report, &error));
	g_assert_cmpuint(report.duplicates, ==, 1);
	g_assert_cmpuint(report.contradictions, ==, 1);
	g_assert_cmpuint(report.empty_texts, ==, 1);
	g_assert_cmpuint(report.single_labels, ==, 1);
	corpus_examples_free(set);
}

static void test_one_example_a_label(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = corpus_examples_new();
	add(set, "where is my order", "track_order");
	add(set, "我要退货", "return_goods");
	add(set, "!!!", "noise");
	struct model_train_options options = {.threads = 3, .seed = 1};
	struct model_train_report report;
	g_assert_true(train(f, MODEL_HEAD_INTENT, set, &options, &report, &error));
	struct model_predictor *predictor = model_predictor_open(f->model_path, &error);
	g_assert_no_error(error);
	struct model_test_report measured;
	g_assert_true(model_test_head(predictor, MODEL_HEAD_INTENT, set, NULL, &measured, NULL, &error));
	g_assert_cmpfloat(measured.accuracy, ==, 1);
	model_predictor_unref(predictor);
	corpus_examples_free(set);
}

static bool stop_at_once(unsigned epoch, unsigned epochs, double loss, double dev_macro_f1, void *user)
{
	(void)epochs, (void)loss, (void)dev_macro_f1;
	*(unsigned *)user = epoch;
	return false;
}

static void test_cancelled(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	unsigned last = 0;
	struct corpus_examples *set = intents(0);
	struct model_train_options options = {.threads = 1, .seed = 1, .on_epoch = stop_at_once, .user = &last};
	struct model_train_report report;
	g_assert_false(train(f, MODEL_HEAD_INTENT, set, &options, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_CANCELLED);
	g_assert_cmpuint(last, ==, 1);
	corpus_examples_free(set);
}

static void test_damaged_file(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct corpus_examples *set = intents(0);
	g_autofree char *sha256 = sha256_after(f, set, "cnn", 2, 1), *bytes = NULL;
	gsize len;
	g_assert_nonnull(sha256);
	g_assert_true(g_file_get_contents(f->model_path, &bytes, &len, NULL));
	for (gsize at = 7; at < len; at += len / 23) { /* one bit anywhere, or the end missing */
		for (int cut = 0; cut < 2; cut++) {
			g_autoptr(GError) error = NULL;
			bytes[at] ^= cut ? 0 : 16;
			g_assert_true(g_file_set_contents(f->model_path, bytes, cut ? (gssize)at : (gssize)len, NULL));
			bytes[at] ^= cut ? 0 : 16;
			struct model_predictor *predictor = model_predictor_open(f->model_path, &error);
			if (predictor) { /* a bit between two sections is nobody's */
				g_assert_no_error(error);
				model_predictor_unref(predictor);
				g_assert_false(cut);
			} else {
				g_assert_nonnull(error);
			}
		}
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(model_predictor_open(f->base_path, &error)); /* no model: it has no head */
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_MISSING);
	corpus_examples_free(set);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, run) g_test_add(name, struct fixture, NULL, set_up, run, tear_down)
	ADD("/train/intents", test_intents);
	ADD("/train/sentiment", test_sentiment);
	ADD("/train/same-at-any-thread-count", test_same_at_any_thread_count);
	ADD("/train/architectures", test_architectures);
	ADD("/train/label-added", test_label_added);
	ADD("/train/odd-data", test_odd_data);
	ADD("/train/learned-whole", test_learned_whole);
	ADD("/train/unusable-data", test_unusable_data);
	ADD("/train/one-example-a-label", test_one_example_a_label);
	ADD("/train/cancelled", test_cancelled);
	ADD("/train/damaged-file", test_damaged_file);
	return g_test_run();
}
