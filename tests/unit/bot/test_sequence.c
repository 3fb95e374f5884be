/* Whatever the order of arrival, a subscriber gets every message once and in order of seq. */
#include "server/sequence.h"

struct sink {
	GArray *seqs;
};

static GHashTable *seq_of; /* frame -> seq */

static struct frame *frame_of(int64_t seq)
{
	struct frame *frame = frame_new(json_pack("{s:I}", "seq", (json_int_t)seq));
	g_hash_table_insert(seq_of, frame, GINT_TO_POINTER((int)seq));
	return frame;
}

static void emit(struct frame *frame, void *user)
{
	struct sink *sink = user;
	int seq = GPOINTER_TO_INT(g_hash_table_lookup(seq_of, frame));
	g_array_append_val(sink->seqs, seq);
}

static bool put(struct sequence *s, int64_t seq, bool always, int64_t now_us)
{
	struct frame *frame = frame_of(seq);
	bool ok = sequence_put(s, seq, always, frame, now_us);
	frame_unref(frame);
	return ok;
}

static void expect(struct sink *sink, const char *wanted)
{
	g_autoptr(GString) got = g_string_new(NULL);
	for (unsigned i = 0; i < sink->seqs->len; i++)
		g_string_append_printf(got, "%d ", g_array_index(sink->seqs, int, i));
	g_assert_cmpstr(got->str, ==, wanted);
	g_array_set_size(sink->seqs, 0);
}

static void test_order(void)
{
	struct sink sink = {g_array_new(FALSE, FALSE, sizeof(int))};
	struct sequence s;
	sequence_init(&s, emit, &sink);
	put(&s, 4, false, 1);
	put(&s, 2, false, 1);
	put(&s, 3, false, 1);
	expect(&sink, ""); /* loading */
	sequence_loaded(&s, 2, 1);
	expect(&sink, "3 4 "); /* 2 was in what was loaded */
	put(&s, 5, false, 2);
	expect(&sink, "5 ");
	put(&s, 8, false, 3);
	put(&s, 7, false, 4);
	expect(&sink, "");
	g_assert_cmpint(s.gap_since_us, ==, 3);
	put(&s, 6, false, 5);
	expect(&sink, "6 7 8 ");
	g_assert_cmpint(s.gap_since_us, ==, 0);
	put(&s, 6, false, 6); /* old */
	expect(&sink, "");
	sequence_clear(&s);
	g_array_free(sink.seqs, TRUE);
}

static void test_always(void)
{
	struct sink sink = {g_array_new(FALSE, FALSE, sizeof(int))};
	struct sequence s;
	sequence_init(&s, emit, &sink);
	put(&s, 1, true, 1); /* an ack that came before welcome */
	sequence_loaded(&s, 3, 1);
	expect(&sink, "1 ");
	put(&s, 2, true, 2); /* an analysis of what was given out */
	expect(&sink, "2 ");
	put(&s, 5, true, 3); /* an ack ahead of a gap waits */
	put(&s, 5, false, 3);
	expect(&sink, "");
	sequence_loaded(&s, 4, 4); /* the gap was read from the store */
	expect(&sink, "5 ");
	sequence_clear(&s);
	g_array_free(sink.seqs, TRUE);
}

static void test_ceiling(void)
{
	struct sink sink = {g_array_new(FALSE, FALSE, sizeof(int))};
	struct sequence s;
	sequence_init(&s, emit, &sink);
	for (int64_t i = 0; i < SEQUENCE_HELD_MAX; i++)
		g_assert_true(put(&s, i + 1, false, 1));
	g_assert_false(put(&s, SEQUENCE_HELD_MAX + 1, false, 1));
	sequence_clear(&s);
	g_array_free(sink.seqs, TRUE);
}

static void test_shuffled(void)
{
	for (unsigned seed = 0; seed < 50; seed++) {
		struct sink sink = {g_array_new(FALSE, FALSE, sizeof(int))};
		struct sequence s;
		int order[100];
		g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
		sequence_init(&s, emit, &sink);
		sequence_loaded(&s, 0, 1);
		for (int i = 0; i < 100; i++)
			order[i] = i + 1;
		for (int i = 99; i > 0; i--) {
			int j = g_rand_int_range(rand, 0, i + 1), swap = order[i];
			order[i] = order[j];
			order[j] = swap;
		}
		for (int i = 0; i < 100; i++)
			put(&s, order[i], false, 1);
		g_assert_cmpuint(sink.seqs->len, ==, 100);
		for (int i = 0; i < 100; i++)
			g_assert_cmpint(g_array_index(sink.seqs, int, i), ==, i + 1);
		sequence_clear(&s);
		g_array_free(sink.seqs, TRUE);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	seq_of = g_hash_table_new(NULL, NULL);
	g_test_add_func("/sequence/order", test_order);
	g_test_add_func("/sequence/always", test_always);
	g_test_add_func("/sequence/ceiling", test_ceiling);
	g_test_add_func("/sequence/shuffled", test_shuffled);
	int status = g_test_run();
	g_hash_table_destroy(seq_of);
	return status;
}
