#include "dialog/duckling.h"

#include <math.h>
#include <string.h>

#include "nlp/document.h"

#define EXTRACTOR  "DucklingEntityExtractor"
#define WHOLE_MAX  9007199254740992.0 /* 2^53: every whole number up to it is a double */
#define PIECES_MAX 24u
#define DEPTH_MAX  8u

unsigned duckling_dimension(const char *name)
{
	static const char *const names[] = {"number",       "ordinal",  "amount-of-money", "time",     "email",
	                                    "phone-number", "distance", "duration",        "quantity", "url"};
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(name, names[i]) == 0)
			return 1u << i;
	return 0;
}

unsigned duckling_dimension_of(const struct nlp_entity *entity)
{
	return strcmp(entity->entity, "price_range") == 0 ? DUCKLING_MONEY : duckling_dimension(entity->entity);
}

static const char *name_of(unsigned dimension, const struct nlp_entity *entity)
{
	return dimension == DUCKLING_MONEY ? "amount-of-money" : entity->entity;
}

static char *covered(const struct nlp_document *document, const struct nlp_entity *entity)
{
	return g_strndup(document->text + entity->byte_start, entity->byte_end - entity->byte_start);
}

/* 5 and not 5.0, as Duckling writes it. */
static json_t *number_json(double number)
{
	if (!isfinite(number))
		return json_null();
	if (number == floor(number) && fabs(number) < WHOLE_MAX)
		return json_integer((json_int_t)number);
	return json_real(number);
}

/* --- times --- */

static const char *grain_name(enum nlp_grain grain)
{
	switch (grain) {
	case NLP_GRAIN_SECOND:
		break;
	case NLP_GRAIN_MINUTE:
		return "minute";
	case NLP_GRAIN_HOUR:
		return "hour";
	case NLP_GRAIN_DAY:
		return "day";
	case NLP_GRAIN_WEEK:
		return "week";
	case NLP_GRAIN_MONTH:
		return "month";
	case NLP_GRAIN_QUARTER:
		return "quarter";
	case NLP_GRAIN_YEAR:
		return "year";
	}
	return "second";
}

/* {"value": "2026-11-23T00:00:00.000+08:00", "grain": "day"}; NULL for an open side. */
static json_t *instant_json(int64_t ms, enum nlp_grain grain, GTimeZone *zone)
{
	int64_t part = ms % 1000 < 0 ? ms % 1000 + 1000 : ms % 1000;
	if (ms == INT64_MIN || ms == INT64_MAX)
		return NULL;
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc((ms - part) / 1000);
	g_autoptr(GDateTime) local = utc && zone ? g_date_time_to_timezone(utc, zone) : NULL;
	g_autofree char *date = utc ? g_date_time_format(local ? local : utc, "%Y-%m-%dT%H:%M:%S") : NULL;
	g_autofree char *offset = utc ? g_date_time_format(local ? local : utc, "%:z") : NULL;
	if (!date || !offset)
		return NULL; /* a year that calendars do not have */
	g_autofree char *text = g_strdup_printf("%s.%03d%s", date, (int)part, offset);
	return json_pack("{s:s, s:s}", "value", text, "grain", grain_name(grain));
}

static json_t *interval_json(json_t *from, json_t *to)
{
	json_t *interval = json_pack("{s:s}", "type", "interval");
	if (from)
		json_object_set_new(interval, "from", from);
	if (to)
		json_object_set_new(interval, "to", to);
	return interval;
}

static json_t *time_info(const struct nlp_value *value, GTimeZone *zone)
{
	json_t *info;
	if (value->kind == NLP_VALUE_TIME) {
		info = instant_json(value->from_ms, value->grain, zone);
		if (!info)
			return NULL;
		json_object_set_new(info, "type", json_string("value"));
	} else {
		info = interval_json(instant_json(value->from_ms, value->grain, zone),
		                     instant_json(value->to_ms, value->grain, zone));
	}
	json_t *same = json_deep_copy(info);
	json_object_set_new(info, "values", json_pack("[o]", same));
	return info;
}

/* --- durations --- */

