/* Entities by memory: words that the bot's training examples mark as an entity are that entity when they come again.
 * Immutable once made; shared by threads. */
#ifndef DIALOG_SPANS_H
#define DIALOG_SPANS_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct corpus_nlu;
struct nlp_analyzer;
struct nlp_document;
struct span_book;

struct span_book *span_book_new(const struct corpus_nlu *nlu, const struct nlp_analyzer *analyzer);
void span_book_free(struct span_book *book); /* accepts NULL */

/* Entities of the document by memory, in order of their places, as Rasa's JSON: a new array. Those that `is_taken`
 * answers true for are left out; then a shorter one may be found in their place. */
json_t *spans_entities(const struct span_book *book, const struct nlp_document *document,
                       bool (*is_taken)(const char *entity, size_t start, size_t end, void *user), void *user);
/* Whether an example marks anything as this entity; whether a lookup or a regex has its name. */
bool span_book_marks(const struct span_book *book, const char *entity);
bool span_book_lists(const struct span_book *book, const char *entity);
/* The value that a text is a synonym of, or NULL. */
const char *span_book_synonym(const struct span_book *book, const char *text);

#endif
