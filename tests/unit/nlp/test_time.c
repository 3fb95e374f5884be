/* The data files list texts with exactly the times and durations that must be found in them. */
#include "entity/time.h"

#include <glib.h>
#include <string.h>

#define REFERENCE "2026-11-22T10:00:00+08:00" /* a Sunday */
#define LOOK_MAX  128

static struct nlp_fold *fold;

static int64_t ms_of(const char *iso)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, NULL);
	g_assert_nonnull(time);
	return g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
}

static struct nlp_clock clock_at(const char *zone, const char *iso)
{
	struct nlp_clock clock = {.now_ms = ms_of(iso), .zone = g_time_zone_new_identifier(zone)};
	g_assert_nonnull(clock.zone);
	return clock;
}

/* One end of an interval, or an instant: the text of the value must say what the typed value says. */
static void check_end(const char *text, int64_t ms, int64_t open)
{
	if (strcmp(text, "..") == 0)
		g_assert_cmpint(ms, ==, open);
	else
		g_assert_cmpint(ms, ==, ms_of(text));
}

static void check_value(const struct nlp_value *value, const char *text)
{
	g_auto(GStrv) ends = g_strsplit(text, "/", -1);
	switch (value->kind) {
	case NLP_VALUE_TIME:
		g_assert_cmpuint(g_strv_length(ends), ==, 1);
		check_end(ends[0], value->from_ms, INT64_MIN);
		g_assert_cmpint(value->from_ms, <, value->to_ms);
		break;
	case NLP_VALUE_INTERVAL:
		g_assert_cmpuint(g_strv_length(ends), ==, 2);
		check_end(ends[0], value->from_ms, INT64_MIN);
		check_end(ends[1], value->to_ms, INT64_MAX);
		g_assert_cmpint(value->from_ms, <, value->to_ms);
		break;
	default:
		g_assert_cmpint(value->kind, ==, NLP_VALUE_MEASURE);
		g_assert_cmpstr(value->unit, ==, "second");
		g_assert_cmpfloat(value->number, >, 0);
		g_assert_true(text[0] == 'P' && text[1] != '\0');
		break;
	}
}

/* Normalises into arrays that end where they must, so that a sanitizer sees who looks behind them. */
static void read_chars(const char *text, struct nlp_chars *chars)
{
	struct nlp_chars all = {0};
	nlp_normalize(fold, text, strlen(text), &all);
	*chars = all;
	size_t n = all.n + 1;
	chars->cp = g_memdup2(all.cp, n * sizeof *all.cp);
	chars->byte = g_memdup2(all.byte, n * sizeof *all.byte);
	chars->pos = g_memdup2(all.pos, n * sizeof *all.pos);
	chars->label = g_memdup2(all.label, n * sizeof *all.label);
	chars->class = g_memdup2(all.class, n * sizeof *all.class);
	chars->byte_len = g_memdup2(all.byte_len, n * sizeof *all.byte_len);
	chars->pos_len = g_memdup2(all.pos_len, n * sizeof *all.pos_len);
	nlp_chars_clear(&all);
}

/* Appends what is found in a text as the data files have it. */
static void append_found(GString *out, const char *text, const struct nlp_clock *clock)
{
	struct nlp_chars chars = {0};
	size_t end;
	read_chars(text, &chars);
	for (size_t i = 0; i < chars.n;) {
		struct nlp_value value;
		g_autoptr(GString) iso = g_string_new("#");
		if (!nlp_time_may_start(chars.cp[i]) || !nlp_time_at(&chars, i, clock, &end, &value, iso)) {
			g_assert_cmpstr(iso->str, ==, "#"); /* nothing appended */
			i++;
			continue;
		}
		g_assert_cmpuint(end, >, i);
		g_assert_cmpuint(end, <=, MIN(chars.n, i + LOOK_MAX));
		g_assert_cmpuint(strlen(iso->str), ==, iso->len);
		g_assert_true(iso->str[0] == '#');
		check_value(&value, iso->str + 1);
		g_string_append_c(out, '\t');
		g_string_append_len(out, text + chars.byte[i], chars.byte[end] - chars.byte[i]);
		g_string_append_printf(out, "\t%s", iso->str + 1);
		i = end;
	}
	nlp_chars_clear(&chars);
}

