/* Any bytes as a text: refused, or UTF-8 without NUL; and the guess is UTF-8 for every piece of valid UTF-8. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "corpora/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len, bom;
	GError *error = NULL;
	g_autofree char *text = corpus_text_to_utf8((const char *)data, size, &len, &error);
	g_assert_true((text != NULL) == (error == NULL));
	g_clear_error(&error);
	if (!text)
		return 0;
	g_assert_cmpuint(strlen(text), ==, len);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	for (size_t cut = 0; cut <= MIN(len, 64); cut++)
		g_assert_cmpint(corpus_encoding_guess(text, cut, &bom), ==, CORPUS_UTF8);
	return 0;
}
