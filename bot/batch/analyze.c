/* One thread reads and writes, the others think. Batches of rows go round a ring:
 *
 *   FREE --read by the caller--> READY --taken by a worker--> BUSY --> DONE --written by the caller, in order--> FREE
 *
 * The caller fills the next batch of the ring; when that one is not free, it waits for it, writes it, and goes on: so
 * order is kept, at most the ring is in memory, and no lock is held while anybody reads, thinks or writes. Duplicates
 * are told while writing, as only then earlier rows are known. */
#include "batch/analyze.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "batch/duplicates.h"
#include "batch/review.h"
#include "bot/error.h"
#include "corpora/table.h"

#define BATCH_ROWS  64u
#define BATCH_BYTES (256u << 10)
#define THREADS_MAX 256u

enum batch_state { FREE, READY, BUSY, DONE };

struct item {
	uint64_t row;
	size_t at, len; /* of the text in the batch's texts */
	bool known;     /* written by an earlier run: only its hash is wanted */
	uint64_t hash;
	enum model_sentiment sentiment;
	char *line; /* without its end, which tells of duplicates; owned */
};

struct batch {
	enum batch_state state; /* under the lock */
	GString *texts;
	GArray *items;
};

struct pipeline {
	const struct bot_analyze_options *options;
	struct corpus_table *table;
	FILE *out;
	struct bot_analyze_summary *summary;
	struct bot_duplicates *duplicates;
	int column;
	uint64_t row; /* last one read */
	struct batch *batches;
	size_t n_batches, filled, written; /* counts since the start; the ring's index is that modulo n_batches */
	pthread_mutex_t lock;
	pthread_cond_t ready, done;
	size_t taken; /* under the lock */
	bool closed;  /* under the lock: nothing more will be ready */
};

/* ---------------------------------------------------------------- workers */

/* A field of CSV; line breaks become spaces, so that a line of the file is a row. */
static void append_field(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *text == '\n' || *text == '\r' ? ' ' : *text);
	}
	g_string_append_c(out, '"');
}

static double real_of(const json_t *object, const char *key)
{
	return json_real_value(json_object_get(object, key));
}

static char *line_of_csv(const struct item *item, const json_t *review)
{
	g_autoptr(GString) aspects = g_string_new(NULL);
	g_autoptr(GString) keywords = g_string_new(NULL);
	const json_t *p = json_object_get(review, "probabilities");
	size_t i;
	json_t *entry;
	json_array_foreach (json_object_get(review, "aspects"), i, entry)
		g_string_append_printf(aspects, "%s%s:%s", i > 0 ? ";" : "",
		                       json_string_value(json_object_get(entry, "aspect")),
		                       json_string_value(json_object_get(entry, "sentiment")));
	json_array_foreach (json_object_get(review, "keywords"), i, entry)
		g_string_append_printf(keywords, "%s%s", i > 0 ? ";" : "", json_string_value(entry));
	GString *line = g_string_new(NULL);
	g_string_append_printf(line, "%" G_GUINT64_FORMAT ",%s,%s,%.4f,%.4f,%.4f,%.4f,", item->row,
	                       json_string_value(json_object_get(review, "lang")),
	                       json_string_value(json_object_get(review, "sentiment")), real_of(review, "score"),
	                       real_of(p, "negative"), real_of(p, "neutral"), real_of(p, "positive"));
	append_field(line, aspects->str);
	g_string_append_c(line, ',');
	append_field(line, keywords->str);
	return g_string_free(line, FALSE);
}

static char *line_of_json(const struct item *item, json_t *review)
{
	json_t *object = json_pack("{s:I}", "row", (json_int_t)item->row);
	json_object_update(object, review);
	char *line = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(4));
	json_decref(object);
	line[strlen(line) - 1] = '\0'; /* the closing brace comes after duplicate_of */
	return line;
}

static void think(struct pipeline *p, struct bot_reviewer *reviewer, struct batch *batch)
{
	for (guint i = 0; i < batch->items->len; i++) {
		struct item *item = &g_array_index(batch->items, struct item, i);
		const char *text = batch->texts->str + item->at;
		if (item->known) {
			item->hash = bot_review_hash(reviewer, text, item->len);
			continue;
		}
		json_t *review = bot_review(reviewer, text, item->len, &item->sentiment, &item->hash);
		item->line = p->options->format == BOT_ANALYZE_CSV ? line_of_csv(item, review) : line_of_json(item, review);
		json_decref(review);
	}
}