static void check_file(gconstpointer data)
{
	g_autofree char *path = g_build_filename(KEFU_SOURCE_DIR, "tests", "unit", "nlp", (const char *)data, NULL);
	g_autofree char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	struct nlp_clock clock = clock_at("Asia/Shanghai", REFERENCE);
	size_t cases = 0, wrong = 0;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		if (**line == '\0' || **line == '#')
			continue;
		g_autofree char *said = g_strndup(*line, strcspn(*line, "\t"));
		g_autoptr(GString) got = g_string_new(said);
		append_found(got, said, &clock);
		cases++;
		if (strcmp(got->str, *line) != 0) {
			wrong++;
			g_test_message("want %s\n got %s", *line, got->str);
		}
	}
	g_test_message("%s: %zu of %zu", (const char *)data, cases - wrong, cases);
	g_assert_cmpuint(cases, >, 200);
	g_assert_cmpuint(wrong, ==, 0);
	g_time_zone_unref(clock.zone);
}

struct moment {
	const char *zone, *now, *text, *value;
};

static void check_moments(const struct moment *moments, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct nlp_clock clock = clock_at(moments[k].zone, moments[k].now);
		g_autoptr(GString) got = g_string_new(NULL);
		g_autofree char *want = g_strdup_printf("\t%s\t%s", moments[k].text, moments[k].value);
		append_found(got, moments[k].text, &clock);
		g_assert_cmpstr(got->str, ==, want);
		g_time_zone_unref(clock.zone);
	}
}

/* New York: clocks go back on 2026-11-01 at 2:00 and forward on 2026-03-08 at 2:00. Berlin: 2026-10-25 at 3:00 and
 * 2026-03-29 at 2:00. */
static void test_daylight(void)
{
	static const struct moment moments[] = {
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "tomorrow", "2026-11-01T00:00:00.000-04:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "in 24 hours", "2026-11-01T11:00:00.000-05:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "in 1 day", "2026-11-01T00:00:00.000-04:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "3 days ago", "2026-10-28T00:00:00.000-04:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "tomorrow at 1:30 am", "2026-11-01T01:30:00.000-04:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "tomorrow at 3am", "2026-11-01T03:00:00.000-05:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "tomorrow from 1 am to 3 am",
	     "2026-11-01T01:00:00.000-04:00/2026-11-01T03:00:00.000-05:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "next week", "2026-11-02T00:00:00.000-05:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "within 2 days",
	     "2026-10-31T12:00:00.000-04:00/2026-11-02T12:00:00.000-05:00"},
	    {"America/New_York", "2026-10-31T12:00:00-04:00", "周一上午9点", "2026-11-02T09:00:00.000-05:00"},
	    {"America/New_York", "2026-11-01T01:30:00-05:00", "now", "2026-11-01T01:30:00.000-05:00"},
	    {"America/New_York", "2026-11-01T01:30:00-05:00", "in half an hour", "2026-11-01T02:00:00.000-05:00"},
	    {"America/New_York", "2026-11-01T01:30:00-05:00", "an hour ago", "2026-11-01T01:30:00.000-04:00"},
	    {"America/New_York", "2026-11-01T01:30:00-05:00", "30 minutes ago", "2026-11-01T01:00:00.000-05:00"},
	    {"America/New_York", "2026-11-01T01:30:00-05:00", "today", "2026-11-01T00:00:00.000-04:00"},
	    {"America/New_York", "2026-11-01T01:30:00-04:00", "now", "2026-11-01T01:30:00.000-04:00"},
	    {"America/New_York", "2026-11-01T01:30:00-04:00", "in one hour", "2026-11-01T01:30:00.000-05:00"},
	    {"America/New_York", "2026-11-01T01:30:00-04:00", "in half an hour", "2026-11-01T01:00:00.000-05:00"},
	    {"America/New_York", "2026-03-07T12:00:00-05:00", "tomorrow at 2:30 am", "2026-03-08T03:00:00.000-04:00"},
	    {"America/New_York", "2026-03-07T12:00:00-05:00", "tomorrow at 3 am", "2026-03-08T03:00:00.000-04:00"},
	    {"America/New_York", "2026-03-07T12:00:00-05:00", "in 24 hours", "2026-03-08T13:00:00.000-04:00"},
	    {"America/New_York", "2026-03-07T12:00:00-05:00", "in a day", "2026-03-08T00:00:00.000-05:00"},
	    {"America/New_York", "2026-03-07T12:00:00-05:00", "明天早上",
	     "2026-03-08T06:00:00.000-04:00/2026-03-08T12:00:00.000-04:00"},
	    {"Europe/Berlin", "2026-10-24T12:00:00+02:00", "tomorrow", "2026-10-25T00:00:00.000+02:00"},
	    {"Europe/Berlin", "2026-10-24T12:00:00+02:00", "tomorrow at 2:30 am", "2026-10-25T02:30:00.000+02:00"},
	    {"Europe/Berlin", "2026-10-24T12:00:00+02:00", "tomorrow at 4 am", "2026-10-25T04:00:00.000+01:00"},
	    {"Europe/Berlin", "2026-10-24T12:00:00+02:00", "2天后", "2026-10-26T00:00:00.000+01:00"},
	    {"Europe/Berlin", "2026-10-24T12:00:00+02:00", "next month", "2026-11-01T00:00:00.000+01:00"},
	    {"Europe/Berlin", "2026-03-28T12:00:00+01:00", "tomorrow at 2:30 am", "2026-03-29T03:00:00.000+02:00"},
	    {"Europe/Berlin", "2026-03-28T12:00:00+01:00", "tomorrow night",
	     "2026-03-29T18:00:00.000+02:00/2026-03-30T00:00:00.000+02:00"},
	    {"Europe/Berlin", "2026-03-28T12:00:00+01:00", "3月29日下午2点", "2026-03-29T14:00:00.000+02:00"},
	};
	check_moments(moments, G_N_ELEMENTS(moments));
}

