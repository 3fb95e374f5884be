/* The tagger from marked texts to entities, on sets small enough for every build: units, the network's gradient, roles
 * and groups there and back, the same bytes at any number of threads, and what cannot be learned from. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/example.h"
#include "gradient.h"
#include "layer/crf.h"
#include "models/error.h"
#include "models/tagger.h"
#include "models/train.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"
#include "tagger/infer.h"
#include "tagger/net.h"
#include "tagger/tags.h"
#include "tagger/unit.h"
#include "tensor/random.h"

struct fixture {
	char *folder, *words, *base_path, *model_path, *data_path;
	struct corpus_archive *base;
	struct nlp_analyzer *analyzer;
};

static void set_up(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	static const char dictionary[] =
	    "北京 900\n上海 900\n广州 600\n从 900\n飞到 500\n我要 900\n机票 400\n订 500\n到 900\n";
	g_autoptr(GError) error = NULL;
	f->folder = g_dir_make_tmp("kefu-XXXXXX", NULL);
	f->words = g_build_filename(f->folder, "words.txt", NULL);
	f->base_path = g_build_filename(f->folder, "base", NULL);
	f->model_path = g_build_filename(f->folder, "model", NULL);
	f->data_path = g_build_filename(f->folder, "nlu.yml", NULL);
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
	char *paths[] = {f->words, f->base_path, f->model_path, f->data_path};
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_remove(paths[i]);
		g_free(paths[i]);
	}
	g_rmdir(f->folder);
	g_free(f->folder);
}

/* --- units --- */

/* The pieces of a text, joined by |. */
static char *pieces(struct fixture *f, const char *text)
{
	struct nlp_document document;
	g_autofree struct model_units *units = g_new0(struct model_units, 1);
	GString *joined = g_string_new(NULL);
	nlp_document_init(&document);
	nlp_document_analyze(&document, f->analyzer, text, strlen(text));
	model_units_extract(units, &document);
	for (size_t i = 0; i < units->n; i++) {
		const struct model_unit *unit = &units->units[i];
		g_autofree char *by_place = g_utf8_substring(document.text, unit->start, unit->end);
		g_string_append_printf(joined, "%s%.*s", i ? "|" : "", (int)(unit->byte_end - unit->byte_start),
		                       document.text + unit->byte_start);
		g_assert_true(g_str_has_suffix(joined->str, by_place));
		g_assert_cmpuint(unit->n_marks, >, 0);
	}
	nlp_document_clear(&document);
	return g_string_free(joined, FALSE);
}

static void expect_pieces(struct fixture *f, const char *text, const char *expected)
{
	g_autofree char *got = pieces(f, text);
	g_assert_cmpstr(got, ==, expected);
}

static void test_units(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	expect_pieces(f, "", "");
	expect_pieces(f, "从北京飞到 Oslo!", "从|北|京|飞|到|Oslo|!");
	expect_pieces(f, "the women's", "the|women|'|s");
	expect_pieces(f, "Ünïcode ÉCLAIR", "Ünïcode|ÉCLAIR");
	g_autoptr(GString) text = g_string_new(NULL);
	for (int i = 0; i < 3000; i++)
		g_string_append(text, "京 a ");
	g_autofree char *got = pieces(f, text->str);
	g_assert_cmpuint(strlen(got), ==, MODEL_UNITS_MAX / 2 * strlen("京|a|") - 1);
}

/* --- tags --- */

static void test_tags(void)
{
	static const struct model_slot_label labels[] = {{"city", NULL, NULL}, {"city", "from", NULL}, {"city", "to", "2"}};
	struct model_tags tags;
	uint32_t written[10] = {0};
	struct model_tag_span spans[10];
	model_tags_init(&tags, labels, 3);
	g_assert_cmpint(model_tags_find(&tags, "city", NULL, NULL), ==, 0);
	g_assert_cmpint(model_tags_find(&tags, "city", "to", "2"), ==, 2);
	g_assert_cmpint(model_tags_find(&tags, "city", "to", NULL), ==, -1);
	model_tags_write(&tags, written, 0, 3, 2);
	model_tags_write(&tags, written, 3, 4, 2);
	model_tags_write(&tags, written, 4, 6, 1);
	model_tags_write(&tags, written, 9, 10, 0);
	struct model_crf crf = model_tags_crf(&tags);
	for (size_t i = 1; i < 10; i++)
		g_assert_true(crf.pairs[written[i - 1] * crf.tags + written[i]]);
	g_assert_true(crf.first[written[0]]);
	g_assert_true(crf.last[written[9]]);
	g_assert_false(crf.first[written[1]]);
	g_assert_false(crf.last[written[0]]);
	g_assert_false(crf.pairs[written[0] * crf.tags + written[3]]); /* what begins must end */
	g_assert_cmpuint(model_tags_spans(&tags, written, 10, spans), ==, 4);
	static const struct model_tag_span expected[] = {{0, 3, 2}, {3, 4, 2}, {4, 6, 1}, {9, 10, 0}};
	for (size_t i = 0; i < 4; i++) {
		g_assert_cmpuint(spans[i].from, ==, expected[i].from);
		g_assert_cmpuint(spans[i].to, ==, expected[i].to);
		g_assert_cmpuint(spans[i].label, ==, expected[i].label);
	}
	model_tags_clear(&tags);
}

