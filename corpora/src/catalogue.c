#include "corpora/catalogue.h"

#include <string.h>

#include "corpora/error.h"
#include "corpora/example.h"
#include "src/rows.h"

#define MAX_ITEMS      1000000u
#define MAX_PRICE      INT64_C(1000000000000) /* in whole units of currency */
#define MAX_ITEM_LANGS 32u

struct entry {
	struct corpus_item item;
	GArray *texts; /* struct corpus_item_text */
};

enum column { ID, TITLE, DESCRIPTION, CATEGORY, PRICE, CURRENCY, IMAGE, URL, STOCK, LANG, N_COLUMNS };

struct corpus_catalogue {
	GPtrArray *entries;
	GHashTable *by_id; /* id -> struct entry */
	GStringChunk *strings;
	size_t skipped;
	int columns[N_COLUMNS];
};

static void entry_free(gpointer data)
{
	struct entry *entry = data;
	g_array_unref(entry->texts);
	g_free(entry);
}

/* "1299", "12.5", "1,299.00" to hundredths; further decimals are cut off. */
static bool parse_price(const char *text, int64_t *cents)
{
	int64_t whole = 0, part = 0;
	unsigned digits = 0, decimals = 0;
	for (; g_ascii_isdigit(*text) || (*text == ',' && digits > 0 && g_ascii_isdigit(text[1])); text++) {
		if (*text == ',')
			continue;
		whole = whole * 10 + (*text - '0');
		digits++;
		if (whole > MAX_PRICE)
			return false;
	}
	if (*text == '.') {
		for (text++; g_ascii_isdigit(*text); text++, decimals++)
			if (decimals < 2)
				part = part * 10 + (*text - '0');
		if (decimals == 1)
			part *= 10;
	}
	*cents = whole * 100 + part;
	return *text == '\0' && digits + decimals > 0;
}

static bool parse_stock(const char *text, int64_t *stock)
{
	guint64 value;
	if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT32, &value, NULL))
		return false;
	*stock = (int64_t)value;
	return true;
}

static const char *field(const struct corpus_catalogue *c, const struct corpus_table *table, enum column column)
{
	return corpus_table_field(table, c->columns[column], NULL);
}

/* The first row of an item that gives a value sets it. */
static void fill(struct corpus_catalogue *c, const struct corpus_table *table, enum column column, const char **slot)
{
	if (**slot == '\0')
		*slot = g_string_chunk_insert_const(c->strings, field(c, table, column));
}

static struct entry *get_entry(struct corpus_catalogue *c, const char *id)
{
	struct entry *entry = g_hash_table_lookup(c->by_id, id);
	if (entry)
		return entry;
	entry = g_new0(struct entry, 1);
	entry->texts = g_array_new(FALSE, FALSE, sizeof(struct corpus_item_text));
	entry->item = (struct corpus_item){
	    .id = g_string_chunk_insert(c->strings, id),
	    .category = "",
	    .currency = "",
	    .image = "",
	    .url = "",
	    .price_cents = -1,
	    .stock = -1,
	};
	g_ptr_array_add(c->entries, entry);
	g_hash_table_insert(c->by_id, (gpointer)entry->item.id, entry);
	return entry;
}

static const char *check_row(const struct corpus_catalogue *c, const struct corpus_table *table)
{
	const struct entry *entry = g_hash_table_lookup(c->by_id, field(c, table, ID));
	const char *lang = field(c, table, LANG);
	if (*field(c, table, ID) == '\0')
		return "no id";
	if (*field(c, table, TITLE) == '\0')
		return "no title";
	if (strlen(field(c, table, TITLE)) > CORPUS_TEXT_MAX_BYTES ||
	    strlen(field(c, table, DESCRIPTION)) > CORPUS_TEXT_MAX_BYTES)
		return "a text of more than 64 KiB";
	if (!entry)
		return c->entries->len >= MAX_ITEMS ? "more than 1000000 items" : NULL;
	if (entry->texts->len >= MAX_ITEM_LANGS)
		return "more than 32 languages of one item";
	for (guint i = 0; i < entry->texts->len; i++)
		if (strcmp(g_array_index(entry->texts, struct corpus_item_text, i).lang, lang) == 0)
			return "this id stands twice in one language";
	return NULL;
}