/* The same words on other days: late on a Saturday, on the last day of a year, in a leap year, on a Friday. */
static void test_reference(void)
{
	static const struct moment moments[] = {
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "明天", "2026-11-22T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "周六", "2026-11-28T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "周日", "2026-11-22T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "今晚",
	     "2026-11-21T18:00:00.000+08:00/2026-11-22T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "凌晨两点", "2026-11-22T02:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "周末",
	     "2026-11-21T00:00:00.000+08:00/2026-11-23T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "这周五", "2026-11-20T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "下周一", "2026-11-23T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "in one hour", "2026-11-22T00:30:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "8点", "2026-11-22T08:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-21T23:30:00+08:00", "半小时后", "2026-11-22T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "明天", "2027-01-01T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "下个月", "2027-01-01T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "明年", "2027-01-01T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "元旦", "2027-01-01T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "31号", "2026-12-31T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "1号", "2027-01-01T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "月底",
	     "2026-12-21T00:00:00.000+08:00/2027-01-01T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "next quarter", "2027-01-01T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-12-31T23:59:59+08:00", "春节", "2027-02-06T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2028-02-28T12:00:00+08:00", "明天", "2028-02-29T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2028-02-28T12:00:00+08:00", "2月29日", "2028-02-29T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2028-02-28T12:00:00+08:00", "一年后", "2029-02-28T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2028-02-28T12:00:00+08:00", "一个月前", "2028-01-28T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2028-02-28T12:00:00+08:00", "29号", "2028-02-29T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2028-02-28T12:00:00+08:00", "下个月30号", "2028-03-30T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "Friday", "2026-12-04T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "周五", "2026-12-04T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "this Friday", "2026-11-27T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "next Friday", "2026-12-04T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "last Friday", "2026-11-20T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "上周五", "2026-11-20T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "下周五", "2026-12-04T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "Black Friday", "2026-11-27T00:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "下午",
	     "2026-11-27T12:00:00.000+08:00/2026-11-27T18:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "早上",
	     "2026-11-28T06:00:00.000+08:00/2026-11-28T12:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "3点", "2026-11-27T15:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "2点", "2026-11-28T02:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "今天2点", "2026-11-27T14:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "this morning",
	     "2026-11-27T06:00:00.000+08:00/2026-11-27T12:00:00.000+08:00"},
	    {"Asia/Shanghai", "2026-11-27T15:00:00+08:00", "the 27th", "2026-11-27T00:00:00.000+08:00"},
	    {"UTC", "2026-11-22T00:00:00Z", "midnight", "2026-11-23T00:00:00.000+00:00"},
	    {"UTC", "2026-11-22T00:00:00Z", "noon", "2026-11-22T12:00:00.000+00:00"},
	    {"UTC", "2026-11-22T00:00:00Z", "tonight", "2026-11-22T18:00:00.000+00:00/2026-11-23T00:00:00.000+00:00"},
	    {"UTC", "2026-11-22T00:00:00Z", "3月5号到8号", "2027-03-05T00:00:00.000+00:00/2027-03-09T00:00:00.000+00:00"},
	    {"UTC", "2026-11-22T00:00:00Z", "from 10pm to 2am",
	     "2026-11-22T22:00:00.000+00:00/2026-11-23T02:00:00.000+00:00"},
	};
	check_moments(moments, G_N_ELEMENTS(moments));
}

static struct nlp_value value_of(const char *text, const struct nlp_clock *clock)
{
	struct nlp_chars chars = {0};
	struct nlp_value value;
	size_t end;
	g_autoptr(GString) iso = g_string_new(NULL);
	read_chars(text, &chars);
	g_assert_true(nlp_time_at(&chars, 0, clock, &end, &value, iso));
	g_assert_cmpuint(end, ==, chars.n);
	nlp_chars_clear(&chars);
	return value;
}

