/* The recommender: what is learned, what is left out, events that come in while others ask, and the file. */
#include <glib/gstdio.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/catalogue.h"
#include "corpora/error.h"
#include "corpora/interactions.h"
#include "models/error.h"
#include "models/recommend.h"
#include "recommend/recommender.h"

#define DAY 86400

/* Two circles of users: even ones take a0..a4, odd ones b0..b4; everybody but u0 views "hit". */
static struct corpus_interactions *circles(void)
{
	struct corpus_interactions *log = corpus_interactions_new();
	for (int u = 0; u < 40; u++)
		for (int i = 0; i < 5; i++) {
			g_autofree char *user = g_strdup_printf("u%d", u);
			g_autofree char *item = g_strdup_printf("%c%d", u % 2 == 0 ? 'a' : 'b', i);
			if ((u / 2 + i) % 5 != 0) /* nobody has all of them */
				corpus_interactions_add(log, user, item, 2, 1700000000 + u * DAY + (2 * i + u / 2) % 5);
			if (u > 0)
				corpus_interactions_add(log, user, "hit", 1, 1700000000 + u * DAY);
		}
	return log;
}

static struct recommender *from_circles(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_interactions *log = circles();
	struct recommender *r = recommender_new(log, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	corpus_interactions_free(log);
	return r;
}

static struct recommend_query query_of(const char *user, enum recommend_algorithm algorithm)
{
	return (struct recommend_query){.user = user, .price_to = INFINITY, .personalise = true, .algorithm = algorithm};
}

static bool stands_in(const struct recommend_hit *hits, size_t n, const char *item)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(hits[i].item, item) == 0)
			return true;
	return false;
}

static void test_popular_ages(void)
{
	struct corpus_interactions *log = corpus_interactions_new();
	for (int i = 0; i < 30; i++) {
		g_autofree char *user = g_strdup_printf("u%d", i);
		corpus_interactions_add(log, user, i < 18 ? "old" : "new", 1, i < 18 ? 1600000000 : 1600000000 + 365 * DAY);
	}
	struct recommender *r = recommender_new(log, NULL, NULL, NULL, NULL);
	struct recommend_query query = query_of(NULL, RECOMMEND_POPULAR);
	struct recommend_hit hits[2];
	g_assert_cmpuint(recommender_query(r, &query, hits, 2), ==, 2);
	g_assert_cmpstr(hits[0].item, ==, "new"); /* 12 of today against 18 of a year ago */
	g_assert_cmpstr(hits[0].reason, ==, "popular");
	g_assert_null(hits[0].because);
	recommender_unref(r);
	corpus_interactions_free(log);
}

static void test_knn_finds_the_circle(void)
{
	struct recommender *r = from_circles();
	struct recommend_query query = query_of("u0", RECOMMEND_ITEM_KNN);
	struct recommend_hit hits[3];
	/* u0 lacks a0 of its circle. What it has only viewed or clicked may come again, so ask for what it never touched.
	 */
	static const char *const seen[] = {"hit", "a1", "a2", "a3", "a4"};
	query.exclude = seen;
	query.n_exclude = G_N_ELEMENTS(seen);
	g_assert_cmpuint(recommender_query(r, &query, hits, 3), ==, 3);
	g_assert_cmpstr(hits[0].item, ==, "a0");
	g_assert_cmpstr(hits[0].reason, ==, "similar_to");
	g_assert_cmpint(hits[0].because[0], ==, 'a');
	g_assert_true(hits[0].score > 10 * hits[1].score); /* the others are of the other circle */
	recommender_unref(r);
}

static void test_same_table_at_any_threads(void)
{
	struct corpus_interactions *log = corpus_interactions_new();
	guint32 state = 7;
	for (int e = 0; e < 60000; e++) {
		state = state * 1664525u + 1013904223u;
		g_autofree char *user = g_strdup_printf("u%u", (state >> 8) % 900);
		state = state * 1664525u + 1013904223u;
		g_autofree char *item = g_strdup_printf("i%u", (state >> 8) % 300);
		corpus_interactions_add(log, user, item, 1, e);
	}
	struct recommend_events *events = recommend_events_new(corpus_interactions_items(log));
	recommend_events_fill(events, log);
	struct recommend_knn *one = recommend_knn_new(events, 1), *four = recommend_knn_new(events, 4);
	size_t n = one->offsets[one->n_items];
	g_assert_cmpint(memcmp(one->offsets, four->offsets, (one->n_items + 1) * sizeof(uint32_t)), ==, 0);
	g_assert_cmpint(memcmp(one->neighbors, four->neighbors, n * sizeof *one->neighbors), ==, 0);
	recommend_knn_free(one);
	recommend_knn_free(four);
	recommend_events_free(events);
	corpus_interactions_free(log);
}

