#include <math.h>

#include "nlp/bm25.h"

static struct nlp_bm25 *three_texts(enum nlp_bm25_weighting weighting)
{
	static const uint64_t a[] = {1, 2, 3}, b[] = {1, 4, 4, 5}, c[] = {6};
	struct nlp_bm25 *index = nlp_bm25_new(weighting);
	g_assert_cmpuint(nlp_bm25_add(index, a, G_N_ELEMENTS(a)), ==, 0);
	g_assert_cmpuint(nlp_bm25_add(index, b, G_N_ELEMENTS(b)), ==, 1);
	g_assert_cmpuint(nlp_bm25_add(index, c, G_N_ELEMENTS(c)), ==, 2);
	nlp_bm25_finish(index);
	g_assert_cmpuint(nlp_bm25_len(index), ==, 3);
	return index;
}

/* Equation 3.15 of Robertson & Zaragoza, written out for the query {1, 4}. */
static void test_probabilistic(void)
{
	struct nlp_bm25 *index = three_texts(NLP_BM25_PROBABILISTIC);
	const uint64_t query[] = {4, 1};
	float scores[3];
	double k1 = 1.2, b = 0.5, mean = 8.0 / 3.0;
	double idf1 = log(1 + (3 - 2 + 0.5) / (2 + 0.5)), idf4 = log(1 + (3 - 1 + 0.5) / (1 + 0.5));
	double first = idf1 * 1 * (k1 + 1) / (1 + k1 * (1 - b + b * 3 / mean));
	double norm = k1 * (1 - b + b * 4 / mean);
	double second = idf1 * 1 * (k1 + 1) / (1 + norm) + idf4 * 2 * (k1 + 1) / (2 + norm);
	nlp_bm25_score(index, query, G_N_ELEMENTS(query), scores);
	g_assert_cmpfloat_with_epsilon(scores[0], (float)(first / (idf1 + idf4)), 1e-5f);
	g_assert_cmpfloat_with_epsilon(scores[1], (float)(second / (idf1 + idf4)), 1e-5f);
	g_assert_cmpfloat(scores[2], ==, 0.0f);
	nlp_bm25_free(index);
}

static void test_cosine(void)
{
	struct nlp_bm25 *index = three_texts(NLP_BM25_COSINE);
	const uint64_t same[] = {3, 1, 2}, unknown[] = {6, 99};
	float scores[3];
	nlp_bm25_score(index, same, G_N_ELEMENTS(same), scores);
	g_assert_cmpfloat_with_epsilon(scores[0], 1.0f, 1e-5f);
	g_assert_true(scores[1] > 0.0f && scores[1] < 0.5f);
	g_assert_cmpfloat(scores[2], ==, 0.0f);
	/* A term nobody has makes the query longer. */
	nlp_bm25_score(index, unknown, G_N_ELEMENTS(unknown), scores);
	double idf6 = log(4.0 / 2.0) + 1, idf99 = log(4.0 / 1.0) + 1;
	g_assert_cmpfloat_with_epsilon(scores[2], (float)(idf6 / sqrt(idf6 * idf6 + idf99 * idf99)), 1e-5f);
	nlp_bm25_free(index);
}

static void test_coverage(void)
{
	struct nlp_bm25 *index = three_texts(NLP_BM25_COSINE);
	const uint64_t known[] = {1, 4, 4}, half[] = {6, 99}, none[] = {98, 99};
	g_assert_cmpfloat(nlp_bm25_coverage(index, known, 3), ==, 1.0f);
	g_assert_cmpfloat(nlp_bm25_coverage(index, none, 2), ==, 0.0f);
	g_assert_cmpfloat(nlp_bm25_coverage(index, none, 0), ==, 0.0f);
	float share = nlp_bm25_coverage(index, half, 2);
	g_assert_true(share > 0.3f && share < 0.5f); /* the unknown one is the rarer */
	nlp_bm25_free(index);
}

static void test_empty(void)
{
	struct nlp_bm25 *index = nlp_bm25_new(NLP_BM25_PROBABILISTIC);
	const uint64_t query[] = {1};
	float scores[1] = {7};
	nlp_bm25_finish(index);
	nlp_bm25_score(index, query, 1, scores);
	g_assert_cmpfloat(scores[0], ==, 7.0f); /* no text, nothing written */
	nlp_bm25_free(index);
	index = nlp_bm25_new(NLP_BM25_COSINE);
	nlp_bm25_add(index, NULL, 0); /* a text without terms */
	nlp_bm25_finish(index);
	nlp_bm25_score(index, query, 1, scores);
	g_assert_cmpfloat(scores[0], ==, 0.0f);
	nlp_bm25_score(index, NULL, 0, scores);
	g_assert_cmpfloat(scores[0], ==, 0.0f);
	nlp_bm25_free(index);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/bm25/probabilistic", test_probabilistic);
	g_test_add_func("/bm25/cosine", test_cosine);
	g_test_add_func("/bm25/coverage", test_coverage);
	g_test_add_func("/bm25/empty", test_empty);
	return g_test_run();
}
