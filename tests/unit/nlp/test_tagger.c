#include "dictionary.h"
#include "lex/perceptron.h"
#include "nlp/error.h"
#include "text/segment.h"
#include "text/tagger.h"

static const int32_t nothing[NLP_TAGS][NLP_TAGS];

static bool legal(const uint8_t *tags, size_t n)
{
	bool inside = false;
	for (size_t i = 0; i < n; i++) {
		bool goes_on = tags[i] == NLP_MIDDLE || tags[i] == NLP_END;
		if (goes_on != inside)
			return false;
		inside = tags[i] == NLP_BEGIN || tags[i] == NLP_MIDDLE;
	}
	return !inside;
}

static int64_t sum_of(const uint8_t *tags, size_t n, const int32_t (*scores)[NLP_TAGS],
                      const int32_t (*transition)[NLP_TAGS])
{
	int64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += scores[i][tags[i]] + (i > 0 ? transition[tags[i - 1]][tags[i]] : 0);
	return sum;
}

/* All rows of tags are tried: the best legal one must be as good as Viterbi's. */
static void test_viterbi(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(5);
	for (int round = 0; round < 300; round++) {
		int32_t scores[6][NLP_TAGS], transition[NLP_TAGS][NLP_TAGS];
		uint8_t tags[6], from[6 * NLP_TAGS];
		size_t n = 1 + (size_t)round % 6;
		for (size_t i = 0; i < n; i++)
			for (unsigned t = 0; t < NLP_TAGS; t++)
				scores[i][t] = g_rand_int_range(rand, -50, 50);
		for (unsigned a = 0; a < NLP_TAGS; a++)
			for (unsigned b = 0; b < NLP_TAGS; b++)
				transition[a][b] = g_rand_int_range(rand, -50, 50);
		nlp_tagger_viterbi((const int32_t(*)[NLP_TAGS])scores, (const int32_t(*)[NLP_TAGS])transition, n, from, tags);
		g_assert_true(legal(tags, n));
		int64_t best = INT64_MIN;
		for (unsigned code = 0; code < 1u << 2 * n; code++) {
			uint8_t row[6];
			for (size_t i = 0; i < n; i++)
				row[i] = code >> 2 * i & 3;
			if (legal(row, n))
				best = MAX(best,
				           sum_of(row, n, (const int32_t(*)[NLP_TAGS])scores, (const int32_t(*)[NLP_TAGS])transition));
		}
		g_assert_cmpint(sum_of(tags, n, (const int32_t(*)[NLP_TAGS])scores, (const int32_t(*)[NLP_TAGS])transition), ==,
		                best);
	}
}

/* What may not be: a word that is never ended, whatever the scores say. */
static void test_illegal_wishes(void)
{
	const int32_t scores[3][NLP_TAGS] = {{[NLP_END] = 100}, {[NLP_BEGIN] = 100}, {[NLP_MIDDLE] = 100}};
	uint8_t tags[3], from[3 * NLP_TAGS];
	for (size_t n = 1; n <= 3; n++) {
		nlp_tagger_viterbi(scores, nothing, n, from, tags);
		g_assert_true(legal(tags, n));
	}
}

static uint32_t lookup(const struct nlp_tagger *tagger, uint64_t hash, int8_t weight[NLP_TAGS])
{
	const struct nlp_tagger_line *line = &tagger->lines[nlp_tagger_line_of(hash, tagger->header->lines)];
	for (uint32_t k = 0; k < NLP_TAGGER_LINE_SLOTS; k++)
		if (line->check[k] == (uint16_t)hash) {
			memcpy(weight, line->weight[k], NLP_TAGS);
			return 1;
		}
	return 0;
}

/* Packed weights are the old ones to half a step; where there is no room the small ones go. */
static void test_pack(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	g_autoptr(GArray) features = g_array_new(FALSE, FALSE, sizeof(struct nlp_feature_weights));
	const double transition[NLP_TAGS][NLP_TAGS] = {[NLP_END][NLP_BEGIN] = 3};
	for (uint64_t i = 0; i < 5000; i++) {
		struct nlp_feature_weights feature = {.hash = (uint64_t)g_rand_int(rand) << 32 | g_rand_int(rand)};
		for (unsigned t = 0; t < NLP_TAGS; t++)
			feature.weight[t] = (float)g_rand_double_range(rand, -10, 10);
		g_array_append_val(features, feature);
	}
	for (size_t room = 0; room <= 1u << 20; room += 1u << 15) {
		size_t len, kept, found = 0;
		struct nlp_tagger tagger;
		g_autofree void *bytes = nlp_tagger_pack(features, transition, room, &len, &kept);
		g_assert_cmpuint(len, <=, MAX(room, 128));
		g_assert_true(nlp_tagger_read(bytes, len, &tagger));
		g_assert_cmpint(tagger.header->transition[NLP_END][NLP_BEGIN], ==, (int)(3 / tagger.header->step + 0.5F));
		for (guint i = 0; i < features->len; i++) {
			const struct nlp_feature_weights *feature = &g_array_index(features, struct nlp_feature_weights, i);
			int8_t weight[NLP_TAGS];
			if (!lookup(&tagger, feature->hash, weight))
				continue;
			found++;
			for (unsigned t = 0; t < NLP_TAGS && room >= 1u << 19; t++)
				g_assert_cmpfloat_with_epsilon(feature->weight[t], (float)weight[t] * tagger.header->step,
				                               0.51 * tagger.header->step);
		}
		g_assert_cmpuint(kept, <=, found);
		if (room >= 1u << 19)
			g_assert_cmpuint(kept, >, 4600); /* a line may be full all the same */
	}
}

