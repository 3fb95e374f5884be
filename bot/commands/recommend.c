/* kefu recommend train|query|evaluate */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "commands/language.h"
#include "config/nearest.h"
#include "corpora/archive.h"
#include "corpora/catalogue.h"
#include "corpora/interactions.h"
#include "models/recommend.h"
#include "nlp/document.h"

#define HITS_MAX 10000

static const char *const algorithms[] = {"popular", "item-knn", "content", "hybrid"};

/* Options and opened files that the three share. */
struct sources {
	char *interactions, *products, *base, *algorithm_name;
	enum recommend_algorithm algorithm;
	struct corpus_interactions *log;
	struct corpus_catalogue *catalogue;
	struct cli_language language;
};

static void sources_clear(struct sources *sources)
{
	g_free(sources->interactions);
	g_free(sources->products);
	g_free(sources->base);
	g_free(sources->algorithm_name);
	corpus_interactions_free(sources->log);
	corpus_catalogue_free(sources->catalogue);
	cli_language_clear(&sources->language);
}

static bool sources_open(struct sources *sources, const struct cli *cli, GError **error)
{
	if (sources->interactions) {
		sources->log = corpus_interactions_load(sources->interactions, error);
		if (!sources->log)
			return false;
		if (corpus_interactions_skipped(sources->log) > 0)
			cli_say(cli, "%s: %zu bad rows skipped", sources->interactions, corpus_interactions_skipped(sources->log));
	}
	if (sources->products) {
		sources->catalogue = corpus_catalogue_load(sources->products, error);
		if (!sources->catalogue)
			return false;
		if (corpus_catalogue_skipped(sources->catalogue) > 0)
			cli_say(cli, "%s: %zu bad rows skipped", sources->products, corpus_catalogue_skipped(sources->catalogue));
	}
	return true;
}

/* Texts are only read where there are any: a log alone needs no base model. */
static bool sources_open_language(struct sources *sources, bool needed, GError **error)
{
	return !needed || cli_language_open(&sources->language, sources->base, error);
}

static bool choose_algorithm(struct sources *sources, const struct cli *cli, int *status)
{
	sources->algorithm = RECOMMEND_HYBRID;
	if (!sources->algorithm_name || recommend_algorithm_parse(sources->algorithm_name, &sources->algorithm))
		return true;
	const char *nearest = config_nearest(sources->algorithm_name, algorithms, G_N_ELEMENTS(algorithms));
	*status = cli_usage(cli, "there is no algorithm '%s'; popular, item-knn, content and hybrid are there%s%s%s",
	                    sources->algorithm_name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
	                    nearest ? "'?" : "");
	return false;
}

#define SOURCE_ENTRIES(s)                                                                                              \
	{"interactions", 0, 0, G_OPTION_ARG_FILENAME, &(s).interactions, "who did what: MovieLens, CSV or JSONL", "FILE"}, \
	    {"products", 0, 0, G_OPTION_ARG_FILENAME, &(s).products, "catalogue (products.csv)", "FILE"},                  \
	{                                                                                                                  \
		"base", 0, 0, G_OPTION_ARG_FILENAME, &(s).base, "base model for texts, or none", "FILE"                        \
	}

/* ---------------------------------------------------------------- train */

static int train(const struct cli *cli, struct sources *sources, const char *out, GError **error)
{
	int64_t start_us = g_get_monotonic_time();
	struct recommender *recommender = recommender_new(sources->log, sources->catalogue, NULL, NULL, error);
	if (!recommender)
		return -1;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	recommender_save(recommender, writer);
	recommender_unref(recommender);
	bool saved = corpus_archive_writer_save(writer, out, error);
	corpus_archive_writer_free(writer);
	struct corpus_archive *archive = saved ? corpus_archive_open(out, error) : NULL;
	if (!archive)
		return -1;
	g_autofree char *sha256 = corpus_archive_sha256(archive);
	corpus_archive_unref(archive);
	size_t users = sources->log ? corpus_interactions_users(sources->log) : 0;
	size_t events = sources->log ? corpus_interactions_len(sources->log) : 0;
	double seconds = cli_seconds_since(start_us);
	cli_say(cli, "%s: %zu events of %zu users, %.2f s", out, events, users, seconds);
	if (cli->json)
		cli_print_json(json_pack("{s:s,s:s,s:I,s:I,s:f,s:s}", "model", out, "task", "recommend", "users",
		                         (json_int_t)users, "events", (json_int_t)events, "seconds", seconds, "sha256",
		                         sha256));
	return CLI_OK;
}

