/* Any bytes as YAML: refused with a line, or a tree that can be walked and whose text is UTF-8. */
#include <glib.h>
#include <stdint.h>

#include "corpora/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct corpus_yaml_node *node)
{
	for (; node; node = node->next) {
		g_assert_nonnull(node->text);
		g_assert_true(g_utf8_validate(node->text, -1, NULL));
		g_assert_cmpuint(node->line, >, 0);
		g_assert_true(node->kind != CORPUS_YAML_SCALAR || !node->child);
		(void)corpus_yaml_is_null(node);
		(void)corpus_yaml_number(node, "a", 0);
		walk(node->child);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GError *error = NULL;
	g_autofree char *copy = g_strndup((const char *)data, size);
	struct corpus_yaml *yaml = corpus_yaml_parse("fuzz", copy, size, &error);
	g_assert_true((yaml != NULL) == (error == NULL));
	if (yaml)
		walk(corpus_yaml_root(yaml));
	g_clear_error(&error);
	corpus_yaml_free(yaml);
	return 0;
}
