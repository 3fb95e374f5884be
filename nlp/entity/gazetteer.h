/* Many fixed strings found at once (Aho and Corasick 1975, "Efficient string matching: an aid to bibliographic search")
 * over normalised characters, so 耳機 finds 耳机 and IPHONE finds iphone. A string that starts or ends with a Latin
 * letter or digit must do so at the edge of a word; Chinese has no such edges. */
#ifndef NLP_ENTITY_GAZETTEER_H
#define NLP_ENTITY_GAZETTEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/normalize.h"

#define NLP_GAZETTEER_ITEM_MAX  128u
#define NLP_GAZETTEER_NODES_MAX (1u << 24)

struct nlp_gazetteer;

struct nlp_gazetteer *nlp_gazetteer_new(void);
void nlp_gazetteer_free(struct nlp_gazetteer *gazetteer); /* accepts NULL */

/* Adds an item; `id` comes back from finding it. An equal item keeps its first id. False, with nothing added, where the
 * item is empty, has more than NLP_GAZETTEER_ITEM_MAX characters, or there is no more room. */
bool nlp_gazetteer_add(struct nlp_gazetteer *gazetteer, const struct nlp_chars *item, uint32_t id);
/* Between adding and finding. */
void nlp_gazetteer_link(struct nlp_gazetteer *gazetteer);
/* The id of exactly this item, or -1. */
int64_t nlp_gazetteer_lookup(const struct nlp_gazetteer *gazetteer, const struct nlp_chars *item);

/* Calls `found` for the longest item that ends at each character: chars[from, to). */
void nlp_gazetteer_find(const struct nlp_gazetteer *gazetteer, const struct nlp_chars *chars,
                        void (*found)(uint32_t id, size_t from, size_t to, void *user), void *user);

#endif
