/* Reads the exchange formats of word vectors, told apart by content.
 *
 *   word2vec text, fastText .vec   "V D\n", then V lines "word v1 .. vD" with one space between, one may end the line
 *   word2vec binary                "V D\n", then V times "word " + D little-endian floats + "\n" (which may be absent)
 *   GloVe                          no header: lines "word v1 .. vD"; the first line gives D
 *
 * A file with a header is binary when what follows its first word is not text. Files are refused, with line or offset,
 * for: fewer or more rows than the header says, rows of another length, values that are not finite numbers, words that
 * are empty or longer than NLP_WORD_MAX_BYTES. Sizes are checked against the file's before anything is allocated. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "embed/vectors_table.h"
#include "nlp/error.h"

/* Memory for all words together; offsets are 32 bits. */
#define WORDS_MAX_BYTES (G_MAXUINT32 - NLP_WORD_MAX_BYTES - 1)

struct reader {
	const char *path, *start, *at, *end;
	size_t line; /* from 1; 0 in the binary format */
	size_t n_words, dim;
	GString *words;
	GArray *offsets;
	float *rows; /* rows_len used of rows_size values */
	size_t rows_len, rows_size;
};

G_GNUC_PRINTF(3, 4)
static bool refuse(const struct reader *reader, GError **error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	size_t offset = (size_t)(reader->at - reader->start);
	if (reader->line > 0)
		g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "%s:%zu: byte %zu: %s", reader->path, reader->line, offset,
		            what);
	else
		g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "%s: byte %zu: %s", reader->path, offset, what);
	return false;
}

static bool add_word(struct reader *reader, const char *word, size_t len, GError **error)
{
	if (len == 0 || len > NLP_WORD_MAX_BYTES)
		return refuse(reader, error, "a word of %zu bytes; 1 to %u are allowed", len, NLP_WORD_MAX_BYTES);
	if (memchr(word, '\0', len))
		return refuse(reader, error, "a NUL byte in a word");
	if (reader->words->len + len > WORDS_MAX_BYTES || reader->offsets->len > NLP_VECTORS_MAX_WORDS)
		return refuse(reader, error, "more than %u words, or too long ones", NLP_VECTORS_MAX_WORDS);
	g_string_append_len(reader->words, word, (gssize)len);
	g_string_append_c(reader->words, '\0');
	uint32_t offset = (uint32_t)reader->words->len;
	g_array_append_val(reader->offsets, offset);
	return true;
}

/* GArray counts in 32 bits, which tables of millions of words exceed. */
static void add_row(struct reader *reader, const float *row)
{
	if (reader->rows_len + reader->dim > reader->rows_size) {
		reader->rows_size = MAX(reader->rows_size * 2, MAX(reader->n_words, 1) * reader->dim);
		reader->rows = g_renew(float, reader->rows, reader->rows_size);
	}
	memcpy(reader->rows + reader->rows_len, row, reader->dim * sizeof(float));
	reader->rows_len += reader->dim;
}

/* A decimal number of at most 19 digits with a small exponent is exact in two steps of double arithmetic; everything
 * else (and inf, nan, hexadecimal) goes through strtod. `stop` points behind the number, or at `text` if there is none.
 */
static double parse_number(const char *text, const char *end, const char **stop)
{
	static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
	                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	const char *at = text;
	uint64_t digits = 0;
	unsigned n_digits = 0, n_decimals = 0;
	bool negative = at < end && *at == '-', point = false;
	if (negative)
		at++;
	for (; at < end; at++) {
		if (*at == '.' && !point) {
			point = true;
		} else if (g_ascii_isdigit(*at)) {
			digits = digits * 10 + (uint64_t)(*at - '0');
			n_digits++;
			n_decimals += point;
		} else {
			break;
		}
		if (n_digits > 18)
			break;
	}
	bool whole = at == end || *at == ' ' || *at == '\n' || *at == '\r' || *at == '\t';
	if (whole && n_digits > 0 && digits < (1ull << 53)) {
		double value = (double)digits / powers[n_decimals];
		*stop = at;
		return negative ? -value : value;
	}
	char copy[128];
	size_t len = 0;
	while (text + len < end && len < sizeof copy - 1 && !strchr(" \n\r\t", text[len]) && text[len] != '\0')
		len++;
	memcpy(copy, text, len);
	copy[len] = '\0';
	char *copy_stop = copy;
	double value = g_ascii_strtod(copy, &copy_stop);
	*stop = text + (copy_stop - copy);
	return value;
}

