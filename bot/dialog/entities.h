/* The entities of a message as Rasa's JSON, from all that finds some: the front end (numbers, money, times, a bot's
 * lookups and regexes), Kefu in Duckling's place where a bot's pipeline has a DucklingEntityExtractor, the tagger that
 * the bot's marked examples taught, and the marked words themselves. */
#ifndef DIALOG_ENTITIES_H
#define DIALOG_ENTITIES_H

#include <glib.h>
#include <jansson.h>

struct bot_domain;
struct nlp_analyzer;
struct nlp_document;
struct span_book;
struct tagging;

/* All borrowed; shared by threads. */
struct entity_sources {
	const struct bot_domain *domain;     /* NULL: declares nothing */
	const struct span_book *spans;       /* NULL: remembers nothing */
	struct tagging *tagging;             /* NULL: the model has no tagger */
	const struct nlp_analyzer *analyzer; /* that the document is analysed with */
	GTimeZone *zone;                     /* times are written in it; NULL: UTC */
	unsigned dimensions;                 /* of Duckling in the pipeline (dialog/duckling.h); 0: it has none */
};

/* In order of their places, a new array of {"entity", "value", "start", "end", "confidence", "extractor", ...}; typed
 * values also have Duckling's "additional_info". */
json_t *entities_of(const struct entity_sources *sources, const struct nlp_document *document);

/* One found by the front end or by memory. */
json_t *entity_json(const char *entity, const char *value, size_t start, size_t end);

#endif
