/* Kefu in the place of Duckling. Rasa bots have a DucklingEntityExtractor in their pipeline, which asks a server of its
 * own for numbers, money, times and the like; here the front end finds them, and this file says them in the same JSON
 * (the ToJSON instances of github.com/facebook/duckling, wrapped as in
 * rasa/nlu/extractors/duckling_entity_extractor.py). What Duckling leaves to the locale is settled: 元 and ¥ are CNY; a
 * time that may be several has its nearest only. */
#ifndef DIALOG_DUCKLING_H
#define DIALOG_DUCKLING_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

struct nlp_analyzer;
struct nlp_document;
struct nlp_entity;

enum duckling_dimension {
	DUCKLING_NUMBER = 1 << 0,
	DUCKLING_ORDINAL = 1 << 1,
	DUCKLING_MONEY = 1 << 2,
	DUCKLING_TIME = 1 << 3,
	DUCKLING_EMAIL = 1 << 4,
	DUCKLING_PHONE = 1 << 5,
	DUCKLING_DISTANCE = 1 << 6,
	DUCKLING_DURATION = 1 << 7,
	DUCKLING_QUANTITY = 1 << 8,
	DUCKLING_URL = 1 << 9,
};
#define DUCKLING_ALL ((1u << 10) - 1)
/* What Duckling's server counts in where a pipeline names no timezone; the test stories of Rasa's own bots expect it.
 */
#define DUCKLING_ZONE "America/Los_Angeles"

/* The bit of a dimension's name in config.yml, 0 where it is not one of the ten. */
unsigned duckling_dimension(const char *name);
/* The dimension that an entity belongs to (a price_range to amount-of-money), or 0. */
unsigned duckling_dimension_of(const struct nlp_entity *entity);

/* Duckling's "value" object, Rasa's additional_info: {"value", "unit", "type"}, {"from", "to", "type": "interval"} and
 * so on; NULL where the entity has no typed value. `zone`: times are written in it. A new reference. */
json_t *duckling_info(const struct nlp_document *document, const struct nlp_entity *entity, GTimeZone *zone);
/* Rasa's value of it: a number, a text, or {"from", "to"}. A new reference. */
json_t *duckling_value(const json_t *info);

/* What a bot asked its Duckling for, and with what it is found here; all borrowed. */
struct duckling {
	unsigned dimensions;
	const struct nlp_analyzer *analyzer;
	GTimeZone *zone;
	unsigned readings; /* how many more times a piece may be read in this message */
};
#define DUCKLING_READINGS_MAX 2000u

/* Rasa's objects for one entity of the document are appended to `list`: itself where its dimension was asked for, else
 * what stands in it. Duckling asked for numbers only finds the 3 in "3 days", which the front end gives as one
 * duration.
 */
void duckling_add(struct duckling *duckling, const struct nlp_document *document, const struct nlp_entity *entity,
                  json_t *list);

#endif
