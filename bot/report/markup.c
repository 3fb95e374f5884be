#include "report/markup.h"

#include <string.h>

static gboolean forbidden(gunichar c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0) || c == 0xFFFE || c == 0xFFFF;
}

static void add_character(GString *out, gunichar c)
{
	switch (c) {
	case '<':
		g_string_append(out, "&lt;");
		break;
	case '>':
		g_string_append(out, "&gt;");
		break;
	case '&':
		g_string_append(out, "&amp;");
		break;
	case '"':
		g_string_append(out, "&quot;");
		break;
	case '\'':
		g_string_append(out, "&#39;");
		break;
	default:
		g_string_append_unichar(out, forbidden(c) ? 0xFFFD : c);
	}
}

void markup_cut(GString *out, const char *text, size_t most)
{
	g_autofree char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
	const char *at = valid ? valid : text;
	for (size_t n = 0; *at && n < most; n++, at = g_utf8_next_char(at))
		add_character(out, g_utf8_get_char(at));
	if (*at)
		g_string_append(out, "…");
}

void markup_text(GString *out, const char *text)
{
	markup_cut(out, text, G_MAXSIZE);
}

void markup_say(GString *out, const char *en, const char *zh)
{
	g_string_append_printf(out, "<span class=\"en\">%s</span><span class=\"zh\" lang=\"zh\">%s</span>", en, zh);
}

void markup_say_svg(GString *out, const char *en, const char *zh)
{
	g_string_append_printf(out, "<tspan class=\"en\">%s</tspan><tspan class=\"zh\">%s</tspan>", en, zh);
}

double markup_width(const char *text, size_t most)
{
	double width = 0;
	size_t n = 0;
	for (const char *at = text; *at && n < most; at = g_utf8_next_char(at), n++)
		width += g_unichar_iswide(g_utf8_get_char(at)) ? 1.0 : 0.56;
	return width;
}