static int recommend_train_verb(int argc, char **argv)
{
	struct cli cli = {.verb = "recommend train"};
	struct sources sources = {0};
	g_autofree char *out = NULL;
	g_autoptr(GError) error = NULL;
	int status;
	const GOptionEntry entries[] = {
	    SOURCE_ENTRIES(sources),
	    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "model file to write", "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--interactions FILE [--products FILE] --out FILE",
	               "Learns which items go together and writes a model that 'kefu recommend query' answers from.",
	               "  kefu recommend train --interactions interactions.csv --products products.csv --out shop.kefu",
	               &status))
		goto out;
	if (!out || (!sources.interactions && !sources.products)) {
		status = cli_usage(&cli, "%s", out ? "--interactions or --products is needed" : "--out is needed");
		goto out;
	}
	status = sources_open(&sources, &cli, &error) ? train(&cli, &sources, out, &error) : -1;
	if (status < 0)
		status = cli_fail(&cli, error);
out:
	sources_clear(&sources);
	return status;
}

/* ---------------------------------------------------------------- query */

static json_t *hit_to_json(const struct recommend_hit *hit)
{
	json_t *object = json_pack("{s:s,s:f,s:s}", "item", hit->item, "score", (double)hit->score, "reason", hit->reason);
	json_object_set_new(object, "because", hit->because ? json_string(hit->because) : json_null());
	return object;
}

static int query(const struct cli *cli, struct sources *sources, struct recommender *recommender,
                 struct recommend_query *query, const char *text, int n)
{
	struct nlp_document document;
	g_autofree struct recommend_hit *hits = g_new0(struct recommend_hit, n);
	nlp_document_init(&document);
	if (text) {
		nlp_document_analyze(&document, sources->language.analyzer, text, strlen(text));
		query->text = &document;
	}
	query->algorithm = sources->algorithm;
	size_t found = recommender_query(recommender, query, hits, (size_t)n);
	query->text = NULL;
	nlp_document_clear(&document);
	json_t *items = json_array();
	for (size_t i = 0; i < found; i++) {
		if (cli->json)
			json_array_append_new(items, hit_to_json(&hits[i]));
		else
			printf("%s\t%.6f\t%s\t%s\n", hits[i].item, (double)hits[i].score, hits[i].reason,
			       hits[i].because ? hits[i].because : "");
	}
	if (cli->json)
		cli_print_json(json_pack("{s:s?,s:O}", "user", query->user, "items", items));
	json_decref(items);
	return CLI_OK;
}

static struct recommender *open_recommender(struct sources *sources, const char *model, bool texts, GError **error)
{
	if (!sources_open_language(sources, texts, error))
		return NULL;
	if (!model)
		return recommender_new(sources->log, sources->catalogue, sources->language.analyzer, sources->language.vectors,
		                       error);
	struct corpus_archive *archive = corpus_archive_open(model, error);
	if (!archive)
		return NULL;
	struct recommender *recommender =
	    recommender_open(archive, sources->language.analyzer, sources->language.vectors, error);
	corpus_archive_unref(archive);
	return recommender;
}

