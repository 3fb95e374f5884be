#include "src/sameness.h"

#include <glib.h>

char *sameness_key(const char *text)
{
	g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
	g_autofree char *lower = g_utf8_casefold(normal ? normal : text, -1);
	GString *out = g_string_new(NULL);
	for (const char *c = lower; *c; c = g_utf8_next_char(c)) {
		gunichar u = g_utf8_get_char(c);
		if (!g_unichar_isspace(u))
			g_string_append_unichar(out, u);
		else if (out->len > 0 && out->str[out->len - 1] != ' ')
			g_string_append_c(out, ' ');
	}
	if (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	return g_string_free(out, FALSE);
}
