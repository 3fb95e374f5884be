/* kefu vectors: the verbs that ask a table, beside those that make one. */
#ifndef COMMANDS_VECTORS_H
#define COMMANDS_VECTORS_H

#include <glib.h>
#include <stdint.h>

struct nlp_vectors;

/* Reads the vectors of a base model or of a file in an exchange format; `path` NULL: the base model. */
struct nlp_vectors *vectors_open(const char *path, GError **error);

int vectors_nearest(int argc, char **argv);
int vectors_analogy(int argc, char **argv);
int vectors_similarity(int argc, char **argv);

#endif
