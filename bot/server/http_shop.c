/* GET /api/recommend/{user}?n= as Gorse answers it: an array of {"Id","Score"} (https://gorse.io/docs/api), with
 * ?reason=1 also "Reason". GET /shop/products.json: the catalogue for the demo page. */
#include <math.h>
#include <string.h>

#include "bot/engine.h"
#include "bot/project.h"
#include "corpora/catalogue.h"
#include "models/recommend.h"
#include "server/http_routes.h"
#include "server/http_work.h"
#include "server/server.h"

#define RECOMMEND_MAX 100u

static void recommend_work(struct http_work *work, struct server *server, struct bot_worker *worker)
{
	struct bot_project *project = bot_engine_project(server->engine);
	struct recommender *recommender = bot_project_recommender(project);
	struct recommend_hit hits[RECOMMEND_MAX];
	const char *exclude[64];
	size_t n_exclude = 0, i;
	json_t *item;
	(void)worker;
	json_array_foreach (json_object_get(work->input, "exclude"), i, item) {
		if (n_exclude < G_N_ELEMENTS(exclude))
			exclude[n_exclude++] = json_string_value(item);
	}
	const struct recommend_query query = {
	    .user = work->key,
	    .category = json_string_value(json_object_get(work->input, "category")),
	    .price_to = INFINITY,
	    .in_stock = true,
	    .personalise = json_is_true(json_object_get(work->input, "personalise")) &&
	                   bot_store_personalise(bot_engine_store(server->engine), work->key),
	    .exclude = exclude,
	    .n_exclude = n_exclude,
	    .algorithm = RECOMMEND_HYBRID,
	};
	work->output = json_array();
	size_t n = recommender ? recommender_query(recommender, &query, hits, (size_t)work->number) : 0;
	bool reason = json_is_true(json_object_get(work->input, "reason"));
	for (i = 0; i < n; i++) {
		json_t *hit = json_pack("{s:s, s:f}", "Id", hits[i].item, "Score", (double)hits[i].score);
		if (reason)
			json_object_set_new(hit, "Reason",
			                    json_pack("{s:s, s:s?}", "Kind", hits[i].reason, "Because", hits[i].because));
		json_array_append_new(work->output, hit);
	}
	bot_project_unref(project);
}

static bool flag(const struct http_exchange *exchange, const char *name, bool otherwise)
{
	g_autofree char *value = http_query(exchange, name);
	return value ? strcmp(value, "0") != 0 && strcmp(value, "false") != 0 : otherwise;
}

void http_shop_recommend(struct http_exchange *exchange)
{
	g_autofree char *n_text = http_query(exchange, "n"), *exclude_text = http_query(exchange, "exclude");
	g_autofree char *category = http_query(exchange, "category");
	guint64 n = 10;
	if (n_text && !g_ascii_string_to_unsigned(n_text, 10, 1, RECOMMEND_MAX, &n, NULL)) {
		http_fail(exchange, 422, "BadRequest", "n must be a whole number from 1 to 100", 0);
		return;
	}
	if (!g_utf8_validate(http_param(exchange, 0), -1, NULL)) {
		http_fail(exchange, 400, "BadRequest", "the user is not UTF-8", 0);
		return;
	}
	json_t *exclude = json_array();
	g_auto(GStrv) items = g_strsplit(exclude_text ? exclude_text : "", ",", 64);
	for (char **item = items; *item; item++)
		if (**item)
			json_array_append_new(exclude, json_string(*item));
	json_t *input = json_pack("{s:o, s:b, s:b, s:s?}", "exclude", exclude, "reason", flag(exchange, "reason", false),
	                          "personalise", flag(exchange, "personalise", true), "category", category);
	http_work_push(exchange, false, http_param(exchange, 0), input, (int64_t)n, recommend_work);
}

/* products.csv may name a picture below the bot's folder; a page at any address must find it. */
static json_t *address(const char *text)
{
	if (!text || !*text)
		return json_null();
	if (*text == '/' || strstr(text, "://"))
		return json_string(text);
	g_autofree char *absolute = g_strconcat("/", text, NULL);
	return json_string(absolute);
}

static json_t *product(const struct corpus_item *item)
{
	json_t *texts = json_object();
	for (size_t i = 0; i < item->n_texts; i++)
		json_object_set_new(
		    texts, item->texts[i].lang,
		    json_pack("{s:s, s:s}", "title", item->texts[i].title, "description", item->texts[i].description));
	return json_pack("{s:s, s:s?, s:o, s:s?, s:o, s:o, s:o, s:o}", "id", item->id, "category", item->category, "price",
	                 item->price_cents < 0 ? json_null() : json_real((double)item->price_cents / 100.0), "currency",
	                 item->currency, "image", address(item->image), "url", address(item->url), "stock",
	                 item->stock < 0 ? json_null() : json_integer(item->stock), "texts", texts);
}

void http_shop_products(struct http_exchange *exchange)
{
	struct bot_project *project = bot_engine_project(exchange->server->engine);
	const struct corpus_catalogue *catalogue = bot_project_catalogue(project);
	json_t *all = json_array();
	for (size_t i = 0; catalogue && i < corpus_catalogue_len(catalogue); i++)
		json_array_append_new(all, product(corpus_catalogue_get(catalogue, i)));
	http_header(exchange, "cache-control:", "no-cache");
	http_reply_json(exchange, 200, all);
	bot_project_unref(project);
}
