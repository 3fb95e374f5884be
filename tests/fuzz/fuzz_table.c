/* Any bytes as a table: every row is good and UTF-8 within the bounds, or bad with a message, and the end is reached.
 * Then the same bytes as FAQ, catalogue and interactions. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "corpora/catalogue.h"
#include "corpora/faq.h"
#include "corpora/interactions.h"
#include "corpora/table.h"
#include "memory_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(struct corpus_table *table)
{
	size_t n, len, line = 0;
	corpus_table_columns(table, &n);
	g_assert_cmpuint(n, >, 0);
	for (;;) {
		GError *error = NULL;
		enum corpus_row row = corpus_table_next(table, &error);
		g_assert_true((error != NULL) == (row == CORPUS_ROW_BAD || row == CORPUS_ROW_FAILED));
		g_clear_error(&error);
		if (row == CORPUS_ROW_END || row == CORPUS_ROW_FAILED)
			break;
		for (size_t i = 0; row == CORPUS_ROW_OK && i < n; i++) {
			const char *field = corpus_table_field(table, (int)i, &len);
			g_assert_cmpuint(strlen(field), ==, len);
			g_assert_cmpuint(len, <=, CORPUS_FIELD_MAX_BYTES);
			g_assert_true(g_utf8_validate_len(field, len, NULL));
		}
		g_assert_cmpuint(corpus_table_line(table), >=, line);
		if (row == CORPUS_ROW_OK)
			line = corpus_table_line(table);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = memory_file(data, size);
	if (!path)
		return 0;
	GError *error = NULL;
	struct corpus_table *table = corpus_table_open(path, &error);
	g_assert_true((table != NULL) == (error == NULL));
	g_clear_error(&error);
	if (table)
		read_rows(table);
	corpus_table_close(table);
	corpus_faq_free(corpus_faq_load(path, NULL));
	corpus_catalogue_free(corpus_catalogue_load(path, NULL));
	struct corpus_interactions *log = corpus_interactions_load(path, NULL);
	for (size_t i = 0; log && i < corpus_interactions_len(log); i++) {
		const struct corpus_interaction *event = &corpus_interactions_data(log)[i];
		g_assert_cmpint(corpus_interactions_find_user(log, corpus_interactions_user_name(log, event->user)), ==,
		                event->user);
		g_assert_cmpint(corpus_interactions_find_item(log, corpus_interactions_item_name(log, event->item)), ==,
		                event->item);
	}
	corpus_interactions_free(log);
	return 0;
}