static void *work(void *data)
{
	struct pipeline *p = data;
	struct bot_reviewer *reviewer = bot_reviewer_new(p->options->predictor, p->options->aspects);
	if (p->options->redact)
		bot_reviewer_redact(reviewer);
	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct batch *batch = &p->batches[p->taken % p->n_batches];
		if (batch->state != READY) {
			if (p->closed)
				break;
			pthread_cond_wait(&p->ready, &p->lock);
			continue;
		}
		p->taken++;
		batch->state = BUSY;
		pthread_mutex_unlock(&p->lock);
		think(p, reviewer, batch);
		pthread_mutex_lock(&p->lock);
		batch->state = DONE;
		pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	bot_reviewer_free(reviewer);
	return NULL;
}

/* ---------------------------------------------------------------- writing */

static void append_item(struct pipeline *p, const struct item *item, GString *out)
{
	uint64_t first = bot_duplicates_add(p->duplicates, item->hash, item->row);
	if (item->known)
		return;
	bool csv = p->options->format == BOT_ANALYZE_CSV;
	g_string_append(out, item->line);
	g_string_append(out, csv ? "," : ",\"duplicate_of\":");
	if (first > 0)
		g_string_append_printf(out, "%" G_GUINT64_FORMAT, first);
	else if (!csv)
		g_string_append(out, "null");
	g_string_append(out, csv ? "\n" : "}\n");
	p->summary->rows++;
	p->summary->new_rows++;
	p->summary->counts[item->sentiment]++;
}

static void empty_batch(struct batch *batch)
{
	for (guint i = 0; i < batch->items->len; i++)
		free(g_array_index(batch->items, struct item, i).line);
	g_array_set_size(batch->items, 0);
	g_string_truncate(batch->texts, 0);
}

static bool write_text(struct pipeline *p, const char *text, size_t len, GError **error)
{
	if (fwrite(text, 1, len, p->out) == len && fflush(p->out) == 0)
		return true;
	int code = errno;
	g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "the output cannot be written: %s", g_strerror(code));
	return false;
}

/* Waits for the oldest batch that is not written yet, and writes it. */
static bool write_next(struct pipeline *p, GError **error)
{
	struct batch *batch = &p->batches[p->written++ % p->n_batches];
	g_autoptr(GString) out = g_string_new(NULL);
	pthread_mutex_lock(&p->lock);
	while (batch->state != DONE)
		pthread_cond_wait(&p->done, &p->lock);
	pthread_mutex_unlock(&p->lock);
	for (guint i = 0; i < batch->items->len; i++)
		append_item(p, &g_array_index(batch->items, struct item, i), out);
	empty_batch(batch);
	pthread_mutex_lock(&p->lock);
	batch->state = FREE;
	pthread_mutex_unlock(&p->lock);
	return write_text(p, out->str, out->len, error);
}

/* ---------------------------------------------------------------- reading */

static void skip_row(struct pipeline *p, const char *message)
{
	p->summary->skipped++;
	if (p->options->on_bad_row && p->row > p->options->done.last_row)
		p->options->on_bad_row(message, p->options->user);
}

static void take_row(struct pipeline *p, struct batch *batch)
{
	size_t len;
	const char *text = corpus_table_field(p->table, p->column, &len);
	if (len == 0) {
		g_autofree char *message = g_strdup_printf("%s:%zu: no text", p->options->path, corpus_table_line(p->table));
		skip_row(p, message);
		return;
	}
	struct item item = {.row = p->row, .at = batch->texts->len, .len = len};
	item.known = p->row <= p->options->done.last_row;
	g_string_append_len(batch->texts, text, (gssize)len);
	g_array_append_val(batch->items, item);
}

/* Fills a batch; `*end` at the end of the table. */
static bool fill(struct pipeline *p, struct batch *batch, bool *end, GError **error)
{
	while (batch->items->len < BATCH_ROWS && batch->texts->len < BATCH_BYTES) {
		g_autoptr(GError) bad = NULL;
		enum corpus_row row = corpus_table_next(p->table, &bad);
		if (row == CORPUS_ROW_FAILED) {
			g_propagate_error(error, g_steal_pointer(&bad));
			return false;
		}
		*end = row == CORPUS_ROW_END;
		if (*end)
			break;
		p->row++;
		if (row == CORPUS_ROW_BAD)
			skip_row(p, bad->message);
		else
			take_row(p, batch);
	}
	return true;
}

static void hand_over(struct pipeline *p, struct batch *batch)
{
	pthread_mutex_lock(&p->lock);
	batch->state = READY;
	pthread_cond_signal(&p->ready);
	pthread_mutex_unlock(&p->lock);
	p->filled++;
}

