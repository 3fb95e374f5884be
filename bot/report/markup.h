/* Words and numbers into HTML and SVG. Whatever comes from data goes through markup_text(); nothing else does. */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include <glib.h>

/* Escaped for elements and for attributes in double quotes; characters that XML forbids become U+FFFD, invalid UTF-8
 * too. */
void markup_text(GString *out, const char *text);
/* The first `most` characters of it, with … where there were more. */
void markup_cut(GString *out, const char *text, size_t most);
/* The same sentence in both languages, of which the page shows one: spans, or the tspans of SVG. They are markup
 * already. */
void markup_say(GString *out, const char *en, const char *zh);
void markup_say_svg(GString *out, const char *en, const char *zh);
/* Width of a label in ems, as nearly as can be told without the font. */
double markup_width(const char *text, size_t most);

#endif