static void test_damaged(void)
{
	struct {
		struct nlp_tagger_header header;
		struct nlp_tagger_line lines[2];
	} section = {.header = {.version = NLP_TAGGER_VERSION, .lines = 2}};
	struct nlp_tagger tagger;
	g_assert_true(nlp_tagger_read(&section, sizeof section, &tagger));
	for (size_t len = 0; len < sizeof section; len += 4)
		g_assert_false(nlp_tagger_read(&section, len, &tagger));
	static const uint32_t lines[] = {0, 1, 3, NLP_TAGGER_LINES_MAX + 1, UINT32_MAX};
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		section.header.lines = lines[i];
		g_assert_false(nlp_tagger_read(&section, sizeof section, &tagger));
	}
	section.header = (struct nlp_tagger_header){.version = NLP_TAGGER_VERSION + 1, .lines = 2};
	g_assert_false(nlp_tagger_read(&section, sizeof section, &tagger));
}

/* A model whose tagger is cut off is refused as a whole. */
static void test_refused(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *base = compile_dictionary("研究 100\n生命 90\n", NULL, 1, &error);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_autofree char *path = file_path("cut.kefu");
	corpus_archive_writer_add_all(writer, base, "dictionary");
	corpus_archive_writer_add(writer, "dictionary.tagger", "\1\0\0\0\1\0\0\0", 8);
	g_assert_true(corpus_archive_writer_save(writer, path, &error));
	struct corpus_archive *archive = corpus_archive_open(path, &error);
	g_assert_null(nlp_analyzer_new(archive, NULL, &error));
	g_assert_error(error, NLP_ERROR, NLP_ERROR_FORMAT);
	g_assert_nonnull(strstr(error->message, "dictionary.tagger"));
	corpus_archive_unref(archive);
	corpus_archive_unref(base);
	corpus_archive_writer_free(writer);
}

/* Any weights at all: tokens stay in the text and in order, and their forms are theirs. */
static void test_any_weights(void)
{
	static const char text[] = "２０２６年７月，iPhone15 的 T恤·克林顿！！ 哈哈哈哈 (^_^) 5折 kefu@example.com 我我我";
	g_autoptr(GError) error = NULL;
	g_autoptr(GRand) rand = g_rand_new_with_seed(11);
	struct corpus_archive *base = compile_dictionary("研究 100\nT恤 90\n5折 3\n", NULL, 1, &error);
	for (int round = 0; round < 20; round++) {
		struct {
			struct nlp_tagger_header header;
			struct nlp_tagger_line lines[3];
		} section;
		uint8_t *byte = (uint8_t *)&section;
		for (size_t i = 0; i < sizeof section; i++)
			byte[i] = (uint8_t)g_rand_int(rand);
		section.header.version = NLP_TAGGER_VERSION;
		section.header.lines = 3;
		for (size_t i = 0; i < 3; i++)
			for (unsigned k = 0; k < NLP_TAGGER_LINE_SLOTS; k++)
				section.lines[i].check[k] = (uint16_t)(round * 10 + (int)k);
		struct corpus_archive_writer *writer = corpus_archive_writer_new();
		g_autofree char *path = file_path("any.kefu");
		corpus_archive_writer_add_all(writer, base, "dictionary");
		corpus_archive_writer_add(writer, "dictionary.tagger", &section, sizeof section);
		g_assert_true(corpus_archive_writer_save(writer, path, &error));
		struct corpus_archive *archive = corpus_archive_open(path, &error);
		struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
		g_assert_no_error(error);
		struct nlp_document document;
		nlp_document_init(&document);
		nlp_document_analyze(&document, analyzer, text, strlen(text));
		uint32_t at = 0;
		for (size_t i = 0; i < document.n_tokens; i++) {
			const struct nlp_token *token = &document.tokens[i];
			g_assert_cmpuint(token->byte_start, >=, at);
			g_assert_cmpuint(token->byte_end, >, token->byte_start);
			g_assert_cmpuint(strlen(token->norm), ==, token->norm_len);
			g_assert_true(g_utf8_validate(token->norm, token->norm_len, NULL));
			at = token->byte_end;
		}
		g_assert_cmpuint(at, <=, document.text_len);
		nlp_document_clear(&document);
		nlp_analyzer_unref(analyzer);
		corpus_archive_unref(archive);
		corpus_archive_writer_free(writer);
	}
	corpus_archive_unref(base);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	folder_open("tagger");
	g_test_add_func("/tagger/viterbi", test_viterbi);
	g_test_add_func("/tagger/illegal-wishes", test_illegal_wishes);
	g_test_add_func("/tagger/pack", test_pack);
	g_test_add_func("/tagger/damaged", test_damaged);
	g_test_add_func("/tagger/refused", test_refused);
	g_test_add_func("/tagger/any-weights", test_any_weights);
	int status = g_test_run();
	folder_close();
	return status;
}
