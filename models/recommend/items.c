#include "recommend/items.h"

#include <stdbool.h>
#include <string.h>

#include "corpora/catalogue.h"
#include "corpora/interactions.h"
#include "models/error.h"

static struct recommend_items *items_empty(void)
{
	struct recommend_items *items = g_new0(struct recommend_items, 1);
	items->strings = g_string_chunk_new(4096);
	items->items = g_array_new(FALSE, TRUE, sizeof(struct recommend_item));
	items->categories = g_ptr_array_new();
	items->texts = g_ptr_array_new_with_free_func(g_free);
	items->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	items->by_category = g_hash_table_new(g_str_hash, g_str_equal);
	return items;
}

void recommend_items_free(struct recommend_items *items)
{
	if (!items)
		return;
	g_hash_table_destroy(items->by_category);
	g_hash_table_destroy(items->by_id);
	g_ptr_array_free(items->texts, TRUE);
	g_ptr_array_free(items->categories, TRUE);
	g_array_free(items->items, TRUE);
	g_string_chunk_free(items->strings);
	g_free(items);
}

static int32_t add_category(struct recommend_items *items, const char *name)
{
	if (!name || !*name)
		return -1;
	int32_t found = recommend_items_category(items, name);
	if (found >= 0)
		return found;
	char *copy = g_string_chunk_insert(items->strings, name);
	g_ptr_array_add(items->categories, copy);
	g_hash_table_insert(items->by_category, copy, GUINT_TO_POINTER(items->categories->len));
	return (int32_t)items->categories->len - 1;
}

/* The item of this id, made where it is not there yet. */
static struct recommend_item *add_item(struct recommend_items *items, const char *id)
{
	int32_t found = recommend_items_find(items, id);
	if (found < 0) {
		struct recommend_item item = {.category = -1, .price_cents = -1, .stock = -1};
		item.id = g_string_chunk_insert(items->strings, id);
		g_array_append_val(items->items, item);
		g_hash_table_insert(items->by_id, (char *)item.id, GUINT_TO_POINTER(items->items->len));
		found = (int32_t)items->items->len - 1;
	}
	return &g_array_index(items->items, struct recommend_item, found);
}

static struct recommend_text *add_texts(struct recommend_items *items, struct recommend_item *item, size_t n)
{
	struct recommend_text *texts = g_new0(struct recommend_text, n + 1);
	g_ptr_array_add(items->texts, texts);
	item->texts = texts;
	item->n_texts = n;
	return texts;
}

static const char *keep(struct recommend_items *items, const char *text)
{
	return g_string_chunk_insert(items->strings, text ? text : "");
}

struct recommend_items *recommend_items_new(const struct corpus_interactions *log,
                                            const struct corpus_catalogue *catalogue, GError **error)
{
	size_t n_log = log ? corpus_interactions_items(log) : 0;
	size_t n_catalogue = catalogue ? corpus_catalogue_len(catalogue) : 0;
	if (n_log + n_catalogue > RECOMMEND_ITEMS_MAX) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_LIMIT,
		            "%zu items in the log and %zu in the catalogue: at most %u are recommended from", n_log,
		            n_catalogue, RECOMMEND_ITEMS_MAX);
		return NULL;
	}
	struct recommend_items *items = items_empty();
	for (size_t i = 0; i < n_log; i++)
		add_item(items, corpus_interactions_item_name(log, (int32_t)i));
	for (size_t i = 0; i < n_catalogue; i++) {
		const struct corpus_item *from = corpus_catalogue_get(catalogue, i);
		struct recommend_item *item = add_item(items, from->id);
		item->category = add_category(items, from->category);
		item->price_cents = from->price_cents;
		item->stock = from->stock;
		struct recommend_text *texts = add_texts(items, item, from->n_texts);
		for (size_t t = 0; t < from->n_texts; t++)
			texts[t] = (struct recommend_text){keep(items, from->texts[t].lang), keep(items, from->texts[t].title),
			                                   keep(items, from->texts[t].description)};
	}
	return items;
}

size_t recommend_items_len(const struct recommend_items *items)
{
	return items->items->len;
}

const struct recommend_item *recommend_items_get(const struct recommend_items *items, int32_t index)
{
	return &g_array_index(items->items, struct recommend_item, index);
}

int32_t recommend_items_find(const struct recommend_items *items, const char *id)
{
	return (int32_t)GPOINTER_TO_UINT(g_hash_table_lookup(items->by_id, id)) - 1;
}

int32_t recommend_items_category(const struct recommend_items *items, const char *name)
{
	return (int32_t)GPOINTER_TO_UINT(g_hash_table_lookup(items->by_category, name)) - 1;
}

json_t *recommend_items_to_json(const struct recommend_items *items)
{
	json_t *array = json_array();
	for (size_t i = 0; i < recommend_items_len(items); i++) {
		const struct recommend_item *item = recommend_items_get(items, (int32_t)i);
		json_t *texts = json_array();
		for (size_t t = 0; t < item->n_texts; t++)
			json_array_append_new(
			    texts, json_pack("[s,s,s]", item->texts[t].lang, item->texts[t].title, item->texts[t].description));
		const char *category = item->category < 0 ? "" : g_ptr_array_index(items->categories, item->category);
		json_array_append_new(array, json_pack("{s:s,s:s,s:I,s:I,s:o}", "id", item->id, "category", category, "price",
		                                       (json_int_t)item->price_cents, "stock", (json_int_t)item->stock, "texts",
		                                       texts));
	}
	return array;
}

static bool item_from_json(struct recommend_items *items, json_t *entry)
{
	const char *id, *category;
	json_int_t price, stock;
	json_t *texts;
	if (json_unpack(entry, "{s:s,s:s,s:I,s:I,s:o}", "id", &id, "category", &category, "price", &price, "stock", &stock,
	                "texts", &texts) != 0 ||
	    !json_is_array(texts) || recommend_items_find(items, id) >= 0)
		return false;
	struct recommend_item *item = add_item(items, id);
	item->category = add_category(items, category);
	item->price_cents = price;
	item->stock = stock;
	struct recommend_text *out = add_texts(items, item, json_array_size(texts));
	for (size_t t = 0; t < item->n_texts; t++) {
		const char *lang, *title, *description;
		if (json_unpack(json_array_get(texts, t), "[s,s,s]", &lang, &title, &description) != 0)
			return false;
		out[t] = (struct recommend_text){keep(items, lang), keep(items, title), keep(items, description)};
	}
	return true;
}

struct recommend_items *recommend_items_from_json(const json_t *array, GError **error)
{
	size_t n = json_array_size(array);
	if (!json_is_array(array) || n > RECOMMEND_ITEMS_MAX) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT,
		            "section recommend.items is not an array of at most %u items", RECOMMEND_ITEMS_MAX);
		return NULL;
	}
	struct recommend_items *items = items_empty();
	for (size_t i = 0; i < n; i++) {
		if (item_from_json(items, json_array_get(array, i)))
			continue;
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT, "section recommend.items: entry %zu is not an item", i);
		recommend_items_free(items);
		return NULL;
	}
	return items;
}