/* The front end's form of a duration, ISO 8601's: P1Y6M, P2W, PT2H30M. Duckling has one unit: the finest that was
 * named.
 */
static json_t *duration_info(const char *iso)
{
	static const struct {
		char letter;
		bool of_time; /* behind the T */
		enum nlp_grain grain;
		int64_t seconds;
	} units[] = {{'Y', false, NLP_GRAIN_YEAR, 31536000}, {'M', false, NLP_GRAIN_MONTH, 2592000},
	             {'W', false, NLP_GRAIN_WEEK, 604800},   {'D', false, NLP_GRAIN_DAY, 86400},
	             {'H', true, NLP_GRAIN_HOUR, 3600},      {'M', true, NLP_GRAIN_MINUTE, 60},
	             {'S', true, NLP_GRAIN_SECOND, 1}};
	int64_t counts[G_N_ELEMENTS(units)] = {0}, value = 0;
	guint finest = G_N_ELEMENTS(units);
	bool of_time = false;
	for (const char *p = iso + (*iso == 'P'); *p; p++) {
		of_time |= *p == 'T';
		if (!g_ascii_isdigit(*p))
			continue;
		char *end;
		int64_t count = g_ascii_strtoll(p, &end, 10);
		for (guint u = 0; u < G_N_ELEMENTS(units); u++)
			if (units[u].letter == *end && units[u].of_time == of_time && count < 1000000000) {
				counts[u] = count;
				finest = u;
			}
		p = *end ? end : end - 1;
	}
	if (finest == G_N_ELEMENTS(units))
		return NULL;
	for (guint u = 0; u <= finest; u++)
		value += (int64_t)round((double)(counts[u] * units[u].seconds) / (double)units[finest].seconds);
	const char *unit = grain_name(units[finest].grain);
	int64_t seconds = value * units[finest].seconds;
	return json_pack("{s:I, s:I, s:s, s:s, s:{s:I, s:s}}", "value", (json_int_t)value, unit, (json_int_t)value, "type",
	                 "value", "unit", unit, "normalized", "value", (json_int_t)seconds, "unit", "second");
}

/* --- measures --- */

/* Dollars and pounds of no country are Duckling's "$" and "£"; an amount of nothing is "unknown". */
static const char *currency(const char *text, const char *unit)
{
	if (strcmp(unit, "USD") == 0 && !strstr(text, "usd") && !strstr(text, "us$") && !strstr(text, "us dollar"))
		return "$";
	if (strcmp(unit, "GBP") == 0 && !strstr(text, "gbp"))
		return "£";
	return *unit ? unit : "unknown";
}

static json_t *side_json(double number, const char *unit)
{
	return isfinite(number) ? json_pack("{s:o, s:s}", "value", number_json(number), "unit", unit) : NULL;
}

static json_t *measure_info(const struct nlp_entity *entity, const char *text)
{
	unsigned dimension = duckling_dimension_of(entity);
	const struct nlp_value *value = &entity->typed;
	const char *unit = dimension == DUCKLING_MONEY ? currency(text, value->unit) : value->unit;
	if (dimension == DUCKLING_DURATION)
		return duration_info(entity->value);
	if (value->kind == NLP_VALUE_RANGE)
		return interval_json(side_json(value->from, unit), side_json(value->to, unit));
	return json_pack("{s:o, s:s, s:s}", "value", number_json(value->number), "type", "value", "unit",
	                 *unit ? unit : "unnamed");
}

/* --- texts --- */

/* "http://www.bla.com:8080/path" -> bla.com */
static char *domain_of(const char *url)
{
	const char *scheme = strstr(url, "://");
	const char *host = scheme ? scheme + 3 : url;
	g_autofree char *whole = g_strndup(host, strcspn(host, "/:?#"));
	g_autofree char *lower = g_utf8_strdown(whole, -1);
	return g_strdup(g_str_has_prefix(lower, "www.") ? lower + 4 : lower);
}

