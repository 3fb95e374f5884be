/* Any bytes as a file of negatives: an error that names a line, or cases that are whole. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "memory_file.h"
#include "recommend/heldout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = memory_file(data, size);
	GError *error = NULL;
	GPtrArray *cases = path ? recommend_cases_from_file(path, &error) : NULL;
	g_assert_true(!path || (cases != NULL) == (error == NULL));
	for (guint i = 0; cases && i < cases->len; i++) {
		const struct recommend_case *c = g_ptr_array_index(cases, i);
		g_assert_true(*c->user && *c->item && c->negatives->len > 0);
		for (guint n = 0; n < c->negatives->len; n++)
			g_assert_true(*(const char *)g_ptr_array_index(c->negatives, n));
	}
	g_clear_error(&error);
	if (cases)
		g_ptr_array_free(cases, TRUE);
	return 0;
}