/* Until the table ends, somebody stops it, or something fails. Then writes what is still in the ring. */
static bool run(struct pipeline *p, GError **error)
{
	const struct bot_analyze_options *o = p->options;
	bool end = false, ok = true;
	while (ok && !end && !p->summary->stopped) {
		if (p->filled - p->written == p->n_batches)
			ok = write_next(p, error);
		struct batch *batch = &p->batches[p->filled % p->n_batches];
		ok = ok && fill(p, batch, &end, error);
		if (ok)
			hand_over(p, batch);
		if (ok && o->on_progress)
			p->summary->stopped = !o->on_progress(p->summary->new_rows, corpus_table_bytes(p->table),
			                                      corpus_table_size(p->table), o->user);
	}
	while (p->written < p->filled) {
		g_autoptr(GError) later = NULL;
		bool written = write_next(p, &later);
		if (!written && ok)
			g_propagate_error(error, g_steal_pointer(&later));
		ok = ok && written;
	}
	return ok;
}

static int find_column(struct corpus_table *table, const char *wanted, const char *path, GError **error)
{
	static const char *const usual[] = {"text", "review", "content", "comment", "utterance", "question", "sentence"};
	size_t n;
	const char *const *names = corpus_table_columns(table, &n);
	int column = wanted ? corpus_table_column(table, wanted) : -1;
	for (size_t i = 0; !wanted && column < 0 && i < G_N_ELEMENTS(usual); i++)
		column = corpus_table_column(table, usual[i]);
	if (column >= 0)
		return column;
	if (!wanted && n == 1)
		return 0;
	g_autoptr(GString) list = g_string_new(NULL);
	for (size_t i = 0; i < n; i++)
		g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", names[i]);
	g_set_error(error, BOT_ERROR, BOT_ERROR_DATA,
	            "%s has no column %s: name the one with the reviews by --text-column; there are %s", path,
	            wanted ? wanted : "text", list->str);
	return -1;
}

static bool run_with_threads(struct pipeline *p, GError **error)
{
	static const char header[] = "row,lang,sentiment,score,negative,neutral,positive,aspects,keywords,duplicate_of\n";
	pthread_t threads[THREADS_MAX];
	unsigned n = 0, wanted = CLAMP(p->options->threads, 1u, THREADS_MAX);
	while (n < wanted && pthread_create(&threads[n], NULL, work, p) == 0)
		n++;
	bool ok = n > 0;
	if (!ok)
		g_set_error(error, BOT_ERROR, BOT_ERROR_LIMIT, "the system gives no thread");
	if (ok && p->options->format == BOT_ANALYZE_CSV && p->options->done.last_row == 0)
		ok = write_text(p, header, sizeof header - 1, error);
	ok = ok && run(p, error);
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->ready);
	pthread_mutex_unlock(&p->lock);
	for (unsigned t = 0; t < n; t++)
		pthread_join(threads[t], NULL);
	return ok;
}

bool bot_analyze(struct corpus_table *table, FILE *out, const struct bot_analyze_options *options,
                 struct bot_analyze_summary *summary, GError **error)
{
	struct pipeline p = {.options = options, .table = table, .out = out, .summary = summary};
	*summary = (struct bot_analyze_summary){0};
	for (int s = 0; s < MODEL_SENTIMENTS; s++)
		summary->rows += summary->counts[s] = options->done.counts[s];
	p.column = find_column(table, options->text_column, options->path, error);
	if (p.column < 0)
		return false;
	p.n_batches = 2 * (size_t)CLAMP(options->threads, 1u, THREADS_MAX) + 2;
	p.batches = g_new0(struct batch, p.n_batches);
	for (size_t b = 0; b < p.n_batches; b++)
		p.batches[b] = (struct batch){FREE, g_string_new(NULL), g_array_new(FALSE, TRUE, sizeof(struct item))};
	p.duplicates = bot_duplicates_new();
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.ready, NULL);
	pthread_cond_init(&p.done, NULL);
	bool ok = run_with_threads(&p, error);
	pthread_cond_destroy(&p.done);
	pthread_cond_destroy(&p.ready);
	pthread_mutex_destroy(&p.lock);
	bot_duplicates_free(p.duplicates);
	for (size_t b = 0; b < p.n_batches; b++) {
		empty_batch(&p.batches[b]);
		g_string_free(p.batches[b].texts, TRUE);
		g_array_free(p.batches[b].items, TRUE);
	}
	g_free(p.batches);
	return ok;
}