static int recommend_query_verb(int argc, char **argv)
{
	struct cli cli = {.verb = "recommend query"};
	struct sources sources = {0};
	g_autofree char *model = NULL, *user = NULL, *text = NULL, *category = NULL;
	g_auto(GStrv) exclude = NULL;
	g_autoptr(GError) error = NULL;
	double price_from = 0, price_to = INFINITY;
	gboolean in_stock = FALSE, impersonal = FALSE;
	int status, n = 10;
	const GOptionEntry entries[] = {
	    SOURCE_ENTRIES(sources),
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model, "model of 'kefu recommend train'", "FILE"},
	    {"algorithm", 0, 0, G_OPTION_ARG_STRING, &sources.algorithm_name, "popular, item-knn, content or hybrid",
	     "NAME"},
	    {"user", 'u', 0, G_OPTION_ARG_STRING, &user, "whom to recommend to (default: somebody unknown)", "ID"},
	    {"text", 't', 0, G_OPTION_ARG_STRING, &text, "what was asked for", "TEXT"},
	    {"n", 'n', 0, G_OPTION_ARG_INT, &n, "how many (default: 10)", "N"},
	    {"category", 0, 0, G_OPTION_ARG_STRING, &category, "only this category", "NAME"},
	    {"price-from", 0, 0, G_OPTION_ARG_DOUBLE, &price_from, "not cheaper than this", "PRICE"},
	    {"price-to", 0, 0, G_OPTION_ARG_DOUBLE, &price_to, "not dearer than this", "PRICE"},
	    {"in-stock", 0, 0, G_OPTION_ARG_NONE, &in_stock, "only what is in stock", NULL},
	    {"exclude", 0, 0, G_OPTION_ARG_STRING_ARRAY, &exclude, "not this item; may be repeated", "ITEM"},
	    {"impersonal", 0, 0, G_OPTION_ARG_NONE, &impersonal, "as if the user were unknown", NULL},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--model FILE | --interactions FILE [--products FILE]",
	               "Recommends items to a user: item, score, reason and the item that the reason speaks of.",
	               "  kefu recommend query --model shop.kefu --user u033 --price-to 500 --in-stock", &status) ||
	    !choose_algorithm(&sources, &cli, &status))
		goto out;
	if (!model && !sources.interactions && !sources.products) {
		status = cli_usage(&cli, "--model, --interactions or --products is needed");
		goto out;
	}
	if (n < 1 || n > HITS_MAX) {
		status = cli_usage(&cli, "-n must be 1 to %d, not %d", HITS_MAX, n);
		goto out;
	}
	struct recommender *recommender = NULL;
	if (sources_open(&sources, &cli, &error))
		recommender = open_recommender(&sources, model, text || sources.products, &error);
	if (!recommender) {
		status = cli_fail(&cli, error);
		goto out;
	}
	if (text && !sources.language.analyzer) {
		status = cli_usage(&cli, "--text needs a base model, so --base cannot be none");
	} else {
		struct recommend_query question = {
		    .user = user,
		    .category = category,
		    .price_from = price_from,
		    .price_to = price_to,
		    .in_stock = in_stock,
		    .personalise = !impersonal,
		    .exclude = (const char *const *)exclude,
		    .n_exclude = exclude ? g_strv_length(exclude) : 0,
		};
		status = query(&cli, &sources, recommender, &question, text, n);
	}
	recommender_unref(recommender);
out:
	sources_clear(&sources);
	return status;
}

/* ---------------------------------------------------------------- evaluate */

/* --negatives takes a number to draw or a file. */
static bool parse_negatives(const char *text, unsigned *number, const char **path)
{
	char *end;
	uint64_t value = text ? g_ascii_strtoull(text, &end, 10) : 100;
	*path = NULL;
	*number = 100;
	if (!text)
		return true;
	if (*end != '\0' || end == text) {
		*path = text;
		return true;
	}
	*number = (unsigned)MIN(value, 100000u);
	return value <= 100000u;
}

static json_t *report_to_json(const struct recommend_report *r)
{
	return json_pack("{s:I,s:I,s:I,s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "users", (json_int_t)r->users, "items",
	                 (json_int_t)r->items, "events", (json_int_t)r->events, "hr", r->hr, "ndcg", r->ndcg, "recall",
	                 r->recall, "coverage", r->coverage, "novelty", r->novelty, "train_seconds", r->train_seconds,
	                 "queries_per_second", r->queries_per_second);
}