static void test_similarity_is_the_shrunk_cosine(void)
{
	struct corpus_interactions *log = corpus_interactions_new();
	static const char *const rows[][2] = {{"u", "x"}, {"u", "y"}, {"v", "x"}, {"v", "y"}, {"w", "x"}, {"w", "z"}};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		corpus_interactions_add(log, rows[i][0], rows[i][1], 1, (int64_t)i);
	struct recommend_events *events = recommend_events_new(3);
	recommend_events_fill(events, log);
	struct recommend_knn *knn = recommend_knn_new(events, 1);
	/* Every user has two items, so every entry is 1/sqrt(2): cos(x,y) = (2 * 1/2) / (sqrt(3/2) * 1), 2 in common. */
	int32_t x = corpus_interactions_find_item(log, "x"), y = corpus_interactions_find_item(log, "y");
	float expected = (float)(1.0 / sqrt(1.5) * 2.0 / 12.0), found = NAN;
	for (uint32_t e = knn->offsets[x]; e < knn->offsets[x + 1]; e++)
		if (knn->neighbors[e].item == y)
			found = knn->neighbors[e].similarity;
	g_assert_cmpfloat_with_epsilon(found, expected, 1e-6f);
	recommend_knn_free(knn);
	recommend_events_free(events);
	corpus_interactions_free(log);
}

static void test_bought_and_disliked_are_left_out(void)
{
	struct recommender *r = from_circles();
	struct recommend_query query = query_of("u0", RECOMMEND_HYBRID);
	struct recommend_hit hits[20];
	recommender_add(r, "u0", "a1", "purchase", 1800000000);
	recommender_add(r, "u0", "a2", "dislike", 1800000001);
	recommender_add(r, "u0", "nowhere", "purchase", 1800000002);
	size_t n = recommender_query(r, &query, hits, 20);
	g_assert_cmpuint(n, ==, 9); /* of eleven items */
	g_assert_false(stands_in(hits, n, "a1"));
	g_assert_false(stands_in(hits, n, "a2"));
	query.personalise = false; /* as if unknown */
	n = recommender_query(r, &query, hits, 20);
	g_assert_cmpuint(n, ==, 11);
	g_assert_cmpstr(hits[0].item, ==, "a1"); /* bought just now, while all else is old */
	g_assert_cmpstr(hits[0].reason, ==, "popular");
	recommender_unref(r);
}

static void test_events_change_the_next_answer(void)
{
	struct recommender *r = from_circles();
	struct recommend_query query = query_of("newcomer", RECOMMEND_HYBRID);
	struct recommend_hit hits[3];
	recommender_query(r, &query, hits, 3);
	g_assert_cmpstr(hits[0].item, ==, "hit");
	recommender_add(r, "newcomer", "b1", "cart", 1800000000);
	recommender_add(r, "newcomer", "b2", "cart", 1800000001);
	static const char *const seen[] = {"hit", "b1", "b2"};
	query.exclude = seen;
	query.n_exclude = 3;
	size_t n = recommender_query(r, &query, hits, 3);
	g_assert_cmpuint(n, ==, 3);
	for (size_t i = 0; i < n; i++) /* b0, b3, b4 */
		g_assert_cmpint(hits[i].item[0], ==, 'b');
	recommender_unref(r);
}

static struct corpus_catalogue *small_catalogue(void)
{
	static const char text[] = "id,title,description,category,price,currency,image,url,stock,lang\n"
	                           "p1,Red mug,,kitchen,10,CNY,,,5,en\n"
	                           "p2,Blue mug,,kitchen,20,CNY,,,0,en\n"
	                           "p3,Lamp,,light,30,CNY,,,2,en\n"
	                           "p4,Old lamp,,light,,CNY,,,,en\n";
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	int fd = g_file_open_tmp("kefu-XXXXXX.csv", &path, &error);
	g_assert_no_error(error);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	struct corpus_catalogue *catalogue = corpus_catalogue_load(path, &error);
	g_assert_no_error(error);
	g_unlink(path);
	return catalogue;
}

