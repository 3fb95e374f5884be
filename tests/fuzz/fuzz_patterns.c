/* A bot's regular expression over a visitor's text: refused, or matched within bounds, at whole characters. Everything
 * up to the first line feed is the expression, the rest is the text. */
#include "fail.h"
#include "text/pattern.h"

#include <string.h>

#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nlp_pattern_match *match;
	const uint8_t *line = size > 0 && size <= 4096 ? memchr(data, '\n', size) : NULL;
	if (!line)
		return 0;
	size_t regex_len = (size_t)(line - data), text_len = size - regex_len - 1;
	g_autofree char *regex = g_malloc(3 * regex_len + 1), *text = g_malloc(3 * text_len + 1);
	nlp_utf8_copy(regex, (const char *)data, regex_len);
	text_len = nlp_utf8_copy(text, (const char *)line + 1, text_len);
	g_autoptr(GError) error = NULL;
	struct nlp_pattern *pattern = nlp_pattern_new(regex, &error);
	if (!pattern != !!error || (error && !error->message[0]))
		fuzz_fail("neither a pattern nor a reason");
	size_t start, end, from = 0;
	while (pattern && nlp_pattern_find(pattern, &match, text, text_len, from, &start, &end)) {
		if (start < from || start >= end || end > text_len)
			fuzz_fail("a match outside what was asked for");
		if (!g_utf8_validate(text + start, (gssize)(end - start), NULL))
			fuzz_fail("a match inside a character");
		from = end;
	}
	nlp_pattern_free(pattern);
	return 0;
}