/* "+86 138-0013-8000" -> "(+86) 13800138000" */
static char *phone_text(const char *text, const char *fallback)
{
	const char *plus = *text == '(' ? text + 1 : text;
	g_autoptr(GString) out = g_string_new(NULL);
	if (*plus == '+') {
		size_t digits = MIN(strspn(plus + 1, "0123456789"), 2);
		g_string_append_printf(out, "(+%.*s) ", (int)digits, plus + 1);
		text = plus + 1 + digits;
	}
	size_t prefix = out->len;
	for (; *text; text++)
		if (g_ascii_isdigit(*text))
			g_string_append_c(out, *text);
	return g_strdup(out->len > prefix ? out->str : fallback);
}

static json_t *text_info(unsigned dimension, const char *text, const struct nlp_entity *entity)
{
	if (dimension == DUCKLING_URL) {
		g_autofree char *domain = domain_of(text);
		return json_pack("{s:s, s:s}", "value", text, "domain", domain);
	}
	if (dimension == DUCKLING_PHONE) {
		g_autofree char *phone = phone_text(text, entity->value);
		return json_pack("{s:s}", "value", phone);
	}
	/* As it was written, unless what was written is no address before it is normalised (full-width characters). */
	bool same = g_ascii_strcasecmp(text, entity->value) == 0;
	return json_pack("{s:s}", "value", same ? text : entity->value);
}

json_t *duckling_info(const struct nlp_document *document, const struct nlp_entity *entity, GTimeZone *zone)
{
	unsigned dimension = duckling_dimension_of(entity);
	g_autofree char *text = covered(document, entity);
	g_autofree char *lower = g_utf8_strdown(text, -1);
	switch (entity->typed.kind) {
	case NLP_VALUE_NUMBER:
		return json_pack("{s:o, s:s}", "value", number_json(entity->typed.number), "type", "value");
	case NLP_VALUE_MEASURE:
	case NLP_VALUE_RANGE:
		return measure_info(entity, lower);
	case NLP_VALUE_TIME:
	case NLP_VALUE_INTERVAL:
		return time_info(&entity->typed, zone);
	case NLP_VALUE_TEXT:
		break;
	}
	return dimension & (DUCKLING_URL | DUCKLING_PHONE | DUCKLING_EMAIL) ? text_info(dimension, text, entity) : NULL;
}

static json_t *side_value(const json_t *info, const char *side)
{
	json_t *value = json_object_get(json_object_get(info, side), "value");
	return value ? json_incref(value) : json_null();
}

json_t *duckling_value(const json_t *info)
{
	if (g_strcmp0(json_string_value(json_object_get(info, "type")), "interval") == 0)
		return json_pack("{s:o, s:o}", "to", side_value(info, "to"), "from", side_value(info, "from"));
	json_t *value = json_object_get(info, "value");
	return value ? json_incref(value) : json_null();
}

/* --- finding --- */

/* Bytes of the preposition that Duckling takes for a part of a time: "on Friday", "in March", "at 5pm"; 0 for none. */
static size_t preposition(const struct nlp_document *document, const struct nlp_entity *entity)
{
	static const char *const words[] = {"at ", "on ", "in "};
	enum nlp_grain grain = entity->typed.grain;
	const char *word = words[grain >= NLP_GRAIN_MONTH ? 2 : grain == NLP_GRAIN_DAY ? 1 : 0];
	size_t len = strlen(word), start = entity->byte_start;
	if (entity->typed.kind != NLP_VALUE_TIME || grain == NLP_GRAIN_WEEK || start < len ||
	    g_ascii_strncasecmp(document->text + start - len, word, len) != 0)
		return 0;
	return start == len || g_ascii_isspace(document->text[start - len - 1]) ? len : 0;
}

static void add_whole(const struct duckling *duckling, const struct nlp_document *document,
                      const struct nlp_entity *entity, size_t start, json_t *list)
{
	json_t *info = duckling_info(document, entity, duckling->zone);
	size_t before = preposition(document, entity);
	g_autofree char *text =
	    g_strndup(document->text + entity->byte_start - before, entity->byte_end - entity->byte_start + before);
	if (!info)
		return;
	json_array_append_new(list,
	                      json_pack("{s:I, s:I, s:s, s:o, s:f, s:o, s:s, s:s}", "start", (json_int_t)(start - before),
	                                "end", (json_int_t)(start + entity->end - entity->start), "text", text, "value",
	                                duckling_value(info), "confidence", 1.0, "additional_info", info, "entity",
	                                name_of(duckling_dimension_of(entity), entity), "extractor", EXTRACTOR));
}