static void test_filters(void)
{
	struct corpus_catalogue *catalogue = small_catalogue();
	struct recommender *r = recommender_new(NULL, catalogue, NULL, NULL, NULL);
	corpus_catalogue_free(catalogue); /* nothing of it is kept */
	struct recommend_query query = query_of(NULL, RECOMMEND_HYBRID);
	struct recommend_hit hits[4];
	g_assert_cmpuint(recommender_query(r, &query, hits, 4), ==, 4);
	query.in_stock = true; /* unknown stock counts as there */
	g_assert_cmpuint(recommender_query(r, &query, hits, 4), ==, 3);
	g_assert_false(stands_in(hits, 3, "p2"));
	query.category = "kitchen";
	g_assert_cmpuint(recommender_query(r, &query, hits, 4), ==, 1);
	query.category = "nothing";
	g_assert_cmpuint(recommender_query(r, &query, hits, 4), ==, 0);
	query = query_of(NULL, RECOMMEND_HYBRID);
	query.price_from = 20; /* bounds are inclusive; without a price an item is not within any */
	query.price_to = 30;
	g_assert_cmpuint(recommender_query(r, &query, hits, 4), ==, 2);
	g_assert_true(stands_in(hits, 2, "p2") && stands_in(hits, 2, "p3"));
	recommender_unref(r);
}

static void test_nothing_to_recommend(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_interactions *log = corpus_interactions_new();
	g_assert_null(recommender_new(log, NULL, NULL, NULL, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DATA);
	corpus_interactions_free(log);
}

/* ---------------------------------------------------------------- file */

static char *save(struct recommender *r)
{
	g_autoptr(GError) error = NULL;
	char *path = NULL;
	int fd = g_file_open_tmp("kefu-XXXXXX.kefu", &path, &error);
	g_assert_no_error(error);
	g_close(fd, NULL);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	recommender_save(r, writer);
	g_assert_true(corpus_archive_writer_save(writer, path, &error));
	corpus_archive_writer_free(writer);
	return path;
}

static void test_file_answers_the_same(void)
{
	g_autoptr(GError) error = NULL;
	struct recommender *r = from_circles();
	recommender_add(r, "u3", "b1", "purchase", 1800000000);
	g_autofree char *path = save(r);
	struct corpus_archive *archive = corpus_archive_open(path, &error);
	g_assert_no_error(error);
	struct recommender *again = recommender_open(archive, NULL, NULL, &error);
	g_assert_no_error(error);
	corpus_archive_unref(archive);
	g_unlink(path);
	for (int u = 0; u < 41; u++) {
		g_autofree char *user = g_strdup_printf("u%d", u);
		struct recommend_query query = query_of(user, RECOMMEND_HYBRID);
		struct recommend_hit a[11], b[11];
		size_t n = recommender_query(r, &query, a, 11);
		g_assert_cmpuint(recommender_query(again, &query, b, 11), ==, n);
		for (size_t i = 0; i < n; i++) {
			g_assert_cmpstr(a[i].item, ==, b[i].item);
			g_assert_cmpfloat(a[i].score, ==, b[i].score);
			g_assert_cmpstr(a[i].because, ==, b[i].because);
		}
	}
	recommender_unref(again);
	recommender_unref(r);
}

/* Copies the archive with one section changed, and expects it to be refused. */
static void assert_refused(const char *path, const char *section, size_t at, int32_t value)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(path, &error);
	g_assert_no_error(error);
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	for (size_t s = 0; s < corpus_archive_sections(archive); s++) {
		const char *name = corpus_archive_section_name(archive, s);
		size_t len;
		const void *bytes = corpus_archive_section(archive, name, &len);
		g_autofree char *copy = g_memdup2(bytes, len);
		if (strcmp(name, section) == 0)
			memcpy(copy + at, &value, sizeof value);
		corpus_archive_writer_add(writer, name, copy, len);
	}
	corpus_archive_unref(archive);
	g_autofree char *changed = g_strconcat(path, ".changed", NULL);
	g_assert_true(corpus_archive_writer_save(writer, changed, &error));
	corpus_archive_writer_free(writer);
	archive = corpus_archive_open(changed, &error);
	g_assert_no_error(error);
	g_assert_null(recommender_open(archive, NULL, NULL, &error));
	g_assert_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT);
	g_assert_nonnull(strstr(error->message, "recommend."));
	corpus_archive_unref(archive);
	g_unlink(changed);
}