/* --- the network's gradient --- */

enum { WORDS = 5, LETTERS = 4, MARKS = 3, D = 3, G = 2, M = 2, TEXTS = 3 };

struct network {
	struct model_net net;
	float *block, words[WORDS * D], letters[LETTERS * G], marks[MARKS * M];
	struct model_net_text texts[TEXTS];
	const struct model_net_text *batch[TEXTS];
	struct model_net_work *work;
	struct model_crf_work *crf;
	struct model_net_dropout dropout;
};

static double backward(struct network *n, float *d_block)
{
	static const uint32_t numbers[TEXTS] = {4, 0, 7};
	struct model_net_tables tables = {n->words, n->letters, n->marks};
	model_crf_set(n->crf, n->block + model_net_parts(&n->net).crf);
	model_net_forward(n->work, n->block, &tables, n->batch, TEXTS, &n->dropout, numbers);
	return model_net_backward(n->work, n->block, n->crf, n->batch, 0.5f, 1, d_block);
}

static double network_loss(void *user)
{
	struct network *n = user;
	g_autofree float *unused = g_new0(float, model_net_parts(&n->net).all);
	return backward(n, unused);
}

static void check_rows(struct network *n, float *table, size_t rows, size_t dim, const struct model_row_gradient *d)
{
	g_autofree float *dense = g_new0(float, rows *dim);
	for (size_t i = 0; i < d->n; i++)
		memcpy(dense + d->rows[i] * dim, d->gradient + i * dim, dim * sizeof(float));
	check_gradient(rows * dim, table, dense, network_loss, n, 4e-3);
}

static void test_gradient(void)
{
	static const uint32_t words[] = {0, MODEL_NO_ROW, 3, 1, 4}, letters[] = {0, 1, 1, 3, 2}, marks[] = {2, 0, 1, 0};
	static const uint32_t ends[] = {1, 3, 3, 4, 5}, few[] = {0, 2, 2, 3, 4}, tags[] = {3, 5, 6, 0, 2};
	static const uint32_t one[] = {1}, none[] = {0};
	static const struct model_slot_label labels[] = {{"a", NULL, NULL}, {"b", NULL, NULL}};
	struct model_tags scheme;
	struct network n = {.net = {D, G, M, 3, model_tags_count(2), 2}, .dropout = {0.2f, 0.2f, 0.2f, 0.2f, 0.2f, 5, 1}};
	struct model_net_parts parts = model_net_parts(&n.net);
	struct model_random random = model_random_stream(12, 0, 0);
	struct model_row_gradient d_words, d_letters, d_marks;
	model_tags_init(&scheme, labels, 2);
	struct model_crf crf = model_tags_crf(&scheme);
	n.texts[0] = (struct model_net_text){5, words, letters, ends, marks, few, tags, 1};
	n.texts[1] = (struct model_net_text){1, words + 2, letters, one, marks, none, tags + 4, -1};
	n.texts[2] = (struct model_net_text){3, words + 1, letters, ends, marks, few, tags, 0};
	for (size_t i = 0; i < TEXTS; i++)
		n.batch[i] = &n.texts[i];
	n.block = g_new(float, parts.all);
	model_random_fill(&random, 0.4f, n.block, parts.all);
	model_random_fill(&random, 1, n.words, WORDS * D);
	model_random_fill(&random, 1, n.letters, LETTERS * G);
	model_random_fill(&random, 1, n.marks, MARKS * M);
	n.work = model_net_work_new(&n.net);
	n.crf = model_crf_work_new(&crf);
	g_autofree float *d_block = g_new0(float, parts.all);
	model_row_gradient_init(&d_words, WORDS, D);
	model_row_gradient_init(&d_letters, LETTERS, G);
	model_row_gradient_init(&d_marks, MARKS, M);
	backward(&n, d_block);
	model_net_scatter(n.work, &d_words, &d_letters, &d_marks);
	g_assert_cmpuint(d_words.n, >=, 2);
	g_assert_cmpuint(d_letters.n, >=, 2);
	g_assert_cmpuint(d_marks.n, >=, 1);
	check_gradient(parts.all, n.block, d_block, network_loss, &n, 4e-3);
	check_rows(&n, n.words, WORDS, D, &d_words);
	check_rows(&n, n.letters, LETTERS, G, &d_letters);
	check_rows(&n, n.marks, MARKS, M, &d_marks);
	model_row_gradient_clear(&d_words);
	model_row_gradient_clear(&d_letters);
	model_row_gradient_clear(&d_marks);
	model_net_work_free(n.work);
	model_crf_work_free(n.crf);
	model_tags_clear(&scheme);
	g_free(n.block);
}

