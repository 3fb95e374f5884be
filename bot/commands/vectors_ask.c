/* kefu vectors nearest|analogy|similarity: what a table of word vectors knows, one question at a time or against the
 * usual test files: "word word score" a line for similarity (WordSim-353, MEN), "a b c d" a line for analogies, with
 * ": section" between (questions-words.txt). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bot/error.h"
#include "commands/cli.h"
#include "commands/vectors.h"
#include "corpora/encoding.h"
#include "nlp/vectors.h"

#define LIST_MAX_BYTES (64u << 20)
#define NEAREST_MAX    1000

struct asking {
	struct cli cli;
	struct nlp_vectors *vectors;
	float *query; /* (D) whose neighbours are asked for */
	char *path, *list;
	int n;
};

/* The word as it stands, else in lower case; -1 where the table has neither. */
static int32_t find(const struct nlp_vectors *vectors, const char *word)
{
	int32_t id = nlp_vectors_find(vectors, word, strlen(word));
	if (id >= 0 || !g_utf8_validate(word, -1, NULL))
		return id;
	g_autofree char *lower = g_utf8_strdown(word, -1);
	return nlp_vectors_find(vectors, lower, strlen(lower));
}

/* The row of a word (D) at length 1; zeros stay zeros. */
static void get_unit(const struct nlp_vectors *vectors, int32_t id, float *out)
{
	double square = 0;
	size_t dim = nlp_vectors_dim(vectors);
	nlp_vectors_get(vectors, id, out);
	for (size_t d = 0; d < dim; d++)
		square += (double)out[d] * (double)out[d];
	for (size_t d = 0; d < dim && square > 0; d++)
		out[d] = (float)((double)out[d] / sqrt(square));
}

static double cosine(const struct nlp_vectors *vectors, int32_t a, int32_t b)
{
	size_t dim = nlp_vectors_dim(vectors);
	g_autofree float *x = g_new(float, dim), *y = g_new(float, dim);
	double dot = 0;
	get_unit(vectors, a, x);
	get_unit(vectors, b, y);
	for (size_t d = 0; d < dim; d++)
		dot += (double)x[d] * (double)y[d];
	return dot;
}

static int unknown(const struct asking *asking, const char *word)
{
	g_autoptr(GError) error = g_error_new(BOT_ERROR, BOT_ERROR_DATA, "'%s' is not among the %zu words", word,
	                                      nlp_vectors_len(asking->vectors));
	return cli_fail(&asking->cli, error);
}

