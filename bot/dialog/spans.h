/* Entities by memory: words that the bot's training examples mark as an entity are that entity when they come again.
 * Immutable once made; shared by threads. */
#ifndef DIALOG_SPANS_H
#define DIALOG_SPANS_H

#include <glib.h>
#include <jansson.h>

struct bot_domain;
struct corpus_nlu;
struct nlp_analyzer;
struct nlp_document;
struct span_book;

struct span_book *span_book_new(const struct corpus_nlu *nlu, const struct nlp_analyzer *analyzer);
void span_book_free(struct span_book *book); /* accepts NULL */

/* The document's entities and those remembered, in order of their places, as Rasa's JSON: a new array. A remembered one
 * takes the place of what it overlaps if the domain does not know that. */
json_t *spans_entities(const struct span_book *book, const struct bot_domain *domain,
                       const struct nlp_document *document);

#endif