static void test_grain(void)
{
	static const struct {
		const char *text;
		enum nlp_grain grain;
		int64_t seconds;
	} cases[] = {
	    {"now", NLP_GRAIN_SECOND, 1},
	    {"15:30:20", NLP_GRAIN_SECOND, 1},
	    {"15:30", NLP_GRAIN_MINUTE, 60},
	    {"in two hours", NLP_GRAIN_MINUTE, 60},
	    {"3pm", NLP_GRAIN_HOUR, 3600},
	    {"三点", NLP_GRAIN_HOUR, 3600},
	    {"3天后", NLP_GRAIN_DAY, 86400},
	    {"明天", NLP_GRAIN_DAY, 86400},
	    {"周末", NLP_GRAIN_DAY, 2 * 86400},
	    {"一周后", NLP_GRAIN_DAY, 86400},
	    {"next week", NLP_GRAIN_WEEK, 7 * 86400},
	    {"三小时后", NLP_GRAIN_MINUTE, 60},
	    {"二月", NLP_GRAIN_MONTH, 28 * 86400},
	    {"两年前", NLP_GRAIN_DAY, 86400},
	    {"next quarter", NLP_GRAIN_QUARTER, 90 * 86400},
	    {"明年", NLP_GRAIN_YEAR, 365 * 86400},
	    {"2028年", NLP_GRAIN_YEAR, 366 * 86400},
	};
	struct nlp_clock clock = clock_at("Asia/Shanghai", REFERENCE);
	for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
		struct nlp_value value = value_of(cases[k].text, &clock);
		g_test_message("%s", cases[k].text);
		g_assert_cmpint(value.grain, ==, cases[k].grain);
		g_assert_cmpint(value.to_ms - value.from_ms, ==, cases[k].seconds * 1000);
	}
	g_time_zone_unref(clock.zone);
	/* A day may have 23 or 25 hours. */
	clock = clock_at("America/New_York", "2026-10-31T12:00:00-04:00");
	struct nlp_value day = value_of("tomorrow", &clock);
	g_assert_cmpint(day.to_ms - day.from_ms, ==, INT64_C(25) * 3600 * 1000);
	g_time_zone_unref(clock.zone);
	clock = clock_at("Europe/Berlin", "2026-03-28T12:00:00+01:00");
	day = value_of("tomorrow", &clock);
	g_assert_cmpint(day.to_ms - day.from_ms, ==, INT64_C(23) * 3600 * 1000);
	g_time_zone_unref(clock.zone);
}

static void test_duration(void)
{
	static const struct {
		const char *text;
		double seconds;
	} cases[] = {
	    {"3天", 3 * 86400.0},        {"一个半小时", 5400},    {"半个月", 15 * 86400.0},
	    {"3个月", 90 * 86400.0},     {"一年", 365 * 86400.0}, {"一年半", 540 * 86400.0},
	    {"7个工作日", 7 * 86400.0},  {"半年", 180 * 86400.0}, {"1h30m", 5400},
	    {"two weeks", 14 * 86400.0}, {"45 seconds", 45},      {"1 year, 2 days, 3 hours and 4 seconds", 31719604},
	};
	struct nlp_clock clock = clock_at("UTC", REFERENCE);
	for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
		struct nlp_value value = value_of(cases[k].text, &clock);
		g_assert_cmpint(value.kind, ==, NLP_VALUE_MEASURE);
		g_assert_cmpfloat(value.number, ==, cases[k].seconds);
	}
	g_time_zone_unref(clock.zone);
}

/* The years that times may have; what is said outside of them is no time, and nothing overflows. */
static void test_bounds(void)
{
	static const char *const none[] = {"1899-12-31", "2101-01-01", "99999年后", "in 99999 years", "100000 years ago"};
	struct nlp_clock clock = clock_at("UTC", REFERENCE);
	for (size_t k = 0; k < G_N_ELEMENTS(none); k++) {
		struct nlp_chars chars = {0};
		struct nlp_value value = {0};
		size_t end = 0;
		g_autoptr(GString) iso = g_string_new(NULL);
		read_chars(none[k], &chars);
		bool found = nlp_time_at(&chars, 0, &clock, &end, &value, iso);
		g_assert_true(!found || value.kind == NLP_VALUE_MEASURE);
		nlp_chars_clear(&chars);
	}
	clock.now_ms = INT64_MIN / 2;
	struct nlp_chars chars = {0};
	struct nlp_value value;
	size_t end;
	g_autoptr(GString) iso = g_string_new(NULL);
	read_chars("今天", &chars);
	g_assert_false(nlp_time_at(&chars, 0, &clock, &end, &value, iso));
	nlp_chars_clear(&chars);
	g_time_zone_unref(clock.zone);
}