/* --- one text at a time --- */

/* The emissions that prediction computes are those that training does. */
static void test_infer(void)
{
	enum { UNITS = 45 };
	static const struct model_slot_label labels[] = {{"a", NULL, NULL}, {"b", NULL, NULL}, {"c", NULL, NULL}};
	struct model_net net = {5, 3, 2, 18, model_tags_count(G_N_ELEMENTS(labels)), 0};
	struct model_net_parts parts = model_net_parts(&net);
	struct model_random random = model_random_stream(3, 0, 0);
	uint32_t words[UNITS], ids[UNITS], ends[UNITS], tags[UNITS] = {0};
	float rows[UNITS * 5];
	g_autofree float *block = g_new(float, parts.all);
	model_random_fill(&random, 0.4f, block, parts.all);
	model_random_fill(&random, 1, rows, G_N_ELEMENTS(rows));
	for (uint32_t i = 0; i < UNITS; i++) {
		words[i] = ids[i] = i;
		ends[i] = i + 1;
	}
	struct model_net_infer *infer = model_net_infer_new(&net, block);
	struct model_net_work *work = model_net_work_new(&net);
	struct model_net_memory memory = {0};
	const struct model_net_tables tables = {rows, rows, rows};
	for (size_t n = 1; n <= UNITS; n = n < 27 ? n + 1 : n + 6) {
		struct model_net_text text = {n, words, ids, ends, ids, ends, tags, -1};
		const struct model_net_text *texts[] = {&text};
		const float *expected = model_net_forward(work, block, &tables, texts, 1, NULL, NULL);
		float *x = model_net_memory_reserve(&memory, &net, n);
		for (size_t t = 0; t < n; t++, x += model_net_inputs(&net)) {
			memcpy(x, rows + t * net.words, net.words * sizeof(float));
			memcpy(x + net.words, rows + t * net.letters, net.letters * sizeof(float));
			memcpy(x + net.words + net.letters, rows + t * net.marks, net.marks * sizeof(float));
		}
		const float *got = model_net_infer_run(infer, &memory, n);
		for (size_t i = 0; i < n * net.tags; i++)
			assert_near((double)got[i], (double)expected[i], 1e-5);
	}
	model_net_memory_clear(&memory);
	model_net_work_free(work);
	model_net_infer_free(infer);
}

/* --- learning --- */

static void add_flights(GString *yaml, const char *const *cities, size_t n)
{
	static const char *const forms[] = {
	    "fly from [%s]{\"entity\": \"city\", \"role\": \"departure\"} to [%s]{\"entity\": \"city\", \"role\": "
	    "\"destination\"}",
	    "to [%s]{\"entity\": \"city\", \"role\": \"destination\"} please, from [%s]{\"entity\": \"city\", \"role\": "
	    "\"departure\"}",
	    "is there rain in [%s](city) or in [%s](city)",
	    "从[%s]{\"entity\": \"city\", \"role\": \"departure\"}飞到[%s]{\"entity\": \"city\", \"role\": "
	    "\"destination\"}",
	};
	g_string_append(yaml, "- intent: fly\n  examples: |\n");
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			if (i == j)
				continue;
			g_string_append(yaml, "    - ");
			size_t form = (i + 2 * j) % 4;
			for (const char *c = forms[form], *city = cities[i]; *c; c++) {
				if (c[0] == '%' && c[1] == 's') {
					g_string_append(yaml, city);
					city = cities[j];
					c++;
				} else {
					g_string_append_c(yaml, *c);
				}
			}
			g_string_append_c(yaml, '\n');
		}
}

