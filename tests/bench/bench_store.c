/* bench_store [DIR]: durable appends a second by 1, 2, 4, 16 and 64 threads, and how long one takes. */
#include <glib.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bot/store.h"

#define SECONDS     3
#define THREADS_MAX 64
#define TIMES_MAX   200000

struct client {
	struct bot_store *store;
	char *conversation;
	atomic_bool *stop;
	size_t n;
	float *ms;
};

static void *append_until(void *data)
{
	struct client *client = data;
	while (!atomic_load(client->stop) && client->n < TIMES_MAX) {
		g_autofree char *cid = g_strdup_printf("%zu", client->n);
		struct bot_message *message = bot_message_new(BOT_FROM_VISITOR, "我的订单什么时候发货？ where is my parcel");
		struct bot_append out;
		message->cid = g_steal_pointer(&cid);
		int64_t start = g_get_monotonic_time();
		if (!bot_store_append(client->store, client->conversation, message, &out, NULL))
			abort();
		client->ms[client->n++] = (float)(g_get_monotonic_time() - start) / 1000.0f;
		bot_message_free(message);
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void measure(struct bot_store *store, unsigned n_threads)
{
	static struct client clients[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	atomic_bool stop = false;
	size_t n = 0;
	for (unsigned i = 0; i < n_threads; i++) {
		g_autofree char *token = NULL;
		struct bot_conversation *conversation = bot_store_visit(store, NULL, "demo", "zh", NULL, &token, NULL);
		clients[i] = (struct client){store, g_strdup(conversation->id), &stop, 0, g_new(float, TIMES_MAX)};
		bot_conversation_free(conversation);
	}
	int64_t start = g_get_monotonic_time();
	for (unsigned i = 0; i < n_threads; i++)
		pthread_create(&threads[i], NULL, append_until, &clients[i]);
	g_usleep(SECONDS * G_USEC_PER_SEC);
	atomic_store(&stop, true);
	for (unsigned i = 0; i < n_threads; i++) {
		pthread_join(threads[i], NULL);
		n += clients[i].n;
	}
	double seconds = (double)(g_get_monotonic_time() - start) / 1e6;
	g_autofree float *all = g_new(float, n);
	size_t at = 0;
	for (unsigned i = 0; i < n_threads; i++) {
		for (size_t j = 0; j < clients[i].n; j++)
			all[at++] = clients[i].ms[j];
		g_free(clients[i].ms);
		g_free(clients[i].conversation);
	}
	qsort(all, n, sizeof(*all), by_value);
	printf("%2u threads: %8.0f appends/s, ms: p50 %.2f  p99 %.2f  p99.9 %.2f  max %.2f\n", n_threads,
	       (double)n / seconds, (double)all[n / 2], (double)all[n * 99 / 100], (double)all[n * 999 / 1000],
	       (double)all[n - 1]);
}

int main(int argc, char **argv)
{
	static const unsigned threads[] = {1, 2, 4, 16, 64};
	g_autofree char *dir = argc > 1 ? g_strdup(argv[1]) : g_dir_make_tmp("kefu-bench-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	struct bot_store *store = bot_store_open(dir, &error);
	if (!store) {
		fprintf(stderr, "bench_store: %s\n", error->message);
		return 1;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		measure(store, threads[i]);
	bot_store_close(store);
	printf("in %s; remove it when done\n", dir);
	return 0;
}
