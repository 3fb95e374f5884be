/* Typed values as Duckling's JSON. What is expected follows Duckling's ToJSON instances and the examples in Rasa's own
 * test of its extractor. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "dialog/duckling.h"
#include "nlp/document.h"

#define HOUR_MS  INT64_C(3600000)
#define OCTOBER  INT64_C(1381536000000) /* 2013-10-12T00:00:00Z */
#define NOVEMBER INT64_C(1795363200000) /* 2026-11-22T16:00:00Z: midnight in Shanghai */

struct said {
	const char *entity, *value, *text;
	struct nlp_value typed;
};

/* The JSON of additional_info and of the value, sorted by key. */
static void expect(const struct said *said, const char *zone_name, const char *info_text, const char *value_text)
{
	g_autoptr(GTimeZone) zone = zone_name ? g_time_zone_new_identifier(zone_name) : NULL;
	g_autofree char *text = g_strconcat("so ", said->text, " it is", NULL);
	const struct nlp_document document = {.text = text, .text_len = strlen(text)};
	const struct nlp_entity entity = {.entity = said->entity,
	                                  .value = said->value ? said->value : said->text,
	                                  .start = 3,
	                                  .end = 3 + (uint32_t)g_utf8_strlen(said->text, -1),
	                                  .byte_start = 3,
	                                  .byte_end = 3 + (uint32_t)strlen(said->text),
	                                  .typed = said->typed};
	json_t *info = duckling_info(&document, &entity, zone), *value = duckling_value(info);
	json_t *want_info = json_loads(info_text, 0, NULL), *want = json_loads(value_text, JSON_DECODE_ANY, NULL);
	g_assert_nonnull(want_info);
	g_assert_nonnull(want);
	char *got_text = json_dumps(info, JSON_SORT_KEYS), *got = json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS);
	if (!json_equal(info, want_info))
		g_error("%s: %s is not %s", said->text, got_text, info_text);
	if (!json_equal(value, want))
		g_error("%s: %s is not %s", said->text, got, value_text);
	free(got_text);
	free(got);
	json_decref(info);
	json_decref(value);
	json_decref(want_info);
	json_decref(want);
}

static struct said number(const char *entity, const char *text, double value)
{
	return (struct said){entity, NULL, text, {.kind = NLP_VALUE_NUMBER, .number = value}};
}

static struct said measure(const char *entity, const char *text, double value, const char *unit)
{
	struct said said = {entity, NULL, text, {.kind = NLP_VALUE_MEASURE, .number = value}};
	g_strlcpy(said.typed.unit, unit, sizeof(said.typed.unit));
	return said;
}

static struct said range(const char *text, double from, double to, const char *unit)
{
	struct said said = {"price_range", NULL, text, {.kind = NLP_VALUE_RANGE, .from = from, .to = to}};
	g_strlcpy(said.typed.unit, unit, sizeof(said.typed.unit));
	return said;
}

static void test_numbers(void)
{
	const struct said five = number("number", "5", 5), half = number("number", "三点五", 3.5);
	const struct said first = number("ordinal", "first", 1), huge = number("number", "a googol", 1e100);
	expect(&five, NULL, "{\"value\": 5, \"type\": \"value\"}", "5");
	expect(&half, NULL, "{\"value\": 3.5, \"type\": \"value\"}", "3.5");
	expect(&first, NULL, "{\"value\": 1, \"type\": \"value\"}", "1");
	expect(&huge, NULL, "{\"value\": 1e100, \"type\": \"value\"}", "1e100");
}

static void test_money(void)
{
	const struct said dollars = measure("amount-of-money", "$10", 10, "USD");
	const struct said american = measure("amount-of-money", "10 USD", 10, "USD");
	const struct said pounds = measure("amount-of-money", "£3.50", 3.5, "GBP");
	const struct said yuan = measure("amount-of-money", "三百块", 300, "CNY");
	const struct said nothing = measure("amount-of-money", "20", 20, "");
	expect(&dollars, NULL, "{\"value\": 10, \"type\": \"value\", \"unit\": \"$\"}", "10");
	expect(&american, NULL, "{\"value\": 10, \"type\": \"value\", \"unit\": \"USD\"}", "10");
	expect(&pounds, NULL, "{\"value\": 3.5, \"type\": \"value\", \"unit\": \"£\"}", "3.5");
	expect(&yuan, NULL, "{\"value\": 300, \"type\": \"value\", \"unit\": \"CNY\"}", "300");
	expect(&nothing, NULL, "{\"value\": 20, \"type\": \"value\", \"unit\": \"unknown\"}", "20");
}

