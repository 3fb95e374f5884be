/* Whatever the bytes: the copy is valid UTF-8 without NUL bytes, and valid input is copied as it is. */
#include "fail.h"
#include "text/utf8.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	g_autofree char *out = g_malloc(3 * size + 1);
	size_t n = nlp_utf8_copy(out, text, size);
	if (strlen(out) != n || !g_utf8_validate(out, (gssize)n, NULL))
		fuzz_fail("the copy is not valid UTF-8");
	size_t good = nlp_utf8_valid_prefix(text, size);
	if (good > size || (size > 0 && good != 0 && memcmp(out, text, good) != 0))
		fuzz_fail("the valid prefix was changed");
	if (good == size && n != size)
		fuzz_fail("valid text was changed");
	return 0;
}