/* Any text at all: every find has a place and a value that says the same in both forms (append_found() checks it). */
static void test_random(void)
{
	static const char *const pieces[] = {
	    "今天",     "明天",     "下",     "上",      "个",     "周",      "五",
	    "月",       "3",        "12",     "31",      "2026",   "年",      "号",
	    "日",       "点",       "半",     "一刻",    "早上",   "下午",    "晚上",
	    "到",       "-",        "至",     "之前",    "以后",   "前",      "后",
	    "内",       "天",       "小时",   "分钟",    "两",     "十",      "一",
	    "最近",     "双十一",   "春节",   "底",      "初",     "的",      "，",
	    "从",       "和",       "之间",   "next ",   "last ",  "friday ", "march ",
	    "of ",      "the ",     "5th ",   "at ",     "pm ",    "am",      ":30",
	    ":",        "/",        ".",      " ",       "in ",    "ago ",    "two ",
	    "a ",       "half ",    "hours ", "days ",   "week ",  "from ",   "to ",
	    "and ",     "between ", "by ",    "before ", "until ", "end of ", "tomorrow ",
	    "tonight ", "morning ", "q4 ",    "2 ",      "99999",  "0",       "\xF0\x9F\x98\x80",
	    "é",        "x",        "noon ",  "may ",    "sun ",   "1/2 ",    "现在",
	    "now ",     "24",       "year ",  "month",
	};
	static const char *const zones[] = {"Asia/Shanghai", "America/New_York", "UTC", "Pacific/Apia", "Asia/Kathmandu"};
	GRand *random = g_rand_new_with_seed(20261122);
	size_t found = 0;
	for (unsigned k = 0; k < 10000; k++) {
		g_autoptr(GString) text = g_string_new(NULL), out = g_string_new(NULL);
		int n = g_rand_int_range(random, 1, 12);
		for (int j = 0; j < n; j++)
			g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
		/* 1901 to 2099, so that little is out of bounds. */
		int64_t now = (int64_t)(g_rand_double_range(random, -2.1e9, 4.0e9)) * 1000 + g_rand_int_range(random, 0, 1000);
		struct nlp_clock clock = {.now_ms = now, .zone = g_time_zone_new_identifier(zones[k % G_N_ELEMENTS(zones)])};
		append_found(out, text->str, &clock);
		found += out->len > 0;
		g_time_zone_unref(clock.zone);
	}
	g_assert_cmpuint(found, >, 2500);
	g_rand_free(random);
}

/* Long runs of what phrases are made of end, and look no further than they may. */
static void test_long(void)
{
	static const char *const runs[] = {"3",       "三",    "月", "到",    "明天", "3点", "a ",
	                                   "the ",    "next ", "1:", "2026-", "十",   "3天", "2 hours ",
	                                   "monday ", "from ", "5-", " ",     ",",    "上",  "半"};
	struct nlp_clock clock = clock_at("Asia/Shanghai", REFERENCE);
	for (size_t k = 0; k < G_N_ELEMENTS(runs); k++) {
		g_autoptr(GString) text = g_string_new(NULL), out = g_string_new(NULL);
		while (text->len < 20000)
			g_string_append(text, runs[k]);
		append_found(out, text->str, &clock);
	}
	g_time_zone_unref(clock.zone);
}

int main(int argc, char **argv)
{
	static const uint16_t variants[] = {0x9EDE, 0x70B9, 0x5F8C, 0x540E, 0x5169, 0x4E24, 0x9418, 0x949F,
	                                    0x865F, 0x53F7, 0x9031, 0x5468, 0x500B, 0x4E2A, 0x6642, 0x65F6};
	g_test_init(&argc, &argv, NULL);
	fold = nlp_fold_new(variants, G_N_ELEMENTS(variants) / 2, NULL, 0);
	g_test_add_data_func("/time/chinese", "times_zh.txt", check_file);
	g_test_add_data_func("/time/english", "times_en.txt", check_file);
	g_test_add_func("/time/daylight", test_daylight);
	g_test_add_func("/time/reference", test_reference);
	g_test_add_func("/time/grain", test_grain);
	g_test_add_func("/time/duration", test_duration);
	g_test_add_func("/time/bounds", test_bounds);
	g_test_add_func("/time/random", test_random);
	g_test_add_func("/time/long", test_long);
	int result = g_test_run();
	g_free(fold);
	return result;
}
