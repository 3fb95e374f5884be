#include "dialog/order.h"

#include <string.h>

#include "bot/error.h"
#include "corpora/table.h"
#include "dialog/action.h"
#include "dialog/response.h"

struct order_book {
	gatomicrefcount refs;
	GHashTable *orders; /* folded id -> order */
	GHashTable *digits; /* digits of an id -> order, or `several` */
};

static const struct order several;

static void order_free(void *data)
{
	struct order *order = data;
	g_free(order->id);
	g_free(order->status);
	g_free(order->carrier);
	g_free(order->tracking);
	g_free(order->updated);
	g_free(order->eta);
	g_free(order);
}

/* Upper-case ASCII letters and digits of `id`, or the digits only. Owned by the caller. */
static char *fold(const char *id, bool digits_only)
{
	GString *out = g_string_new(NULL);
	for (const char *p = id; *p; p++)
		if (g_ascii_isdigit(*p) || (!digits_only && g_ascii_isalpha(*p)))
			g_string_append_c(out, g_ascii_toupper(*p));
	return g_string_free(out, FALSE);
}

static void put(struct order_book *book, struct order *order)
{
	char *digits = fold(order->id, true);
	bool taken = g_hash_table_contains(book->digits, digits);
	g_hash_table_insert(book->digits, digits, (void *)(taken ? &several : order));
	g_hash_table_replace(book->orders, fold(order->id, false), order);
}

struct order_book *order_book_load(const char *path, GError **error)
{
	struct corpus_table *table = corpus_table_open(path, error);
	if (!table)
		return NULL;
	static const char *const names[] = {"order_id", "status", "carrier", "tracking", "updated", "eta"};
	int columns[G_N_ELEMENTS(names)];
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		columns[i] = corpus_table_column(table, names[i]);
	struct order_book *book = g_new0(struct order_book, 1);
	g_atomic_ref_count_init(&book->refs);
	book->orders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, order_free);
	book->digits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	enum corpus_row row = CORPUS_ROW_OK;
	bool fits = columns[0] >= 0 && columns[1] >= 0;
	while (fits && g_hash_table_size(book->orders) < ORDERS_MAX) {
		g_autoptr(GError) bad = NULL;
		row = corpus_table_next(table, &bad);
		if (row == CORPUS_ROW_END || row == CORPUS_ROW_FAILED)
			break;
		if (row == CORPUS_ROW_BAD || !*corpus_table_field(table, columns[0], NULL))
			continue;
		char *fields[G_N_ELEMENTS(names)];
		for (guint i = 0; i < G_N_ELEMENTS(names); i++)
			fields[i] = g_strdup(columns[i] < 0 ? "" : corpus_table_field(table, columns[i], NULL));
		struct order *order = g_new0(struct order, 1);
		*order = (struct order){fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]};
		put(book, order);
	}
	corpus_table_close(table);
	if (!fits || row == CORPUS_ROW_FAILED) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: needs a header with order_id and status, and whole rows",
		            path);
		g_clear_pointer(&book, order_book_unref);
	}
	return book;
}

struct order_book *order_book_ref(struct order_book *book)
{
	g_atomic_ref_count_inc(&book->refs);
	return book;
}

void order_book_unref(struct order_book *book)
{
	if (!book || !g_atomic_ref_count_dec(&book->refs))
		return;
	g_hash_table_unref(book->digits);
	g_hash_table_unref(book->orders);
	g_free(book);
}

const struct order *order_book_find(const struct order_book *book, const char *id)
{
	g_autofree char *whole = fold(id, false), *digits = fold(id, true);
	const struct order *order = g_hash_table_lookup(book->orders, whole);
	if (!order && strcmp(whole, digits) == 0)
		order = g_hash_table_lookup(book->digits, digits);
	return order == &several ? NULL : order;
}

/* Says how the order in slot `order_id` stands: utter_order_<status>, or utter_order_status where there is none. An
 * unknown number is said to be unknown and forgotten, so that the form asks again the next time. */
void action_order_status(struct dialog_turn *turn)
{
	const char *id = tracker_slot_text(turn->tracker, "order_id");
	const struct order *order =
	    id && turn->services && turn->services->orders ? order_book_find(turn->services->orders, id) : NULL;
	json_t *args = json_object();
	if (!order) {
		json_object_set_new(args, "order_id", json_string(id ? id : ""));
		response_utter(turn, "utter_order_unknown", args);
		tracker_add(turn->tracker, event_slot("order_id", json_null()));
		json_decref(args);
		return;
	}
	const struct {
		const char *key, *value;
	} fields[] = {{"order_id", order->id},       {"status", order->status},   {"carrier", order->carrier},
	              {"tracking", order->tracking}, {"updated", order->updated}, {"eta", order->eta}};
	for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
		json_object_set_new(args, fields[i].key, json_string(fields[i].value));
	g_autofree char *name = g_strconcat("utter_order_", order->status, NULL);
	if (!response_utter(turn, name, args))
		response_utter(turn, "utter_order_status", args);
	json_decref(args);
}

bool action_names_order(struct dialog_turn *turn)
{
	const struct dialog_event *user = turn->tracker->latest_user;
	if (!turn->services || !turn->services->orders || !domain_slot(turn->domain, "order_id", NULL))
		return false;
	for (size_t i = 0; user && i < json_array_size(user->value); i++) {
		const json_t *entity = json_array_get(user->value, i);
		const char *name = json_string_value(json_object_get(entity, "entity"));
		json_t *value = json_object_get(entity, "value");
		/* A number by itself is one only if there is such an order. */
		bool is_id = g_strcmp0(name, "order_id") == 0 && json_is_string(value);
		bool is_number = g_strcmp0(name, "number") == 0 && json_is_string(value) &&
		                 order_book_find(turn->services->orders, json_string_value(value));
		if (!is_id && !is_number)
			continue;
		tracker_add(turn->tracker, event_slot("order_id", json_incref(value)));
		return true;
	}
	return false;
}
