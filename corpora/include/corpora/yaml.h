/* A YAML file as a tree, in the dialect of Rasa (YAML 1.2: only true and false are booleans; duplicate keys are an
 * error). Depth, nodes and size are bounded; aliases and tags are refused. The document owns every node. */
#ifndef CORPORA_YAML_H
#define CORPORA_YAML_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum corpus_yaml_kind { CORPUS_YAML_SCALAR, CORPUS_YAML_LIST, CORPUS_YAML_MAP };

struct corpus_yaml_node {
	enum corpus_yaml_kind kind;
	bool quoted;                          /* scalar in quotes or a block: always a string */
	size_t line;                          /* from 1 */
	const char *key;                      /* name within its map, else NULL */
	const char *text;                     /* scalar value; "" for an empty one */
	const struct corpus_yaml_node *child; /* first item or entry, in file order */
	const struct corpus_yaml_node *next;  /* next sibling */
};

struct corpus_yaml;

struct corpus_yaml *corpus_yaml_read(const char *path, GError **error);
/* `name` stands in messages for the path. */
struct corpus_yaml *corpus_yaml_parse(const char *name, const char *text, size_t len, GError **error);
void corpus_yaml_free(struct corpus_yaml *yaml); /* accepts NULL */

const struct corpus_yaml_node *corpus_yaml_root(const struct corpus_yaml *yaml); /* NULL for an empty file */
const char *corpus_yaml_name(const struct corpus_yaml *yaml);

/* Entry of a map by name, NULL where `node` is NULL, no map, or has none. */
const struct corpus_yaml_node *corpus_yaml_get(const struct corpus_yaml_node *node, const char *key);
/* Text of a scalar entry, or `fallback`. A plain null or ~ counts as absent. */
const char *corpus_yaml_text(const struct corpus_yaml_node *map, const char *key, const char *fallback);
bool corpus_yaml_bool(const struct corpus_yaml_node *map, const char *key, bool fallback);
double corpus_yaml_number(const struct corpus_yaml_node *map, const char *key, double fallback);
bool corpus_yaml_is_null(const struct corpus_yaml_node *node);

#endif
