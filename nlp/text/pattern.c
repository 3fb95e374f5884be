#include "text/pattern.h"

#include <pcre2.h>

#include "nlp/error.h"

#define MATCH_LIMIT 20000u
#define DEPTH_LIMIT 1000u
#define HEAP_KIB    4096u

struct nlp_pattern {
	pcre2_code *code;
};

struct nlp_pattern_match {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

struct nlp_pattern *nlp_pattern_new(const char *regex, GError **error)
{
	int code;
	PCRE2_SIZE offset;
	/* \C would match half a character. */
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
	                                     PCRE2_UTF | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C, &code, &offset, NULL);
	if (!compiled) {
		PCRE2_UCHAR message[256];
		pcre2_get_error_message(code, message, sizeof message);
		g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "regular expression '%s': %s at offset %zu", regex,
		            (const char *)message, (size_t)offset);
		return NULL;
	}
	/* Without JIT the interpreter does the same, more slowly. */
	(void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
	struct nlp_pattern *pattern = g_new(struct nlp_pattern, 1);
	pattern->code = compiled;
	return pattern;
}

void nlp_pattern_free(struct nlp_pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->code);
	g_free(pattern);
}

static struct nlp_pattern_match *match_new(void)
{
	struct nlp_pattern_match *match = g_new(struct nlp_pattern_match, 1);
	match->data = pcre2_match_data_create(1, NULL);
	match->context = pcre2_match_context_create(NULL);
	if (!match->data || !match->context)
		g_error("out of memory"); /* as GLib's allocator does */
	pcre2_set_match_limit(match->context, MATCH_LIMIT);
	pcre2_set_depth_limit(match->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(match->context, HEAP_KIB);
	return match;
}

void nlp_pattern_match_free(struct nlp_pattern_match *match)
{
	if (!match)
		return;
	pcre2_match_data_free(match->data);
	pcre2_match_context_free(match->context);
	g_free(match);
}

bool nlp_pattern_find(const struct nlp_pattern *pattern, struct nlp_pattern_match **match, const char *text, size_t len,
                      size_t from, size_t *start, size_t *end)
{
	if (!*match)
		*match = match_new();
	int found = pcre2_match(pattern->code, (PCRE2_SPTR)text, len, from, PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK,
	                        (*match)->data, (*match)->context);
	if (found < 0)
		return false;
	const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer((*match)->data);
	/* \K may set the start behind the end. */
	if (offsets[0] >= offsets[1] || offsets[0] < from)
		return false;
	*start = offsets[0];
	*end = offsets[1];
	return true;
}