static void test_ranges(void)
{
	const struct said between = range("between 10 and 20 dollars", 10, 20, "USD");
	const struct said under = range("500元以下", -INFINITY, 500, "CNY"), above = range("over €5", 5, INFINITY, "EUR");
	expect(&between, NULL,
	       "{\"type\": \"interval\", \"from\": {\"value\": 10, \"unit\": \"$\"}, \"to\": {\"value\": 20, \"unit\": "
	       "\"$\"}}",
	       "{\"from\": 10, \"to\": 20}");
	expect(&under, NULL, "{\"type\": \"interval\", \"to\": {\"value\": 500, \"unit\": \"CNY\"}}",
	       "{\"from\": null, \"to\": 500}");
	expect(&above, NULL, "{\"type\": \"interval\", \"from\": {\"value\": 5, \"unit\": \"EUR\"}}",
	       "{\"from\": 5, \"to\": null}");
}

static void test_measures(void)
{
	const struct said far = measure("distance", "3 km", 3, "kilometre"), few = measure("quantity", "两杯", 2, "cup");
	expect(&far, NULL, "{\"value\": 3, \"type\": \"value\", \"unit\": \"kilometre\"}", "3");
	expect(&few, NULL, "{\"value\": 2, \"type\": \"value\", \"unit\": \"cup\"}", "2");
}

static void expect_duration(const char *iso, int value, const char *unit, int normalized)
{
	struct said said = measure("duration", "some time", normalized, "second");
	said.value = iso;
	g_autofree char *info = g_strdup_printf("{\"value\": %d, \"%s\": %d, \"type\": \"value\", \"unit\": \"%s\", "
	                                        "\"normalized\": {\"value\": %d, \"unit\": \"second\"}}",
	                                        value, unit, value, unit, normalized);
	g_autofree char *number_text = g_strdup_printf("%d", value);
	expect(&said, NULL, info, number_text);
}

static void test_durations(void)
{
	expect_duration("P3D", 3, "day", 259200);
	expect_duration("PT24H", 24, "hour", 86400); /* not a day: the words said hours */
	expect_duration("P1W", 1, "week", 604800);
	expect_duration("PT2H30M", 150, "minute", 9000);
	expect_duration("P6M", 6, "month", 15552000);
	expect_duration("P1Y6M", 18, "month", 46656000); /* a year is 12.17 months of 30 days: Duckling rounds */
	expect_duration("P1M15D", 45, "day", 3888000);
	expect_duration("PT90S", 90, "second", 90);
	expect_duration("P2Y", 2, "year", 63072000);
}

static void test_times(void)
{
	const struct said tomorrow = {
	    "time", NULL, "tomorrow", {NLP_VALUE_TIME, .grain = NLP_GRAIN_DAY, .from_ms = OCTOBER + 24 * HOUR_MS}};
	const struct said midnight = {"time", NULL, "明天", {NLP_VALUE_TIME, .grain = NLP_GRAIN_DAY, .from_ms = NOVEMBER}};
	const struct said before = {"time", NULL, "1969", {NLP_VALUE_TIME, .grain = NLP_GRAIN_SECOND, .from_ms = -1}};
	expect(&tomorrow, "UTC",
	       "{\"values\": [{\"value\": \"2013-10-13T00:00:00.000+00:00\", \"grain\": \"day\", \"type\": \"value\"}],"
	       " \"value\": \"2013-10-13T00:00:00.000+00:00\", \"grain\": \"day\", \"type\": \"value\"}",
	       "\"2013-10-13T00:00:00.000+00:00\"");
	expect(&midnight, "Asia/Shanghai",
	       "{\"values\": [{\"value\": \"2026-11-23T00:00:00.000+08:00\", \"grain\": \"day\", \"type\": \"value\"}],"
	       " \"value\": \"2026-11-23T00:00:00.000+08:00\", \"grain\": \"day\", \"type\": \"value\"}",
	       "\"2026-11-23T00:00:00.000+08:00\"");
	expect(&before, NULL,
	       "{\"values\": [{\"value\": \"1969-12-31T23:59:59.999+00:00\", \"grain\": \"second\", \"type\": \"value\"}],"
	       " \"value\": \"1969-12-31T23:59:59.999+00:00\", \"grain\": \"second\", \"type\": \"value\"}",
	       "\"1969-12-31T23:59:59.999+00:00\"");
}

