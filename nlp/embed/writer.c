/* Writes what word2vec.c writes, byte for byte: "%lld %lld\n" words and dimension, then for each word "%s " and either
 * D little-endian floats or D times "%lf ", then "\n". */
#include <math.h>
#include <string.h>

#include "corpora/encoding.h"
#include "embed/vectors_table.h"

/* Appends what printf("%lf ") gives in the C locale. A float has 24 significant bits and 10^6 has 20, so that the
 * product is exact in a double and rint() rounds as printf does; larger values go the long way. */
static void append_value(GString *out, float value)
{
	char text[64];
	size_t at = sizeof text;
	double scaled = rint((double)value * 1e6);
	if (!(fabs(scaled) < 1e15)) {
		char buffer[G_ASCII_DTOSTR_BUF_SIZE + 64];
		g_ascii_formatd(buffer, (int)sizeof buffer, "%f", (double)value);
		g_string_append(out, buffer);
		g_string_append_c(out, ' ');
		return;
	}
	uint64_t digits = (uint64_t)fabs(scaled);
	text[--at] = ' ';
	for (int i = 0; i < 6; i++, digits /= 10)
		text[--at] = (char)('0' + digits % 10);
	text[--at] = '.';
	do {
		text[--at] = (char)('0' + digits % 10);
		digits /= 10;
	} while (digits > 0);
	if (signbit(value))
		text[--at] = '-';
	g_string_append_len(out, text + at, (gssize)(sizeof text - at));
}

bool nlp_vectors_save(const struct nlp_vectors *vectors, const char *path, enum nlp_vectors_format format,
                      GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *header = g_strdup_printf("%zu %zu\n", vectors->n_words, vectors->dim);
	g_autofree float *row = g_new(float, vectors->dim + 1);
	g_string_append(out, header);
	for (size_t i = 0; i < vectors->n_words; i++) {
		const char *word = nlp_vectors_word(vectors, (int32_t)i);
		g_string_append(out, word);
		g_string_append_c(out, ' ');
		nlp_vectors_get(vectors, (int32_t)i, row);
		if (format == NLP_VECTORS_BINARY)
			g_string_append_len(out, (const char *)row, (gssize)(vectors->dim * sizeof(float)));
		for (size_t d = 0; d < vectors->dim && format == NLP_VECTORS_TEXT; d++)
			append_value(out, row[d]);
		g_string_append_c(out, '\n');
	}
	return corpus_file_write(path, out->str, out->len, error);
}
