/* kefu test faq: how well a faq.csv answers queries, and how honestly it declines. */
#include <stdio.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "commands/language.h"
#include "corpora/faq.h"
#include "corpora/table.h"
#include "models/faq.h"
#include "nlp/document.h"

#define RANKS 50u /* an id further down counts as not found */

struct tally {
	size_t queries, answerable, first, first_three, unanswerable, abstained, abstained_rightly;
	double reciprocal;
	double seconds; /* in answering alone */
};

static void count(struct tally *tally, const char *id, const struct model_faq_hit *hits, size_t n, bool answered)
{
	tally->queries++;
	tally->abstained += !answered;
	if (*id == '\0') {
		tally->unanswerable++;
		tally->abstained_rightly += !answered;
		return;
	}
	tally->answerable++;
	for (size_t rank = 0; rank < n; rank++) {
		if (strcmp(hits[rank].id, id) != 0)
			continue;
		tally->first += rank == 0;
		tally->first_three += rank < 3;
		tally->reciprocal += 1.0 / ((double)rank + 1.0);
		return;
	}
}

static bool ask_all(const struct cli *cli, const struct model_faq *faq, const struct nlp_analyzer *analyzer,
                    struct corpus_table *table, bool show, struct tally *tally, GError **error)
{
	struct model_faq_hit hits[RANKS];
	struct nlp_document document;
	int text_column = corpus_table_column(table, "text"), id_column = corpus_table_column(table, "id");
	enum corpus_row row = CORPUS_ROW_OK;
	if (text_column < 0)
		text_column = corpus_table_column(table, "question");
	if (text_column < 0 || id_column < 0) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "the queries need the columns text and id");
		return false;
	}
	nlp_document_init(&document);
	while (row != CORPUS_ROW_END && row != CORPUS_ROW_FAILED && !cli_interrupted()) {
		g_autoptr(GError) bad = NULL;
		size_t len;
		bool answered;
		row = corpus_table_next(table, &bad);
		if (row == CORPUS_ROW_BAD)
			cli_say(cli, "%s; skipped", bad->message);
		if (row == CORPUS_ROW_FAILED)
			g_propagate_error(error, g_steal_pointer(&bad));
		if (row != CORPUS_ROW_OK)
			continue;
		const char *text = corpus_table_field(table, text_column, &len);
		const char *id = corpus_table_field(table, id_column, NULL);
		int64_t start_us = g_get_monotonic_time();
		nlp_document_tokenize(&document, analyzer, text, len);
		size_t n = model_faq_query(faq, &document, nlp_lang_code(document.lang), hits, RANKS, &answered);
		tally->seconds += cli_seconds_since(start_us);
		count(tally, id, hits, n, answered);
		if (show)
			printf("%s\t%s\t%s\t%.4f\t%s\n", text, id, n > 0 ? hits[0].id : "", n > 0 ? (double)hits[0].score : 0.0,
			       answered ? "answered" : "declined");
	}
	nlp_document_clear(&document);
	return row != CORPUS_ROW_FAILED;
}

static double share(size_t part, size_t whole)
{
	return whole > 0 ? (double)part / (double)whole : 0.0;
}

static json_t *tally_to_json(const struct tally *t)
{
	double mrr = t->answerable > 0 ? t->reciprocal / (double)t->answerable : 0.0;
	return json_pack("{s:I,s:f,s:f,s:f,s:f,s:f,s:f}", "queries", (json_int_t)t->queries, "hit1",
	                 share(t->first, t->answerable), "hit3", share(t->first_three, t->answerable), "mrr", mrr,
	                 "abstain_precision", share(t->abstained_rightly, t->abstained), "abstain_recall",
	                 share(t->abstained_rightly, t->unanswerable), "queries_per_second",
	                 t->seconds > 0 ? (double)t->queries / t->seconds : 0.0);
}

static bool test_faq(const struct cli *cli, const char *faq_path, const char *queries_path, const char *base, bool show,
                     struct tally *tally, GError **error)
{
	struct cli_language language = {0};
	struct corpus_table *table = NULL;
	struct model_faq *faq = NULL;
	bool done = false;
	int64_t start_us = g_get_monotonic_time();
	struct corpus_faq *rows = corpus_faq_load(faq_path, error);
	if (!rows || !cli_language_open(&language, base, error))
		goto out;
	faq = model_faq_new(rows, language.analyzer, language.vectors, error);
	if (!faq)
		goto out;
	cli_say(cli, "%zu rows indexed in %.2f s, %zu bad rows skipped", corpus_faq_len(rows), cli_seconds_since(start_us),
	        corpus_faq_skipped(rows));
	table = corpus_table_open(queries_path, error);
	done = table && ask_all(cli, faq, language.analyzer, table, show, tally, error);
out:
	corpus_table_close(table);
	model_faq_unref(faq);
	corpus_faq_free(rows);
	cli_language_clear(&language);
	return done;
}

int command_test_faq(int argc, char **argv)
{
	struct cli cli = {.verb = "test faq"};
	struct tally tally = {0};
	g_autofree char *faq = NULL, *queries = NULL, *base = NULL;
	gboolean show = FALSE;
	g_autoptr(GError) error = NULL;
	int status;
	const GOptionEntry entries[] = {
	    {"faq", 0, 0, G_OPTION_ARG_FILENAME, &faq, "id,question,answer[,lang]", "FILE"},
	    {"queries", 0, 0, G_OPTION_ARG_FILENAME, &queries, "text,id; an empty id: there is no answer", "FILE"},
	    {"base", 0, 0, G_OPTION_ARG_FILENAME, &base, "base model (default: the bundled one)", "FILE"},
	    {"show", 0, 0, G_OPTION_ARG_NONE, &show, "write every query with its best id and score", NULL},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--faq FILE --queries FILE",
	               "Measures how well a FAQ answers queries, and how honestly it declines those it has no answer to.",
	               "  kefu test faq --faq faq.csv --queries faq_queries.csv --json", &status))
		return status;
	if (!faq || !queries || (base && strcmp(base, "none") == 0))
		return cli_usage(&cli, !faq || !queries ? "--faq and --queries are needed" : "a base model is needed");
	if (!test_faq(&cli, faq, queries, base, show, &tally, &error))
		return cli_fail(&cli, error);
	cli_say(&cli, "%zu queries: hit@1 %.4f, hit@3 %.4f of %zu with an answer; declined %zu of %zu without",
	        tally.queries, share(tally.first, tally.answerable), share(tally.first_three, tally.answerable),
	        tally.answerable, tally.abstained_rightly, tally.unanswerable);
	if (cli.json)
		cli_print_json(tally_to_json(&tally));
	return cli_interrupted() ? CLI_INTERRUPTED : CLI_OK;
}
