/* Any text at any time in a zone: what is found has a place, and a value whose text says the same as its numbers. The
 * first eight bytes are the reference time in seconds, the ninth chooses the zone, the rest is the text. */
#include "entity/time.h"

#include <glib.h>
#include <string.h>

#include "fail.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const zones[] = {"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"};

static int64_t ms_of(const char *iso)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, NULL);
	if (!time)
		fuzz_fail("'%s' is no ISO 8601", iso);
	return g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
}

static void check(const struct nlp_value *value, const char *text)
{
	const char *slash = strchr(text, '/');
	g_autofree char *from = g_strndup(text, slash ? (size_t)(slash - text) : strlen(text));
	if (value->kind == NLP_VALUE_MEASURE) {
		if (text[0] != 'P' || !(value->number > 0))
			fuzz_fail("the duration %s has %g seconds", text, value->number);
		return;
	}
	if ((value->kind == NLP_VALUE_INTERVAL) != (slash != NULL) || value->from_ms >= value->to_ms)
		fuzz_fail("%s is of kind %d", text, (int)value->kind);
	if (strcmp(from, "..") == 0 ? value->from_ms != INT64_MIN : value->from_ms != ms_of(from))
		fuzz_fail("%s starts at %" G_GINT64_FORMAT, text, value->from_ms);
	if (slash && (strcmp(slash + 1, "..") == 0 ? value->to_ms != INT64_MAX : value->to_ms != ms_of(slash + 1)))
		fuzz_fail("%s ends at %" G_GINT64_FORMAT, text, value->to_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nlp_fold *fold;
	static GTimeZone *known[G_N_ELEMENTS(zones)];
	static struct nlp_chars chars;
	int64_t seconds;
	if (size < sizeof seconds + 1 || size > 4096)
		return 0;
	if (!fold) {
		fold = nlp_fold_new(NULL, 0, NULL, 0);
		for (size_t k = 0; k < G_N_ELEMENTS(zones); k++)
			known[k] = g_time_zone_new_identifier(zones[k]);
	}
	memcpy(&seconds, data, sizeof seconds);
	struct nlp_clock clock = {.now_ms = seconds % INT64_C(9000000000000),
	                          .zone = known[data[sizeof seconds] % G_N_ELEMENTS(zones)]};
	size_t len = size - sizeof seconds - 1;
	g_autofree char *text = g_malloc(3 * len + 1);
	len = nlp_utf8_copy(text, (const char *)data + sizeof seconds + 1, len);
	nlp_normalize(fold, text, len, &chars);
	g_autoptr(GString) out = g_string_new(NULL);
	for (size_t i = 0; i < chars.n; i++) {
		struct nlp_value value;
		size_t end = 0;
		g_string_truncate(out, 0);
		if (!nlp_time_at(&chars, i, &clock, &end, &value, out)) {
			if (out->len > 0)
				fuzz_fail("nothing was found, and '%s' written", out->str);
			continue;
		}
		if (end <= i || end > chars.n)
			fuzz_fail("%zu to %zu of %zu characters", i, end, chars.n);
		check(&value, out->str);
	}
	return 0;
}