static void test_unsound_file_is_refused(void)
{
	struct recommender *r = from_circles();
	g_autofree char *path = save(r);
	recommender_unref(r);
	assert_refused(path, "recommend.header", 0, 99);             /* version */
	assert_refused(path, "recommend.header", 8, 12);             /* items */
	assert_refused(path, "recommend.touches", 0, 11);            /* item */
	assert_refused(path, "recommend.touches", 0, -1);            /* item */
	assert_refused(path, "recommend.profiles", 0, 1 << 30);      /* touches of the first user */
	assert_refused(path, "recommend.neighbors", 0, 11);          /* item */
	assert_refused(path, "recommend.offsets", 4, 1 << 30);       /* beyond the end */
	assert_refused(path, "recommend.popularity", 4, 0x7FF00000); /* infinity */
	assert_refused(path, "recommend.items", 0, 0);               /* no JSON */
	g_unlink(path);
}

/* ---------------------------------------------------------------- threads */

struct traffic {
	struct recommender *recommender;
	int number;
};

static void *ask(void *data)
{
	struct traffic *traffic = data;
	for (int i = 0; i < 300; i++) {
		g_autofree char *user = g_strdup_printf("u%d", (i + traffic->number) % 50);
		struct recommend_query query = query_of(user, RECOMMEND_HYBRID);
		struct recommend_hit hits[11];
		size_t n = recommender_query(traffic->recommender, &query, hits, 11);
		for (size_t h = 0; h < n; h++) /* whole and in order at any moment */
			g_assert_true(isfinite(hits[h].score) && (h == 0 || hits[h].score <= hits[h - 1].score));
	}
	return NULL;
}

static void *tell(void *data)
{
	struct traffic *traffic = data;
	for (int i = 0; i < 300; i++) {
		g_autofree char *user = g_strdup_printf("u%d", (i * 7 + traffic->number) % 60);
		g_autofree char *item = g_strdup_printf("%c%d", i % 3 ? 'a' : 'b', i % 5);
		recommender_add(traffic->recommender, user, item, i % 11 == 0 ? "dislike" : "click", 1800000000 + i);
	}
	return NULL;
}

static void test_asking_while_events_come(void)
{
	struct recommender *r = from_circles();
	pthread_t threads[4];
	struct traffic traffic[4];
	uint64_t before = r->events->n_events;
	for (int t = 0; t < 4; t++) {
		traffic[t] = (struct traffic){recommender_ref(r), t};
		g_assert_cmpint(pthread_create(&threads[t], NULL, t % 2 ? tell : ask, &traffic[t]), ==, 0);
	}
	for (int t = 0; t < 4; t++) {
		pthread_join(threads[t], NULL);
		recommender_unref(r);
	}
	g_assert_cmpuint(r->events->n_events - before, ==, 600);
	recommender_unref(r);
}

/* ---------------------------------------------------------------- measuring */

