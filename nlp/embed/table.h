/* The tables that training changes. They are far larger than any cache and are read at random places, so they lie in
 * huge pages where the system has them: a row then costs a cache miss, not a walk through the page tables as well. */
#ifndef EMBED_TABLE_H
#define EMBED_TABLE_H

#include <glib.h>
#include <stddef.h>

/* Zeros, `n_rows` x `stride`, for nlp_table_free(); NULL and an error where memory does not suffice. */
float *nlp_table_new(size_t n_rows, size_t stride, GError **error);
void nlp_table_free(float *table); /* accepts NULL */

#endif