/* Two drinks a sentence, told apart by groups. */
static void add_drinks(GString *yaml, const char *const *drinks, size_t n)
{
	static const char *const sizes[] = {"large", "small", "medium"};
	g_string_append(yaml, "- intent: order\n  examples: |\n");
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < 3; j++)
			g_string_append_printf(yaml,
			                       "    - a [%s]{\"entity\": \"size\", \"group\": \"1\"} [%s]{\"entity\": \"drink\", "
			                       "\"group\": \"1\"} and a [%s]{\"entity\": \"size\", \"group\": \"2\"} "
			                       "[%s]{\"entity\": \"drink\", \"group\": \"2\"}\n",
			                       sizes[j], drinks[i], sizes[(i + j) % 3], drinks[(i + j + 1) % n]);
}

static struct corpus_examples *load(struct fixture *f, const char *yaml)
{
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = corpus_examples_new();
	g_assert_true(g_file_set_contents(f->data_path, yaml, -1, NULL));
	corpus_examples_load(set, f->data_path, NULL, &error);
	g_assert_no_error(error);
	return set;
}

static struct corpus_examples *training(struct fixture *f)
{
	static const char *const cities[] = {"Oslo", "New York", "Lima", "北京", "Rome", "San Juan", "上海", "Bonn"};
	static const char *const drinks[] = {"cola", "green tea", "latte", "water"};
	g_autoptr(GString) yaml = g_string_new("version: \"3.1\"\nnlu:\n");
	add_flights(yaml, cities, G_N_ELEMENTS(cities));
	add_drinks(yaml, drinks, G_N_ELEMENTS(drinks));
	g_string_append(yaml, "- intent: greet\n  examples: |\n    - hello\n    - how are you\n    - 你好\n");
	return load(f, yaml->str);
}

/* Cities and drinks that training did not see: their places say what they are. */
static struct corpus_examples *unseen(struct fixture *f)
{
	static const char *const cities[] = {"Quito", "Port Louis", "Graz", "广州"};
	static const char *const drinks[] = {"mocha", "tonic"};
	g_autoptr(GString) yaml = g_string_new("version: \"3.1\"\nnlu:\n");
	add_flights(yaml, cities, G_N_ELEMENTS(cities));
	add_drinks(yaml, drinks, G_N_ELEMENTS(drinks));
	return load(f, yaml->str);
}

static bool train(struct fixture *f, const struct corpus_examples *set, const struct model_tagger_options *options,
                  struct model_tagger_report *report, GError **error)
{
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	model_file_begin(writer, f->base, false, options->seed);
	bool ok = model_train_tagger(set, NULL, f->analyzer, NULL, options, writer, report, error);
	if (ok)
		g_assert_true(corpus_archive_writer_save(writer, f->model_path, NULL));
	corpus_archive_writer_free(writer);
	return ok;
}