/* Where a piece may begin and end: between characters of different kinds, and around every one outside of ASCII. */
static unsigned kind_of(gunichar c)
{
	if (c < 128)
		return g_ascii_isdigit((char)c) || c == '.' || c == ',' ? 1 : g_ascii_isalpha((char)c) ? 2 : c == ' ' ? 3 : 4;
	return 5;
}

struct piece {
	const char *text;
	size_t start; /* code points, in the message */
};

/* `pieces` has room for one more than PIECES_MAX: the end. */
static size_t cut(const char *text, size_t len, size_t start, struct piece *pieces)
{
	size_t n = 0;
	unsigned last = 0;
	const char *end = text + len;
	for (const char *p = text; p < end; p = g_utf8_next_char(p), start++) {
		unsigned kind = kind_of(g_utf8_get_char(p));
		if (kind != last || kind >= 4) {
			if (n == PIECES_MAX)
				return 0;
			pieces[n++] = (struct piece){p, start};
		}
		last = kind;
	}
	pieces[n] = (struct piece){end, start};
	return n;
}

struct reading {
	struct duckling *duckling;
	struct nlp_document part;
	json_t *list;
};

/* Whether the pieces are one entity that was asked for, which then is in the list. */
static bool read_pieces(struct reading *reading, const struct piece *from, const struct piece *to)
{
	struct duckling *duckling = reading->duckling;
	if (duckling->readings == 0 || *from->text == ' ' || to->text[-1] == ' ')
		return false;
	duckling->readings--;
	size_t len = (size_t)(to->text - from->text);
	nlp_document_analyze(&reading->part, duckling->analyzer, from->text, len);
	const struct nlp_entity *found = reading->part.n_entities == 1 ? reading->part.entities : NULL;
	if (!found || found->byte_start != 0 || found->byte_end != len ||
	    !(duckling_dimension_of(found) & duckling->dimensions))
		return false;
	add_whole(duckling, &reading->part, found, from->start, reading->list);
	return true;
}

/* The longest first, then what is left and right of it. */
static void read_span(struct reading *reading, const struct piece *pieces, size_t n, bool is_whole, unsigned depth)
{
	for (size_t len = n - is_whole; len > 0 && depth < DEPTH_MAX; len--)
		for (size_t i = 0; i + len <= n; i++) {
			size_t before = json_array_size(reading->list);
			if (!read_pieces(reading, pieces + i, pieces + i + len))
				continue;
			json_t *found = json_incref(json_array_get(reading->list, before));
			json_array_remove(reading->list, before);
			read_span(reading, pieces, i, false, depth + 1);
			json_array_append_new(reading->list, found);
			read_span(reading, pieces + i + len, n - i - len, false, depth + 1);
			return;
		}
}

/* Numbers are made of something; addresses and ids are not. */
static bool is_made_of_parts(const struct nlp_entity *entity)
{
	return entity->typed.kind != NLP_VALUE_TEXT || strcmp(entity->entity, "size") == 0;
}

void duckling_add(struct duckling *duckling, const struct nlp_document *document, const struct nlp_entity *entity,
                  json_t *list)
{
	if (duckling_dimension_of(entity) & duckling->dimensions) {
		add_whole(duckling, document, entity, entity->start, list);
		return;
	}
	struct piece pieces[PIECES_MAX + 1];
	if (!is_made_of_parts(entity) || !duckling->analyzer)
		return;
	size_t n = cut(document->text + entity->byte_start, entity->byte_end - entity->byte_start, entity->start, pieces);
	if (n < 2)
		return;
	struct reading reading = {.duckling = duckling, .list = list};
	nlp_document_init(&reading.part);
	reading.part.reference_ms = document->reference_ms;
	read_span(&reading, pieces, n, true, 0);
	nlp_document_clear(&reading.part);
}