static void test_intervals(void)
{
	const struct nlp_value evening = {NLP_VALUE_INTERVAL, .grain = NLP_GRAIN_HOUR, .from_ms = OCTOBER + 18 * HOUR_MS,
	                                  .to_ms = OCTOBER + 24 * HOUR_MS};
	const struct said night = {"time", NULL, "tonight", evening};
	struct said since = {"time", NULL, "since 6pm", evening}, until = {"time", NULL, "until midnight", evening};
	since.typed.to_ms = INT64_MAX;
	until.typed.from_ms = INT64_MIN;
	expect(&night, "America/Los_Angeles",
	       "{\"values\": [{\"to\": {\"value\": \"2013-10-12T17:00:00.000-07:00\", \"grain\": \"hour\"}, \"from\": "
	       "{\"value\": \"2013-10-12T11:00:00.000-07:00\", \"grain\": \"hour\"}, \"type\": \"interval\"}], \"to\": "
	       "{\"value\": \"2013-10-12T17:00:00.000-07:00\", \"grain\": \"hour\"}, \"from\": {\"value\": "
	       "\"2013-10-12T11:00:00.000-07:00\", \"grain\": \"hour\"}, \"type\": \"interval\"}",
	       "{\"to\": \"2013-10-12T17:00:00.000-07:00\", \"from\": \"2013-10-12T11:00:00.000-07:00\"}");
	expect(&since, NULL,
	       "{\"values\": [{\"from\": {\"value\": \"2013-10-12T18:00:00.000+00:00\", \"grain\": \"hour\"}, \"type\": "
	       "\"interval\"}], \"from\": {\"value\": \"2013-10-12T18:00:00.000+00:00\", \"grain\": \"hour\"}, \"type\": "
	       "\"interval\"}",
	       "{\"from\": \"2013-10-12T18:00:00.000+00:00\", \"to\": null}");
	expect(&until, NULL,
	       "{\"values\": [{\"to\": {\"value\": \"2013-10-13T00:00:00.000+00:00\", \"grain\": \"hour\"}, \"type\": "
	       "\"interval\"}], \"to\": {\"value\": \"2013-10-13T00:00:00.000+00:00\", \"grain\": \"hour\"}, \"type\": "
	       "\"interval\"}",
	       "{\"from\": null, \"to\": \"2013-10-13T00:00:00.000+00:00\"}");
}

static void test_texts(void)
{
	const struct said mail = {"email", "alice@example.com", "Alice@Example.com", {.kind = NLP_VALUE_TEXT}};
	const struct said wide = {"email", "alice@example.com", "ａｌｉｃｅ＠example.com", {.kind = NLP_VALUE_TEXT}};
	const struct said url = {"url", NULL, "http://www.bla.com:8080/path?a=b", {.kind = NLP_VALUE_TEXT}};
	const struct said phone = {"phone-number", NULL, "+1 (650) 701-8887", {.kind = NLP_VALUE_TEXT}};
	const struct said plain = {"phone-number", NULL, "138 0013 8000", {.kind = NLP_VALUE_TEXT}};
	expect(&mail, NULL, "{\"value\": \"Alice@Example.com\"}", "\"Alice@Example.com\"");
	expect(&wide, NULL, "{\"value\": \"alice@example.com\"}", "\"alice@example.com\"");
	expect(&url, NULL, "{\"value\": \"http://www.bla.com:8080/path?a=b\", \"domain\": \"bla.com\"}",
	       "\"http://www.bla.com:8080/path?a=b\"");
	expect(&phone, NULL, "{\"value\": \"(+1) 6507018887\"}", "\"(+1) 6507018887\"");
	expect(&plain, NULL, "{\"value\": \"13800138000\"}", "\"13800138000\"");
}

static void test_others(void)
{
	const struct nlp_document document = {.text = "KF20260718", .text_len = 10};
	const struct nlp_entity order = {.entity = "order_id", .value = "KF20260718", .end = 10, .byte_end = 10};
	g_assert_null(duckling_info(&document, &order, NULL));
	g_assert_cmpuint(duckling_dimension_of(&order), ==, 0);
	g_assert_cmpuint(duckling_dimension("temperature"), ==, 0);
	g_assert_cmpuint(duckling_dimension("number") | duckling_dimension("ordinal") | duckling_dimension("time") |
	                     duckling_dimension("amount-of-money") | duckling_dimension("email") |
	                     duckling_dimension("phone-number") | duckling_dimension("distance") |
	                     duckling_dimension("duration") | duckling_dimension("quantity") | duckling_dimension("url"),
	                 ==, DUCKLING_ALL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/duckling/numbers", test_numbers);
	g_test_add_func("/duckling/money", test_money);
	g_test_add_func("/duckling/ranges", test_ranges);
	g_test_add_func("/duckling/measures", test_measures);
	g_test_add_func("/duckling/durations", test_durations);
	g_test_add_func("/duckling/times", test_times);
	g_test_add_func("/duckling/intervals", test_intervals);
	g_test_add_func("/duckling/texts", test_texts);
	g_test_add_func("/duckling/others", test_others);
	return g_test_run();
}