/* Parses what the three verbs share and opens the table. `list` is the description of the option --file, or NULL. */
static bool start(struct asking *asking, int *argc, char ***argv, const char *list, const char *usage,
                  const char *summary, const char *example, int *status)
{
	g_autoptr(GError) error = NULL;
	asking->n = 10;
	const GOptionEntry entries[] = {
	    {"vectors", 0, 0, G_OPTION_ARG_FILENAME, &asking->path, "word vectors (default: the base model)", "FILE"},
	    {"count", 'n', 0, G_OPTION_ARG_INT, &asking->n, "words to print (default: 10)", "N"},
	    {list ? "file" : NULL, 0, 0, G_OPTION_ARG_FILENAME, &asking->list, list, "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&asking->cli, argc, argv, entries, usage, summary, example, status))
		return false;
	if (asking->n < 1 || asking->n > NEAREST_MAX) {
		*status = cli_usage(&asking->cli, "--count must be 1 to %d, not %d", NEAREST_MAX, asking->n);
		return false;
	}
	asking->vectors = vectors_open(asking->path, &error);
	if (!asking->vectors) {
		*status = cli_fail(&asking->cli, error);
		return false;
	}
	asking->query = g_new(float, nlp_vectors_dim(asking->vectors));
	return true;
}

static int finish(struct asking *asking, int status)
{
	nlp_vectors_unref(asking->vectors);
	g_free(asking->query);
	g_free(asking->path);
	g_free(asking->list);
	return status;
}

static void print_nearest(const struct asking *asking, const int32_t *exclude, size_t n_exclude, const char *question)
{
	g_autofree struct nlp_neighbor *found = g_new(struct nlp_neighbor, asking->n);
	size_t n = nlp_vectors_nearest(asking->vectors, asking->query, exclude, n_exclude, found, (size_t)asking->n);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		const char *word = nlp_vectors_word(asking->vectors, found[i].id);
		if (!asking->cli.json)
			printf("%s\t%.4f\n", word, (double)found[i].cosine);
		json_array_append_new(list, json_pack("{s:s,s:f}", "word", word, "cosine", (double)found[i].cosine));
	}
	if (asking->cli.json)
		cli_print_json(json_pack("{s:s,s:o}", "query", question, "neighbors", list));
	else
		json_decref(list);
}

int vectors_nearest(int argc, char **argv)
{
	struct asking asking = {.cli.verb = "vectors nearest"};
	int status = CLI_OK;
	if (!start(&asking, &argc, &argv, NULL, "WORD...", "Prints the words that are used most like the given ones.",
	           "  kefu vectors nearest 退货 refund", &status))
		return finish(&asking, status);
	if (argc < 2)
		status = cli_usage(&asking.cli, "which word?");
	for (int i = 1; i < argc && status == CLI_OK; i++) {
		int32_t id = find(asking.vectors, argv[i]);
		if (id < 0) {
			status = unknown(&asking, argv[i]);
			break;
		}
		if (argc > 2 && !asking.cli.json)
			printf("%s%s:\n", i > 1 ? "\n" : "", argv[i]);
		nlp_vectors_get(asking.vectors, id, asking.query);
		print_nearest(&asking, &id, 1, argv[i]);
	}
	return finish(&asking, status);
}

/* query (D) = b - a + c, of vectors at length 1 (Mikolov et al. 2013, "Linguistic Regularities in Continuous Space Word
 * Representations", equation 1). */
static void analogy_query(const struct nlp_vectors *vectors, const int32_t ids[3], float *query)
{
	size_t dim = nlp_vectors_dim(vectors);
	g_autofree float *row = g_new(float, dim);
	get_unit(vectors, ids[1], query);
	get_unit(vectors, ids[0], row);
	for (size_t d = 0; d < dim; d++)
		query[d] -= row[d];
	get_unit(vectors, ids[2], row);
	for (size_t d = 0; d < dim; d++)
		query[d] += row[d];
}

/* Splits a line at blanks into at most `most` words, in place. */
static size_t split_line(char *line, char **words, size_t most)
{
	size_t n = 0;
	for (char *at = line; *at && n < most;) {
		at += strspn(at, " \t\r");
		if (*at == '\0')
			break;
		words[n++] = at;
		at += strcspn(at, " \t\r");
		if (*at)
			*at++ = '\0';
	}
	return n;
}

static char *next_line(char **at)
{
	if (!*at)
		return NULL;
	char *line = *at, *newline = strchr(line, '\n');
	*at = newline ? newline + 1 : NULL;
	if (newline)
		*newline = '\0';
	return line;
}

static int test_analogies(const struct asking *asking)
{
	g_autoptr(GError) error = NULL;
	size_t len, questions = 0, skipped = 0, right = 0;
	g_autofree char *text = corpus_file_read(asking->list, LIST_MAX_BYTES, &len, &error);
	if (!text)
		return cli_fail(&asking->cli, error);
	struct cli_progress progress = {.what = "analogies"};
	char *words[4], *at = text;
	for (char *line = next_line(&at); line && !cli_interrupted(); line = next_line(&at)) {
		int32_t ids[4];
		if (*line == ':' || split_line(line, words, 4) < 4)
			continue;
		questions++;
		bool known = true;
		for (size_t i = 0; i < 4; i++)
			known &= (ids[i] = find(asking->vectors, words[i])) >= 0;
		if (!known) {
			skipped++;
			continue;
		}
		struct nlp_neighbor found;
		analogy_query(asking->vectors, ids, asking->query);
		right += nlp_vectors_nearest(asking->vectors, asking->query, ids, 3, &found, 1) == 1 && found.id == ids[3];
		cli_progress_update(&progress, &asking->cli, (uint64_t)(line - text), len, "bytes");
	}
	cli_progress_end(&progress);
	double accuracy = questions > skipped ? (double)right / (double)(questions - skipped) : 0;
	if (asking->cli.json)
		cli_print_json(json_pack("{s:I,s:I,s:I,s:f}", "questions", (json_int_t)questions, "skipped",
		                         (json_int_t)skipped, "right", (json_int_t)right, "accuracy", accuracy));
	else
		printf("%zu of %zu right: %.4f (%zu with unknown words)\n", right, questions - skipped, accuracy, skipped);
	return cli_interrupted() ? CLI_INTERRUPTED : CLI_OK;
}

static int ask_analogy(const struct asking *asking, char **words)
{
	int32_t ids[3];
	for (size_t i = 0; i < 3; i++)
		if ((ids[i] = find(asking->vectors, words[i])) < 0)
			return unknown(asking, words[i]);
	analogy_query(asking->vectors, ids, asking->query);
	g_autofree char *question = g_strjoin(" ", words[0], words[1], words[2], NULL);
	print_nearest(asking, ids, 3, question);
	return CLI_OK;
}

int vectors_analogy(int argc, char **argv)
{
	struct asking asking = {.cli.verb = "vectors analogy"};
	int status = CLI_OK;
	if (!start(&asking, &argc, &argv, "answer the questions 'a b c d' of a file", "A B C | --file FILE",
	           "Prints the words that are to C what B is to A.", "  kefu vectors analogy man king woman", &status))
		return finish(&asking, status);
	if (asking.list && argc == 1)
		status = test_analogies(&asking);
	else if (!asking.list && argc == 4)
		status = ask_analogy(&asking, argv + 1);
	else
		status = cli_usage(&asking.cli, "three words, or --file FILE");
	return finish(&asking, status);
}

struct scored {
	double value, rank;
	size_t pair;
};

static int compare_values(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->value, y = ((const struct scored *)b)->value;
	return (x > y) - (x < y);
}

static int compare_pairs(const void *a, const void *b)
{
	size_t x = ((const struct scored *)a)->pair, y = ((const struct scored *)b)->pair;
	return (x > y) - (x < y);
}

/* Ranks from 0, equal values sharing the mean of theirs; then back in the order of the pairs. */
static void rank(struct scored *list, size_t n)
{
	qsort(list, n, sizeof *list, compare_values);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && !(list[j].value > list[i].value);)
			j++;
		for (size_t k = i; k < j; k++)
			list[k].rank = (double)(i + j - 1) / 2;
	}
	qsort(list, n, sizeof *list, compare_pairs);
}