static void test_roles_and_groups(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = training(f), *test = unseen(f);
	struct model_tagger_options options = {.threads = 2, .seed = 1};
	struct model_tagger_report report;
	g_assert_true(train(f, set, &options, &report, &error));
	g_assert_cmpuint(report.labels, ==, 7); /* city, its two roles, two sizes, two drinks */
	g_assert_cmpuint(report.overlapping, ==, 0);
	g_assert_cmpuint(report.inside_words, ==, 0);
	struct corpus_archive *archive = corpus_archive_open(f->model_path, &error);
	struct model_tagger *tagger = model_tagger_open(archive, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(model_tagger_knows(tagger, "city"));
	g_assert_false(model_tagger_knows(tagger, "departure"));
	struct model_tagger_test seen, new;
	model_test_tagger(tagger, f->analyzer, set, true, &seen);
	model_test_tagger(tagger, f->analyzer, test, true, &new);
	g_test_message("F1: %.3f on what was learned, %.3f on new names", seen.f1, new.f1);
	g_assert_cmpfloat(seen.f1, >=, 0.99);
	g_assert_cmpfloat(new.f1, >=, 0.85);
	g_assert_cmpuint(new.errors->len + new.exact_texts, ==, new.examples);

	struct nlp_document document;
	struct model_tagger_work *work = model_tagger_work_new(tagger);
	const char *text = "从北京飞到Oslo";
	size_t n;
	nlp_document_init(&document);
	nlp_document_analyze(&document, f->analyzer, text, strlen(text));
	const struct model_slot *slots = model_tagger_run(tagger, work, &document, &n);
	g_assert_cmpuint(n, ==, 2);
	g_assert_cmpstr(slots[0].entity, ==, "city");
	g_assert_cmpstr(slots[0].role, ==, "departure");
	g_assert_null(slots[0].group);
	g_assert_cmpuint(slots[0].start, ==, 1);
	g_assert_cmpuint(slots[0].end, ==, 3);
	g_assert_cmpuint(slots[0].byte_end, ==, 9);
	g_assert_cmpstr(slots[1].role, ==, "destination");
	g_assert_cmpuint(slots[1].end, ==, 9);
	g_assert_cmpfloat(slots[1].confidence, >, 0.5);
	g_assert_cmpfloat(slots[1].confidence, <=, 1);
	nlp_document_analyze(&document, f->analyzer, "", 0);
	(void)model_tagger_run(tagger, work, &document, &n);
	g_assert_cmpuint(n, ==, 0);
	g_autofree char *long_word = g_strnfill(1 << 20, 'a');
	nlp_document_analyze(&document, f->analyzer, long_word, 1 << 20);
	slots = model_tagger_run(tagger, work, &document, &n);
	g_assert_cmpuint(n, <=, MODEL_UNITS_MAX);
	for (size_t i = 0; i < n; i++)
		g_assert_cmpuint(slots[i].byte_end, <=, 1 << 20);
	nlp_document_clear(&document);
	model_tagger_work_free(work);
	model_tagger_test_clear(&seen);
	model_tagger_test_clear(&new);
	model_tagger_free(tagger);
	corpus_archive_unref(archive);
	corpus_examples_free(set);
	corpus_examples_free(test);
}

static char *sha256_after(struct fixture *f, const struct corpus_examples *set, unsigned threads, uint64_t seed)
{
	g_autoptr(GError) error = NULL;
	struct model_tagger_options options = {.threads = threads, .seed = seed, .epochs = 3};
	struct model_tagger_report report;
	g_assert_true(train(f, set, &options, &report, &error));
	g_assert_no_error(error);
	struct corpus_archive *archive = corpus_archive_open(f->model_path, &error);
	char *sha256 = corpus_archive_sha256(archive);
	corpus_archive_unref(archive);
	return sha256;
}

static void test_same_at_any_thread_count(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	struct corpus_examples *set = training(f);
	g_autofree char *one = sha256_after(f, set, 1, 1), *two = sha256_after(f, set, 2, 1),
	                *three = sha256_after(f, set, 3, 1), *other = sha256_after(f, set, 1, 2);
	g_assert_cmpstr(one, ==, two);
	g_assert_cmpstr(one, ==, three);
	g_assert_cmpstr(one, !=, other);
	corpus_examples_free(set);
}

/* --- odd data --- */

static void mark(struct corpus_examples *set, const char *text, const struct corpus_annotation *marks, size_t n)
{
	corpus_examples_add(set, &(struct corpus_example){
	                             .text = text, .path = "test", .line = 1, .annotations = marks, .n_annotations = n});
}

static bool not_food(const char *entity, void *user)
{
	(void)user;
	return strcmp(entity, "food") != 0;
}

static void test_odd_marks(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	static const struct corpus_annotation across[] = {{0, 8, "place", "", NULL, NULL},
	                                                  {4, 12, "place", "", NULL, NULL}};
	static const struct corpus_annotation within[] = {{1, 3, "place", "", NULL, NULL}};
	static const struct corpus_annotation past[] = {{4, 99, "place", "", NULL, NULL},
	                                                {50, 60, "place", "", NULL, NULL}};
	static const struct corpus_annotation blank[] = {{3, 4, "place", "", NULL, NULL}};
	static const struct corpus_annotation other[] = {{0, 3, "food", "", NULL, NULL}};
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = corpus_examples_new();
	struct model_tagger_options options = {.threads = 1, .seed = 1, .epochs = 1, .wants = not_food};
	struct model_tagger_report report;
	g_assert_false(train(f, set, &options, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DATA);
	g_clear_error(&error);
	mark(set, "ham", other, 1);
	g_assert_false(train(f, set, &options, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DATA);
	g_clear_error(&error);
	mark(set, "the end", blank, 1); /* nothing but a space is marked */
	g_assert_false(train(f, set, &options, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DATA);
	g_clear_error(&error);
	mark(set, "New York City", across, 2);
	mark(set, "Oslo", within, 1);
	mark(set, "   ", NULL, 0);
	mark(set, "by Rome", past, 2); /* ends behind the text, begins behind it */
	g_assert_true(train(f, set, &options, &report, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(report.labels, ==, 1);
	g_assert_cmpuint(report.entities, ==, 3);
	g_assert_cmpuint(report.overlapping, ==, 1);
	g_assert_cmpuint(report.inside_words, ==, 2);
	g_assert_cmpuint(report.single_labels, ==, 0);
	corpus_examples_free(set);
}

static bool stop_at_once(unsigned epoch, unsigned epochs, double loss, double dev_f1, void *user)
{
	(void)epochs, (void)loss, (void)dev_f1;
	*(unsigned *)user = epoch;
	return false;
}

static void test_cancelled(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	g_autoptr(GError) error = NULL;
	unsigned last = 0;
	struct corpus_examples *set = training(f);
	struct model_tagger_options options = {.threads = 2, .seed = 1, .on_epoch = stop_at_once, .user = &last};
	struct model_tagger_report report;
	g_assert_false(train(f, set, &options, &report, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_CANCELLED);
	g_assert_cmpuint(last, ==, 1);
	corpus_examples_free(set);
}

/* --- damaged sections, in files whose checksums are right --- */

static void rewrite(struct fixture *f, const struct corpus_archive *from, const char *section, const void *bytes,
                    size_t len)
{
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	for (size_t i = 0; i < corpus_archive_sections(from); i++) {
		const char *name = corpus_archive_section_name(from, i);
		size_t own_len;
		const void *own = corpus_archive_section(from, name, &own_len);
		bool replaced = strcmp(name, section) == 0;
		if (!replaced || bytes)
			corpus_archive_writer_add(writer, name, replaced ? bytes : own, replaced ? len : own_len);
	}
	g_assert_true(corpus_archive_writer_save(writer, f->data_path, NULL));
	corpus_archive_writer_free(writer);
}

static void expect_refused(struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(f->data_path, &error);
	g_assert_no_error(error);
	g_assert_null(model_tagger_open(archive, NULL, &error));
	g_assert_nonnull(error);
	corpus_archive_unref(archive);
}

static void test_damaged_sections(struct fixture *f, gconstpointer unused)
{
	(void)unused;
	static const char *const sections[] = {"slots.meta",        "slots.weights", "slots.word_keys", "slots.words",
	                                       "slots.letter_keys", "slots.letters", "slots.mark_keys", "slots.marks"};
	g_autoptr(GError) error = NULL;
	struct corpus_examples *set = training(f);
	g_autofree char *sha256 = sha256_after(f, set, 2, 1);
	struct corpus_archive *archive = corpus_archive_open(f->model_path, &error);
	for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
		size_t len;
		const void *bytes = corpus_archive_section(archive, sections[i], &len);
		g_assert_nonnull(bytes);
		g_autofree char *copy = g_memdup2(bytes, len);
		rewrite(f, archive, sections[i], NULL, 0);
		expect_refused(f);
		rewrite(f, archive, sections[i], bytes, len - 4);
		expect_refused(f);
		memset(copy, 0xff, MIN(len, 64)); /* NaN, or a key of a row beyond the last */
		rewrite(f, archive, sections[i], copy, len);
		expect_refused(f);
	}
	g_assert_null(model_tagger_open(f->base, NULL, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_MISSING);
	corpus_archive_unref(archive);
	corpus_examples_free(set);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, run) g_test_add(name, struct fixture, NULL, set_up, run, tear_down)
	ADD("/tagger/units", test_units);
	g_test_add_func("/tagger/tags", test_tags);
	g_test_add_func("/tagger/gradient", test_gradient);
	g_test_add_func("/tagger/infer", test_infer);
	ADD("/tagger/roles-and-groups", test_roles_and_groups);
	ADD("/tagger/same-at-any-thread-count", test_same_at_any_thread_count);
	ADD("/tagger/odd-marks", test_odd_marks);
	ADD("/tagger/cancelled", test_cancelled);
	ADD("/tagger/damaged-sections", test_damaged_sections);
	return g_test_run();
}