static int evaluate(const struct cli *cli, struct sources *sources, const char *test_path, const char *negatives_path,
                    unsigned negatives, int k, GError **error)
{
	struct recommend_report report;
	if (!sources_open(sources, cli, error) || !sources_open_language(sources, sources->products != NULL, error))
		return -1;
	struct corpus_interactions *test = test_path ? corpus_interactions_load(test_path, error) : NULL;
	if (test_path && !test)
		return -1;
	bool done = recommend_evaluate(sources->log, test, negatives_path, negatives, (unsigned)k, sources->algorithm,
	                               sources->catalogue, sources->language.analyzer, sources->language.vectors,
	                               (uint64_t)cli->seed, &report, error);
	corpus_interactions_free(test);
	if (!done)
		return -1;
	cli_say(cli, "%zu users, %zu items, %zu events: HR@%d %.4f, NDCG@%d %.4f, recall of all items %.4f, coverage %.3f",
	        report.users, report.items, report.events, k, report.hr, k, report.ndcg, report.recall, report.coverage);
	if (cli->json)
		cli_print_json(report_to_json(&report));
	return CLI_OK;
}

static int recommend_evaluate_verb(int argc, char **argv)
{
	struct cli cli = {.verb = "recommend evaluate"};
	struct sources sources = {0};
	g_autofree char *test = NULL, *protocol = NULL, *negatives_option = NULL;
	g_autoptr(GError) error = NULL;
	const char *negatives_path;
	unsigned negatives;
	int status, k = 10;
	const GOptionEntry entries[] = {
	    SOURCE_ENTRIES(sources),
	    {"algorithm", 0, 0, G_OPTION_ARG_STRING, &sources.algorithm_name, "popular, item-knn, content or hybrid",
	     "NAME"},
	    {"protocol", 0, 0, G_OPTION_ARG_STRING, &protocol, "leave-one-out", "NAME"},
	    {"test", 0, 0, G_OPTION_ARG_FILENAME, &test, "held-out interactions (default: each user's last item)", "FILE"},
	    {"negatives", 0, 0, G_OPTION_ARG_STRING, &negatives_option,
	     "items to rank it among: how many to draw, 0 for all, or the file of the NCF paper (default: 100)", "N|FILE"},
	    {"k", 'k', 0, G_OPTION_ARG_INT, &k, "length of the answer (default: 10)", "K"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "--interactions FILE [--negatives 100|FILE] [--test FILE]",
	               "Hides one item of every user and measures how well the recommender finds it.",
	               "  kefu recommend evaluate --interactions interactions.csv --protocol leave-one-out --k 10 --json",
	               &status) ||
	    !choose_algorithm(&sources, &cli, &status))
		goto out;
	if (!sources.interactions)
		status = cli_usage(&cli, "--interactions is needed");
	else if (protocol && strcmp(protocol, "leave-one-out") != 0)
		status = cli_usage(&cli, "there is no protocol '%s'; leave-one-out is there", protocol);
	else if (k < 1 || k > 1000)
		status = cli_usage(&cli, "--k must be 1 to 1000, not %d", k);
	else if (!parse_negatives(negatives_option, &negatives, &negatives_path))
		status = cli_usage(&cli, "--negatives must be at most 100000, or a file");
	else
		status = evaluate(&cli, &sources, test, negatives_path, negatives, k, &error);
	if (status < 0)
		status = cli_fail(&cli, error);
out:
	sources_clear(&sources);
	return status;
}

int command_recommend(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} verbs[] = {
	    {"train", recommend_train_verb}, {"query", recommend_query_verb}, {"evaluate", recommend_evaluate_verb}};
	const char *names[G_N_ELEMENTS(verbs)];
	struct cli cli = {.verb = "recommend"};
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		names[i] = verbs[i].name;
		if (argc > 1 && strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	}
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		puts("Usage:\n  kefu recommend train|query|evaluate [OPTIONS]\n\nRecommends items of a shop.\n\n"
		     "Example:\n  kefu recommend evaluate --interactions interactions.csv --json\n\n"
		     "'kefu recommend train --help' and so on show the options of each.");
		return CLI_OK;
	}
	if (argc < 2)
		return cli_usage(&cli, "one of train, query and evaluate is needed");
	const char *nearest = config_nearest(argv[1], names, G_N_ELEMENTS(names));
	return cli_usage(&cli, "there is no '%s'%s%s%s", argv[1], nearest ? "; did you mean '" : "", nearest ? nearest : "",
	                 nearest ? "'?" : "");
}