static const char *take_row(const struct corpus_table *table, void *user)
{
	struct corpus_catalogue *c = user;
	int64_t cents = -1, stock = -1;
	const char *why = check_row(c, table);
	if (why)
		return why;
	if (*field(c, table, PRICE) && !parse_price(field(c, table, PRICE), &cents))
		return "the price must be a number like 12.50";
	if (*field(c, table, STOCK) && !parse_stock(field(c, table, STOCK), &stock))
		return "the stock must be a whole number";
	struct entry *entry = get_entry(c, field(c, table, ID));
	struct corpus_item *item = &entry->item;
	fill(c, table, CATEGORY, &item->category);
	fill(c, table, CURRENCY, &item->currency);
	fill(c, table, IMAGE, &item->image);
	fill(c, table, URL, &item->url);
	item->price_cents = item->price_cents < 0 ? cents : item->price_cents;
	item->stock = item->stock < 0 ? stock : item->stock;
	struct corpus_item_text text = {
	    .lang = g_string_chunk_insert_const(c->strings, field(c, table, LANG)),
	    .title = g_string_chunk_insert(c->strings, field(c, table, TITLE)),
	    .description = g_string_chunk_insert(c->strings, field(c, table, DESCRIPTION)),
	};
	g_array_append_val(entry->texts, text);
	item->texts = (const struct corpus_item_text *)(gpointer)entry->texts->data;
	item->n_texts = entry->texts->len;
	return NULL;
}

struct corpus_catalogue *corpus_catalogue_load(const char *path, GError **error)
{
	static const char *const names[N_COLUMNS] = {"id",       "title", "description", "category", "price",
	                                             "currency", "image", "url",         "stock",    "lang"};
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return NULL;
	struct corpus_catalogue *c = g_new0(struct corpus_catalogue, 1);
	c->entries = g_ptr_array_new_with_free_func(entry_free);
	c->by_id = g_hash_table_new(g_str_hash, g_str_equal);
	c->strings = g_string_chunk_new(1 << 14);
	for (unsigned i = 0; i < N_COLUMNS; i++)
		c->columns[i] = corpus_table_column(table, names[i]);
	bool ok;
	if (c->columns[ID] < 0 || c->columns[TITLE] < 0)
		ok = rows_no_column(table, path, c->columns[ID] < 0 ? "id" : "title", error);
	else
		ok = rows_each(table, path, take_row, c, &c->skipped, error);
	corpus_table_close(table);
	if (ok)
		return c;
	corpus_catalogue_free(c);
	return NULL;
}

void corpus_catalogue_free(struct corpus_catalogue *catalogue)
{
	if (!catalogue)
		return;
	g_hash_table_unref(catalogue->by_id);
	g_ptr_array_unref(catalogue->entries);
	g_string_chunk_free(catalogue->strings);
	g_free(catalogue);
}

size_t corpus_catalogue_len(const struct corpus_catalogue *catalogue)
{
	return catalogue->entries->len;
}

size_t corpus_catalogue_skipped(const struct corpus_catalogue *catalogue)
{
	return catalogue->skipped;
}

const struct corpus_item *corpus_catalogue_get(const struct corpus_catalogue *catalogue, size_t index)
{
	const struct entry *entry = g_ptr_array_index(catalogue->entries, index);
	return &entry->item;
}

const struct corpus_item *corpus_catalogue_find(const struct corpus_catalogue *catalogue, const char *id)
{
	const struct entry *entry = g_hash_table_lookup(catalogue->by_id, id);
	return entry ? &entry->item : NULL;
}

const struct corpus_item_text *corpus_item_text(const struct corpus_item *item, const char *lang)
{
	for (size_t i = 0; lang && i < item->n_texts; i++)
		if (strcmp(item->texts[i].lang, lang) == 0)
			return &item->texts[i];
	return &item->texts[0];
}