static char *negatives_file(const char *text)
{
	char *path = NULL;
	int fd = g_file_open_tmp("kefu-XXXXXX.negative", &path, NULL);
	g_close(fd, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return path;
}

/* Popularity: p (4 users) > q (3) > r (2) > s (1). Held out: (u1,q) among p and r: second; (u2,s) among q and r: third.
 */
static void test_ranks_by_hand(void)
{
	g_autoptr(GError) error = NULL;
	struct corpus_interactions *log = corpus_interactions_new();
	static const char *const rows[][2] = {{"x1", "p"}, {"x2", "p"}, {"x3", "p"}, {"x4", "p"}, {"x1", "q"},
	                                      {"x2", "q"}, {"x3", "q"}, {"x1", "r"}, {"x2", "r"}, {"x1", "s"},
	                                      {"u1", "t"}, {"u2", "t"}, {"u1", "q"}, {"u2", "s"}};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		corpus_interactions_add(log, rows[i][0], rows[i][1], 1, (int64_t)i);
	g_autofree char *path = negatives_file("(u1,q)\tp\tr\n(u2,s)\tq\tr\n");
	struct recommend_report report;
	g_assert_true(recommend_evaluate(log, NULL, path, 100, 2, RECOMMEND_POPULAR, NULL, NULL, NULL, 1, &report, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(report.users, ==, 2);
	g_assert_cmpuint(report.items, ==, 5);
	g_assert_cmpfloat_with_epsilon(report.hr, 0.5, 1e-9);
	g_assert_cmpfloat_with_epsilon(report.ndcg, 0.5 / log2(3.0), 1e-9);
	g_assert_cmpfloat_with_epsilon(report.recall, 0.5, 1e-9); /* q is second of all, s is last */
	g_assert_cmpfloat_with_epsilon(report.coverage, 2.0 / 5.0, 1e-9);
	g_unlink(path);
	corpus_interactions_free(log);
}

static void test_bad_negatives(void)
{
	struct corpus_interactions *log = circles();
	struct recommend_report report;
	static const char *const texts[] = {"(u0,a1)\tb1\nu1,a2\tb1\n", "(u0,a1)\tb1\n(u1)\tb2\n",
	                                    "(u0,a1)\tb1\n(u1,b1)\n"};
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = negatives_file(texts[i]);
		g_assert_false(
		    recommend_evaluate(log, NULL, path, 1, 10, RECOMMEND_POPULAR, NULL, NULL, NULL, 1, &report, &error));
		g_assert_error(error, MODEL_ERROR, MODEL_ERROR_DATA);
		g_assert_nonnull(strstr(error->message, ":2: "));
		g_unlink(path);
	}
	corpus_interactions_free(log);
}

static void test_last_item_is_held_out(void)
{
	struct corpus_interactions *log = circles();
	struct recommend_report knn, popular, again;
	g_assert_true(recommend_evaluate(log, NULL, NULL, 4, 2, RECOMMEND_ITEM_KNN, NULL, NULL, NULL, 1, &knn, NULL));
	g_assert_true(recommend_evaluate(log, NULL, NULL, 4, 2, RECOMMEND_POPULAR, NULL, NULL, NULL, 1, &popular, NULL));
	g_assert_true(recommend_evaluate(log, NULL, NULL, 4, 2, RECOMMEND_ITEM_KNN, NULL, NULL, NULL, 1, &again, NULL));
	g_assert_cmpuint(knn.users, ==, 40);
	g_assert_cmpfloat(knn.hr, >=, 0.9); /* each lacks one item of the circle beside the held-out one */
	g_assert_cmpfloat(knn.hr, >, popular.hr);
	g_assert_cmpfloat(knn.hr, ==, again.hr); /* the same seed draws the same negatives */
	g_assert_cmpfloat(knn.ndcg, ==, again.ndcg);
	corpus_interactions_free(log);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/recommend/popular-ages", test_popular_ages);
	g_test_add_func("/recommend/knn", test_knn_finds_the_circle);
	g_test_add_func("/recommend/knn-similarity", test_similarity_is_the_shrunk_cosine);
	g_test_add_func("/recommend/knn-threads", test_same_table_at_any_threads);
	g_test_add_func("/recommend/left-out", test_bought_and_disliked_are_left_out);
	g_test_add_func("/recommend/events", test_events_change_the_next_answer);
	g_test_add_func("/recommend/filters", test_filters);
	g_test_add_func("/recommend/nothing", test_nothing_to_recommend);
	g_test_add_func("/recommend/file", test_file_answers_the_same);
	g_test_add_func("/recommend/unsound-file", test_unsound_file_is_refused);
	g_test_add_func("/recommend/threads", test_asking_while_events_come);
	g_test_add_func("/recommend/ranks", test_ranks_by_hand);
	g_test_add_func("/recommend/bad-negatives", test_bad_negatives);
	g_test_add_func("/recommend/last-item", test_last_item_is_held_out);
	return g_test_run();
}
