/* The tastes that were planted in the bundled shop's log must be found: each part adds something. */
#include <string.h>

#include "corpora/archive.h"
#include "corpora/catalogue.h"
#include "corpora/interactions.h"
#include "models/recommend.h"
#include "nlp/document.h"
#include "nlp/vectors.h"

#define SHOP KEFU_SOURCE_DIR "/corpora/shop/"

static void test_planted_tastes(void)
{
	static const char *const names[] = {"popular", "item-knn", "content", "hybrid"};
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
	g_assert_no_error(error);
	struct nlp_vectors *vectors = nlp_vectors_from_archive(archive, NULL);
	struct corpus_interactions *log = corpus_interactions_load(SHOP "interactions.csv", &error);
	g_assert_no_error(error);
	struct corpus_catalogue *catalogue = corpus_catalogue_load(SHOP "products.csv", &error);
	g_assert_no_error(error);
	struct recommend_report r[RECOMMEND_ALGORITHMS];
	for (size_t a = 0; a < RECOMMEND_ALGORITHMS; a++) {
		enum recommend_algorithm algorithm;
		g_assert_true(recommend_algorithm_parse(names[a], &algorithm));
		g_assert_true(
		    recommend_evaluate(log, NULL, NULL, 100, 10, algorithm, catalogue, analyzer, vectors, 1, &r[a], &error));
		g_assert_no_error(error);
		g_test_message("%s: HR@10 %.3f NDCG@10 %.3f", names[a], r[a].hr, r[a].ndcg);
	}
	g_assert_cmpfloat(r[RECOMMEND_HYBRID].hr, >, r[RECOMMEND_ITEM_KNN].hr);
	g_assert_cmpfloat(r[RECOMMEND_ITEM_KNN].hr, >, r[RECOMMEND_POPULAR].hr + 0.2);
	g_assert_cmpfloat(r[RECOMMEND_CONTENT].hr, >, r[RECOMMEND_POPULAR].hr + 0.2);
	g_assert_cmpfloat(r[RECOMMEND_HYBRID].hr, >, 0.70);
	g_assert_cmpfloat(r[RECOMMEND_HYBRID].ndcg, >, 0.45);
	corpus_catalogue_free(catalogue);
	corpus_interactions_free(log);
	nlp_vectors_unref(vectors);
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
}

static void test_what_was_asked_for(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
	g_assert_no_error(error);
	struct nlp_analyzer *analyzer = nlp_analyzer_new(archive, NULL, &error);
	g_assert_no_error(error);
	struct nlp_vectors *vectors = nlp_vectors_from_archive(archive, NULL);
	struct corpus_catalogue *catalogue = corpus_catalogue_load(SHOP "products.csv", &error);
	g_assert_no_error(error);
	struct recommender *r = recommender_new(NULL, catalogue, analyzer, vectors, &error);
	g_assert_no_error(error);
	static const struct {
		const char *text, *category;
	} asked[] = {
	    {"推荐一款降噪耳机", "headphones"}, {"a waterproof jacket for hiking", "jackets"}, {"机械键盘", "keyboards"}};
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
		struct recommend_hit hits[3];
		nlp_document_analyze(&document, analyzer, asked[i].text, strlen(asked[i].text));
		struct recommend_query query = {.text = &document, .algorithm = RECOMMEND_HYBRID, .personalise = true};
		g_assert_cmpuint(recommender_query(r, &query, hits, 3), ==, 3);
		g_assert_cmpstr(hits[0].reason, ==, "matches");
		g_assert_cmpstr(corpus_catalogue_find(catalogue, hits[0].item)->category, ==, asked[i].category);
	}
	nlp_document_clear(&document);
	recommender_unref(r);
	corpus_catalogue_free(catalogue);
	nlp_vectors_unref(vectors);
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/recommend/planted-tastes", test_planted_tastes);
	g_test_add_func("/recommend/text", test_what_was_asked_for);
	return g_test_run();
}