static const char *line_end(const struct reader *reader)
{
	const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	return end ? end : reader->end;
}

/* The values of one line after its word; `row` has room for `max`. The count goes to `*n`. */
static bool parse_values(struct reader *reader, const char *end, float *row, size_t max, size_t *n, GError **error)
{
	*n = 0;
	while (true) {
		while (reader->at < end && (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r'))
			reader->at++;
		if (reader->at == end)
			return true;
		if (*n == max)
			return refuse(reader, error, "more than %zu values in a row", max);
		const char *stop;
		double value = parse_number(reader->at, end, &stop);
		if (stop == reader->at || (stop < end && !strchr(" \t\r", *stop)))
			return refuse(reader, error, "value %zu of the row is not a number", *n + 1);
		if (!isfinite((float)value))
			return refuse(reader, error, "value %zu of the row is not finite", *n + 1);
		row[(*n)++] = (float)value;
		reader->at = stop;
	}
}

static bool read_text_row(struct reader *reader, float *row, size_t max, size_t *n, GError **error)
{
	const char *end = line_end(reader);
	const char *space = memchr(reader->at, ' ', (size_t)(end - reader->at));
	if (!space)
		space = memchr(reader->at, '\t', (size_t)(end - reader->at));
	if (!space)
		return refuse(reader, error, "a line without values");
	if (!add_word(reader, reader->at, (size_t)(space - reader->at), error))
		return false;
	reader->at = space;
	if (!parse_values(reader, end, row, max, n, error))
		return false;
	reader->at = end < reader->end ? end + 1 : end;
	return true;
}

static bool read_text(struct reader *reader, GError **error)
{
	g_autofree float *row = g_new(float, reader->dim);
	for (size_t i = 0; i < reader->n_words; i++, reader->line++) {
		size_t n = 0;
		if (reader->at == reader->end)
			return refuse(reader, error, "the file ends after %zu of %zu words", i, reader->n_words);
		if (!read_text_row(reader, row, reader->dim, &n, error))
			return false;
		if (n != reader->dim)
			return refuse(reader, error, "the row before this byte has %zu values instead of %zu", n, reader->dim);
		add_row(reader, row);
	}
	if (reader->at < reader->end)
		return refuse(reader, error, "more lines than the %zu words of the header", reader->n_words);
	return true;
}

static bool read_glove(struct reader *reader, GError **error)
{
	g_autofree float *row = g_new(float, NLP_VECTORS_MAX_DIM);
	for (; reader->at < reader->end; reader->line++) {
		size_t n = 0;
		if (!read_text_row(reader, row, reader->dim ? reader->dim : NLP_VECTORS_MAX_DIM, &n, error))
			return false;
		if (n == 0)
			return refuse(reader, error, "a line without values");
		if (reader->dim == 0)
			reader->dim = n;
		if (n != reader->dim)
			return refuse(reader, error, "the row before this byte has %zu values instead of %zu", n, reader->dim);
		add_row(reader, row);
		reader->n_words++;
	}
	return true;
}

static bool read_binary(struct reader *reader, GError **error)
{
	g_autofree float *row = g_new(float, reader->dim);
	size_t row_bytes = reader->dim * sizeof(float);
	reader->line = 0;
	for (size_t i = 0; i < reader->n_words; i++) {
		if (reader->at < reader->end && *reader->at == '\n')
			reader->at++;
		size_t left = (size_t)(reader->end - reader->at);
		const char *space = memchr(reader->at, ' ', MIN(left, NLP_WORD_MAX_BYTES + 1));
		if (!space || (size_t)(reader->end - space) < 1 + row_bytes)
			return refuse(reader, error, "the file ends inside word %zu of %zu", i + 1, reader->n_words);
		if (!add_word(reader, reader->at, (size_t)(space - reader->at), error))
			return false;
		memcpy(row, space + 1, row_bytes);
		for (size_t d = 0; d < reader->dim; d++)
			if (!isfinite(row[d]))
				return refuse(reader, error, "value %zu of word %zu is not finite", d + 1, i + 1);
		add_row(reader, row);
		reader->at = space + 1 + row_bytes;
	}
	if (reader->at < reader->end && *reader->at == '\n')
		reader->at++;
	if (reader->at < reader->end)
		return refuse(reader, error, "bytes behind the last of %zu words", reader->n_words);
	return true;
}

/* "V D" alone on the first line. */
static bool read_header(struct reader *reader, bool *found, GError **error)
{
	const char *end = line_end(reader), *at = reader->at;
	uint64_t numbers[2] = {0, 0};
	*found = false;
	for (unsigned i = 0; i < 2; i++) {
		const char *start = at;
		while (at < end && g_ascii_isdigit(*at) && at - start < 18)
			numbers[i] = numbers[i] * 10 + (uint64_t)(*at++ - '0');
		if (at == start)
			return true;
		const char *digits_end = at;
		while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
			at++;
		if (at == digits_end && at < end)
			return true;
	}
	if (at != end)
		return true;
	*found = true;
	if (numbers[0] > NLP_VECTORS_MAX_WORDS || numbers[1] < 1 || numbers[1] > NLP_VECTORS_MAX_DIM)
		return refuse(reader, error,
		              "%" G_GUINT64_FORMAT " words of %" G_GUINT64_FORMAT " values; at most %u of 1 to %u", numbers[0],
		              numbers[1], NLP_VECTORS_MAX_WORDS, NLP_VECTORS_MAX_DIM);
	reader->n_words = numbers[0];
	reader->dim = numbers[1];
	reader->at = end < reader->end ? end + 1 : end;
	reader->line = 2;
	return true;
}

/* Text has no control bytes and is UTF-8; D floats almost surely are neither. The window is what the first row of the
 * binary format would take, cut at the end of the file. */
static bool first_row_is_text(const struct reader *reader)
{
	const char *space = memchr(reader->at, ' ', (size_t)(reader->end - reader->at));
	if (!space)
		return true;
	size_t len = MIN(reader->dim * sizeof(float), (size_t)(reader->end - space - 1));
	const char *valid_end;
	for (size_t i = 1; i <= len; i++)
		if ((unsigned char)space[i] < 0x20 && !strchr("\t\n\r", space[i] ? space[i] : '\1'))
			return false;
	/* A character may be cut off at the window's end. */
	return g_utf8_validate(space + 1, (gssize)len, &valid_end) || space + 1 + len - valid_end < 4;
}

static bool read_all(struct reader *reader, GError **error)
{
	bool header;
	if (!read_header(reader, &header, error))
		return false;
	if (!header)
		return read_glove(reader, error);
	bool text = first_row_is_text(reader);
	/* A word and a space take two bytes at least, a value two in text. */
	size_t least = 2 + reader->dim * (text ? 2 : sizeof(float)) - (text ? 1 : 0);
	if (reader->n_words > (size_t)(reader->end - reader->at) / least + 1)
		return refuse(reader, error, "the file is too short for %zu words of %zu values", reader->n_words, reader->dim);
	return text ? read_text(reader, error) : read_binary(reader, error);
}

struct nlp_vectors *nlp_vectors_load(const char *path, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, &local);
	if (!file) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_IO, "%s: %s", path, local->message);
		return NULL;
	}
	size_t len = g_mapped_file_get_length(file);
	if (len == 0) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_EMPTY, "%s: the file is empty; word vectors were expected", path);
		return NULL;
	}
	const char *bytes = g_mapped_file_get_contents(file);
	struct reader reader = {.path = path, .start = bytes, .at = bytes, .end = bytes + len, .line = 1};
	reader.words = g_string_new(NULL);
	reader.offsets = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	g_array_set_size(reader.offsets, 1);
	struct nlp_vectors *vectors = NULL;
	if (read_all(&reader, error)) {
		size_t n_words = reader.n_words, dim = reader.dim;
		vectors = nlp_vectors_take(g_string_free(g_steal_pointer(&reader.words), FALSE),
		                           (uint32_t *)(void *)g_array_free(g_steal_pointer(&reader.offsets), FALSE),
		                           g_steal_pointer(&reader.rows), n_words, dim);
	}
	if (reader.words)
		g_string_free(reader.words, TRUE);
	if (reader.offsets)
		g_array_free(reader.offsets, TRUE);
	g_free(reader.rows);
	return vectors;
}
