/* What items are, rather than who bought them: title and description, category, price. */
#ifndef RECOMMEND_CONTENT_H
#define RECOMMEND_CONTENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct nlp_analyzer;
struct nlp_document;
struct nlp_vectors;
struct recommend_content;
struct recommend_items;
struct recommend_profile;

/* `items` is borrowed and must outlive it. Without `analyzer` texts are not looked at, without `vectors` only their
 * terms. */
struct recommend_content *recommend_content_new(const struct recommend_items *items,
                                                const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors);
void recommend_content_free(struct recommend_content *content); /* accepts NULL */

/* True if anything is known of any item. */
bool recommend_content_useful(const struct recommend_content *content);

/* Both: scores (I), overwritten, none below zero. */
void recommend_content_score(const struct recommend_content *content, const struct recommend_profile *profile,
                             float *scores);
/* How well items fit the text. False where none does. */
bool recommend_content_match(const struct recommend_content *content, const struct nlp_document *text, float *scores);

/* The item of the profile that is most like `item`, or -1. */
int32_t recommend_content_because(const struct recommend_content *content, const struct recommend_profile *profile,
                                  int32_t item);

#endif
