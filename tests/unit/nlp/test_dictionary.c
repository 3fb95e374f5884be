#include "dictionary.h"
#include "lex/dictionary.h"
#include "nlp/error.h"

static const char words[] =
    "研究 100 v\n研究生 80 n\n生命 90 n\n命 30\n起源 60 n\n的 1000 u\n生 20\nT恤 50 n\n卡拉OK 40\n"
    "罕见 1 n\n的命 1\nU盘 1 n\n";

static void test_best_path(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive =
	    compile_dictionary(words, "機 机\nU+5F8C\tkSimplifiedVariant\tU+540E\n", 2, &error);
	g_assert_no_error(error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
	g_assert_no_error(error);
	check_words(analyzer, "研究生命的起源", "研究 生命 的 起源"); /* not the longest word first */
	check_words(analyzer, "研究生的", "研究生 的");
	check_words(analyzer, "的T恤的", "的 T恤 的");
	check_words(analyzer, "的卡拉ok", "的 卡拉ok");
	check_words(analyzer, "的命", "的 命");     /* below the frequency asked for */
	check_words(analyzer, "的罕见", "的 罕见"); /* as well, but the Markov model joins what stands rarely alone */
	check_words(analyzer, "的U盘", "的 U盘");   /* of several scripts, kept all the same */
	check_words(analyzer, "的卡拉okay", "的 卡拉 okay"); /* a word may not end inside another */
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
}

static void test_missing(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *out = g_build_filename(folder, "empty.kefu", NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	corpus_archive_writer_add(writer, "something", "else", 4);
	g_assert_true(corpus_archive_writer_save(writer, out, NULL));
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = corpus_archive_open(out, NULL);
	g_assert_null(nlp_analyzer_new(archive, NULL, &error));
	g_assert_error(error, NLP_ERROR, NLP_ERROR_MISSING);
	g_assert_nonnull(strstr(error->message, "dictionary.words"));
	corpus_archive_unref(archive);
}

static void test_bad_files(void)
{
	static const struct {
		const char *words, *variants;
		int code;
		const char *says;
	} cases[] = {
	    {"研究 viel\n", NULL, NLP_ERROR_FORMAT, "words.txt:1"},
	    {"研究 1\n生命\n", NULL, NLP_ERROR_FORMAT, "words.txt:2"},
	    {"\n\n", NULL, NLP_ERROR_EMPTY, "no words"},
	    {"研究 1\n", "機\n", NLP_ERROR_FORMAT, "variants.txt:1"},
	    {"研究 1\n", "# comment\n機器 机器\n", NLP_ERROR_FORMAT, "variants.txt:2"},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(compile_dictionary(cases[i].words, cases[i].variants, 1, &error));
		g_assert_error(error, NLP_ERROR, cases[i].code);
		g_assert_nonnull(strstr(error->message, cases[i].says));
	}
}

static void test_damaged(void)
{
	uint64_t sound[8] = {1 | (uint64_t)1 << 32}; /* version 1, one unit */
	uint16_t characters[] = {'a'};
	struct nlp_dictionary_bytes bytes = {
	    .words = sound, .words_len = 40, .characters = characters, .characters_len = sizeof characters};
	struct nlp_segmenter segmenter;
	struct nlp_fold *fold = NULL;
	g_assert_true(nlp_dictionary_read(&bytes, &segmenter, &fold, NULL));
	g_clear_pointer(&fold, g_free);
	static const size_t lengths[] = {0, 31, 32, 39, 41, 48};
	for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
		g_autoptr(GError) error = NULL;
		bytes.words_len = lengths[i];
		g_assert_false(nlp_dictionary_read(&bytes, &segmenter, &fold, &error));
		g_assert_error(error, NLP_ERROR, NLP_ERROR_FORMAT);
	}
	bytes.words_len = 40;
	bytes.characters_len = 1;
	g_assert_false(nlp_dictionary_read(&bytes, &segmenter, &fold, NULL));
	bytes.characters_len = 2;
	bytes.hmm = sound;
	bytes.hmm_len = 8;
	g_assert_false(nlp_dictionary_read(&bytes, &segmenter, &fold, NULL));
	g_assert_null(fold);
}

/* Random keys: the trie must know exactly them, with their values. A hash table is the naive twin. */
static void test_trie(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(3);
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	enum { KEYS = 3000, LEN = 6 };
	static uint16_t labels[KEYS][LEN];
	static struct nlp_trie_key keys[KEYS];
	for (size_t i = 0; i < KEYS; i++) {
		/* As strings of 'A'.. in order, so that sorting is by number: base-7 digits of a rising count. */
		size_t number = 20 * i + (size_t)g_rand_int_range(rand, 0, 20);
		for (size_t k = 0; k < LEN; k++) {
			labels[i][LEN - 1 - k] = (uint16_t)(1 + number % 7);
			number /= 7;
		}
		keys[i] = (struct nlp_trie_key){labels[i], LEN, (uint16_t)i};
		char *name = g_malloc0(LEN + 1);
		for (size_t k = 0; k < LEN; k++)
			name[k] = (char)('A' + labels[i][k]);
		g_hash_table_insert(known, name, GUINT_TO_POINTER(i + 1));
	}
	g_autoptr(GArray) units = nlp_trie_build(keys, KEYS);
	struct nlp_trie trie = {(const struct nlp_trie_unit *)(void *)units->data, units->len};
	size_t found = 0;
	for (size_t number = 0; number < 7 * 7 * 7 * 7 * 7 * 7; number++) {
		char name[LEN + 1] = {0};
		uint16_t label[LEN];
		size_t rest = number;
		for (size_t k = 0; k < LEN; k++, rest /= 7) {
			label[LEN - 1 - k] = (uint16_t)(1 + rest % 7);
			name[LEN - 1 - k] = (char)('A' + label[LEN - 1 - k]);
		}
		uint32_t state = 0;
		size_t k = 0;
		while (k < LEN && nlp_trie_step(&trie, &state, label[k]))
			k++;
		guint want = GPOINTER_TO_UINT(g_hash_table_lookup(known, name));
		if (want == 0) {
			g_assert_true(k < LEN || trie.units[state].value == NLP_TRIE_NO_VALUE);
		} else {
			g_assert_cmpuint(k, ==, LEN);
			g_assert_cmpuint(trie.units[state].value, ==, want - 1);
			found++;
		}
	}
	g_assert_cmpuint(found, ==, KEYS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder_open("dictionary");
	g_test_add_func("/dictionary/best-path", test_best_path);
	g_test_add_func("/dictionary/missing", test_missing);
	g_test_add_func("/dictionary/bad-files", test_bad_files);
	g_test_add_func("/dictionary/damaged", test_damaged);
	g_test_add_func("/dictionary/trie", test_trie);
	int status = g_test_run();
	folder_close();
	return status;
}