/* Pearson's correlation of the ranks. */
static double spearman(struct scored *a, struct scored *b, size_t n)
{
	double mean = ((double)n - 1) / 2, ab = 0, aa = 0, bb = 0;
	rank(a, n);
	rank(b, n);
	for (size_t i = 0; i < n; i++) {
		double x = a[i].rank - mean, y = b[i].rank - mean;
		ab += x * y;
		aa += x * x;
		bb += y * y;
	}
	return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

static int test_similarities(const struct asking *asking)
{
	g_autoptr(GError) error = NULL;
	size_t len, pairs = 0;
	g_autofree char *text = corpus_file_read(asking->list, LIST_MAX_BYTES, &len, &error);
	if (!text)
		return cli_fail(&asking->cli, error);
	g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(struct scored));
	g_autoptr(GArray) measured = g_array_new(FALSE, FALSE, sizeof(struct scored));
	char *words[3], *at = text;
	for (char *line = next_line(&at); line; line = next_line(&at)) {
		if (*line == '#' || split_line(line, words, 3) < 3)
			continue;
		char *end;
		struct scored score = {.value = g_ascii_strtod(words[2], &end), .pair = given->len};
		if (end == words[2])
			continue; /* a header */
		pairs++;
		int32_t a = find(asking->vectors, words[0]), b = find(asking->vectors, words[1]);
		if (a < 0 || b < 0)
			continue;
		g_array_append_val(given, score);
		score.value = cosine(asking->vectors, a, b);
		g_array_append_val(measured, score);
	}
	guint covered = given->len;
	double rho = spearman((struct scored *)(void *)given->data, (struct scored *)(void *)measured->data, given->len);
	if (asking->cli.json)
		cli_print_json(
		    json_pack("{s:I,s:i,s:f}", "pairs", (json_int_t)pairs, "covered", (int)covered, "spearman", rho));
	else
		printf("Spearman %.4f over %u of %zu pairs\n", rho, covered, pairs);
	return CLI_OK;
}

static int ask_similarity(const struct asking *asking, char **words)
{
	int32_t a = find(asking->vectors, words[0]), b = find(asking->vectors, words[1]);
	if (a < 0 || b < 0)
		return unknown(asking, a < 0 ? words[0] : words[1]);
	double value = cosine(asking->vectors, a, b);
	if (asking->cli.json)
		cli_print_json(json_pack("{s:s,s:s,s:f}", "a", words[0], "b", words[1], "cosine", value));
	else
		printf("%.4f\n", value);
	return CLI_OK;
}

int vectors_similarity(int argc, char **argv)
{
	struct asking asking = {.cli.verb = "vectors similarity"};
	int status = CLI_OK;
	if (!start(&asking, &argc, &argv, "compare with the scores 'word word score' of a file", "WORD WORD | --file FILE",
	           "Prints the cosine of two words, or the rank correlation with people's scores.",
	           "  kefu vectors similarity 退货 退款", &status))
		return finish(&asking, status);
	if (asking.list && argc == 1)
		status = test_similarities(&asking);
	else if (!asking.list && argc == 3)
		status = ask_similarity(&asking, argv + 1);
	else
		status = cli_usage(&asking.cli, "two words, or --file FILE");
	return finish(&asking, status);
}
