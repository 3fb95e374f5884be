/* The items of a recommender: everything the log speaks of and everything in the catalogue, under dense ids. Copies
 * what it keeps of both, so that neither has to outlive it. Fixed after it is made. */
#ifndef RECOMMEND_ITEMS_H
#define RECOMMEND_ITEMS_H

#include <glib.h>
#include <jansson.h>
#include <stdint.h>

struct corpus_catalogue;
struct corpus_interactions;

#define RECOMMEND_ITEMS_MAX 1000000u

struct recommend_text {
	const char *lang, *title, *description;
};

struct recommend_item {
	const char *id;
	int32_t category;    /* index into categories, -1 where there is none */
	int64_t price_cents; /* -1 where not given */
	int64_t stock;       /* -1 where not given: taken to be there */
	const struct recommend_text *texts;
	size_t n_texts;
};

struct recommend_items {
	GStringChunk *strings;
	GArray *items; /* of recommend_item */
	GPtrArray *categories;
	GPtrArray *texts;        /* the arrays behind recommend_item.texts */
	GHashTable *by_id;       /* id -> index + 1 */
	GHashTable *by_category; /* name -> index + 1 */
};

/* The items of `log` keep their dense ids; those that only stand in `catalogue` (may be NULL) follow. */
struct recommend_items *recommend_items_new(const struct corpus_interactions *log,
                                            const struct corpus_catalogue *catalogue, GError **error);
void recommend_items_free(struct recommend_items *items); /* accepts NULL */

size_t recommend_items_len(const struct recommend_items *items);
const struct recommend_item *recommend_items_get(const struct recommend_items *items, int32_t index);
int32_t recommend_items_find(const struct recommend_items *items, const char *id);       /* or -1 */
int32_t recommend_items_category(const struct recommend_items *items, const char *name); /* or -1 */

/* As a JSON array and back (new reference / new object). */
json_t *recommend_items_to_json(const struct recommend_items *items);
struct recommend_items *recommend_items_from_json(const json_t *array, GError **error);

#endif
