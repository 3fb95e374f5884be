/* The dictionary sections of an archive, all little-endian and read in place:
 *
 *   dictionary.words       header (32 bytes): version u32 = 1, units u32, words u32, unknown u32 (cost of a character
 *                          that is no word), reserved u32[4] = 0; then `units` units of the trie (text/trie.h). A
 * word's value is its cost, -ln(frequency / total) * 2048. dictionary.characters  u16 code points; the i-th one (from
 * 0) has the trie's label i + 1 dictionary.variants    pairs of u16: traditional, simplified; may be missing
 *   dictionary.tagger      what decides instead of the best path (text/tagger.h); may be missing
 *   dictionary.hmm         start u16[4], transition u16[4][4], emission u16[characters + 1][4] (text/segment.h); may be
 *                          missing
 *
 * Words are normalised as texts are, so a traditional entry and its simplified twin become one, frequencies added. The
 * Markov model is estimated from the words themselves: a word counts with the square root of its frequency, for it is
 * to describe words that the dictionary does not know, and those are rare ones. */
#include "nlp/dictionary.h"
#include "lex/dictionary.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/encoding.h"
#include "nlp/error.h"
#include "text/trie.h"
#include "text/utf8.h"

#define VERSION        1u
#define FILE_MAX_BYTES (256u << 20)
#define WORDS_MAX      (1u << 22)
#define TOTAL_MAX      9e15 /* frequencies are summed in doubles */

G_STATIC_ASSERT(G_BYTE_ORDER == G_LITTLE_ENDIAN);

struct header {
	uint32_t version, units, words, unknown, reserved[4];
};
G_STATIC_ASSERT(sizeof(struct header) == 32);
G_STATIC_ASSERT(sizeof(struct nlp_trie_unit) == 8);

/* ---- reading ---- */

static bool damaged(GError **error, const char *section, const char *what)
{
	g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "section %s: %s; build the base model again", section, what);
	return false;
}

bool nlp_dictionary_read(const struct nlp_dictionary_bytes *bytes, struct nlp_segmenter *segmenter,
                         struct nlp_fold **fold, GError **error)
{
	struct header header;
	if (bytes->words_len < sizeof header)
		return damaged(error, "dictionary.words", "shorter than its header");
	memcpy(&header, bytes->words, sizeof header);
	if (header.version != VERSION)
		return damaged(error, "dictionary.words", "of a version that this program does not know");
	if (header.units == 0 || header.units > NLP_TRIE_UNITS_MAX ||
	    (bytes->words_len - sizeof header) / sizeof(struct nlp_trie_unit) != header.units ||
	    (bytes->words_len - sizeof header) % sizeof(struct nlp_trie_unit) != 0)
		return damaged(error, "dictionary.words", "its length does not fit its header");
	size_t n_labels = bytes->characters_len / sizeof(uint16_t);
	if (bytes->characters_len % sizeof(uint16_t) != 0 || n_labels >= NLP_LABEL_UNKNOWN)
		return damaged(error, "dictionary.characters", "a length that cannot be");
	if (bytes->variants_len % (2 * sizeof(uint16_t)) != 0)
		return damaged(error, "dictionary.variants", "a length that cannot be");
	if (bytes->hmm && bytes->hmm_len != sizeof(struct nlp_hmm) + (n_labels + 1) * 4 * sizeof(uint16_t))
		return damaged(error, "dictionary.hmm", "its length does not fit the characters");
	*segmenter = (struct nlp_segmenter){
	    .trie = {(const struct nlp_trie_unit *)(const void *)((const char *)bytes->words + sizeof header),
	             header.units},
	    .unknown = MIN(header.unknown, NLP_COST_MAX),
	    .n_labels = (uint32_t)n_labels,
	};
	nlp_segmenter_set_hmm(segmenter, bytes->hmm);
	if (bytes->tagger && !nlp_tagger_read(bytes->tagger, bytes->tagger_len, &segmenter->tagger))
		return damaged(error, "dictionary.tagger", "of a version that this program does not know, or cut off");
	segmenter->by_character = bytes->tagger != NULL;
	*fold = nlp_fold_new(bytes->variants, bytes->variants_len / (2 * sizeof(uint16_t)), bytes->characters, n_labels);
	return true;
}

bool nlp_dictionary_open(const struct corpus_archive *archive, struct nlp_segmenter *segmenter, struct nlp_fold **fold,
                         GError **error)
{
	struct nlp_dictionary_bytes bytes = {0};
	bytes.words = corpus_archive_section(archive, "dictionary.words", &bytes.words_len);
	bytes.characters = corpus_archive_section(archive, "dictionary.characters", &bytes.characters_len);
	bytes.variants = corpus_archive_section(archive, "dictionary.variants", &bytes.variants_len);
	bytes.hmm = corpus_archive_section(archive, "dictionary.hmm", &bytes.hmm_len);
	bytes.tagger = corpus_archive_section(archive, "dictionary.tagger", &bytes.tagger_len);
	if (!bytes.variants)
		bytes.variants_len = 0;
	if (!bytes.words || !bytes.characters) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_MISSING,
		            "the model has no section %s, so texts cannot be segmented with it; make one with 'kefu base' or "
		            "train with a base model",
		            bytes.words ? "dictionary.characters" : "dictionary.words");
		return false;
	}
	return nlp_dictionary_read(&bytes, segmenter, fold, error);
}

/* ---- compiling ---- */

struct entry {
	GArray *cps; /* uint32_t, normalised */
	double frequency;
	uint16_t *labels;
};

struct compiler {
	const char *path;
	struct nlp_fold *fold;
	struct nlp_chars chars;
	GHashTable *index;  /* normalised UTF-8 -> entry */
	GPtrArray *entries; /* in file order */
	double total;
	uint16_t label[0x10000]; /* by code point; 0 where no word has it */
};

static void entry_free(void *data)
{
	struct entry *entry = data;
	g_array_unref(entry->cps);
	g_free(entry->labels);
	g_free(entry);
}

static bool line_error(GError **error, const char *path, size_t line, const char *what)
{
	g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "%s:%zu: %s", path, line, what);
	return false;
}

/* Adds a word under its normalised form. Words with characters outside the Basic Multilingual Plane are passed over:
 * the trie has labels for that plane only. */
static void add_word(struct compiler *c, const char *word, double frequency)
{
	nlp_normalize(c->fold, word, strlen(word), &c->chars);
	g_autoptr(GArray) cps = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_autoptr(GString) key = g_string_new(NULL);
	for (size_t i = 0; i < c->chars.n; i++) {
		char bytes[4];
		if (c->chars.cp[i] > 0xFFFF)
			return;
		g_string_append_len(key, bytes, nlp_utf8_put(bytes, c->chars.cp[i]) - bytes);
		g_array_append_val(cps, c->chars.cp[i]);
	}
	if (cps->len == 0 || cps->len > NLP_TRIE_DEPTH_MAX)
		return;
	c->total += frequency;
	struct entry *entry = g_hash_table_lookup(c->index, key->str);
	if (entry) {
		entry->frequency += frequency;
		return;
	}
	entry = g_new0(struct entry, 1);
	entry->cps = g_steal_pointer(&cps);
	entry->frequency = frequency;
	g_ptr_array_add(c->entries, entry);
	g_hash_table_insert(c->index, g_string_free(g_steal_pointer(&key), FALSE), entry);
}

/* `word freq [pos]` */
static bool read_words(struct compiler *c, const char *path, GError **error)
{
	size_t len;
	g_autofree char *text = corpus_file_read(path, FILE_MAX_BYTES, &len, error);
	if (!text)
		return false;
	size_t number = 0;
	for (char *line = text, *next; line && *line; line = next) {
		number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		g_auto(GStrv) fields = g_strsplit_set(g_strstrip(line), " \t", 3);
		if (!fields[0] || !*fields[0])
			continue;
		char *end = NULL;
		errno = 0;
		guint64 frequency = fields[1] ? g_ascii_strtoull(fields[1], &end, 10) : 0;
		if (!fields[1] || end == fields[1] || *end != '\0' || errno != 0)
			return line_error(error, path, number, "expected 'word frequency', the frequency a whole number");
		if (c->total + (double)frequency > TOTAL_MAX || c->entries->len >= WORDS_MAX)
			return line_error(error, path, number, "more words or higher frequencies than a dictionary may have");
		if (frequency > 0)
			add_word(c, fields[0], (double)frequency);
	}
	if (c->entries->len == 0) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_EMPTY, "%s: no words in it", path);
		return false;
	}
	return true;
}

/* A single character of a variants file: itself, or U+XXXX. 0 where it is neither. */
static uint32_t variant_character(const char *field)
{
	if (g_str_has_prefix(field, "U+"))
		return (uint32_t)MIN(g_ascii_strtoull(field + 2, NULL, 16), 0x10FFFFu);
	if (!*field || strcmp(g_utf8_next_char(field), "") != 0)
		return 0;
	return g_utf8_get_char(field);
}

/* `traditional simplified`, or a line of Unihan_Variants.txt: `U+XXXX kSimplifiedVariant U+XXXX ...`; # is a comment.
 */
static bool read_variants(const char *path, GArray *pairs, GError **error)
{
	size_t len, number = 0;
	g_autofree char *text = corpus_file_read(path, FILE_MAX_BYTES, &len, error);
	if (!text)
		return false;
	for (char *line = text, *next; line && *line; line = next) {
		number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line[strcspn(line, "#\r")] = '\0';
		g_auto(GStrv) fields = g_strsplit_set(g_strstrip(line), " \t", -1);
		guint n = g_strv_length(fields);
		if (n == 0)
			continue;
		bool unihan = n >= 3 && fields[1][0] == 'k';
		if (unihan && strcmp(fields[1], "kSimplifiedVariant") != 0)
			continue;
		if (n < 2)
			return line_error(error, path, number, "expected 'traditional simplified'");
		uint32_t from = variant_character(fields[0]);
		/* Of several variants the last one: the first may be the character itself in another sense (乾). */
		uint32_t to = variant_character(fields[unihan ? n - 1 : 1]);
		if (from == 0 || to == 0)
			return line_error(error, path, number, "expected two single characters");
		if (from > 0xFFFF || to > 0xFFFF || from == to)
			continue;
		uint16_t pair[2] = {(uint16_t)from, (uint16_t)to};
		g_array_append_vals(pairs, pair, 2);
	}
	return true;
}

struct character {
	uint16_t cp;
	double weight;
};

static int by_weight(const void *a, const void *b)
{
	const struct character *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return (x->cp > y->cp) - (x->cp < y->cp);
}

/* The characters of all words, the most frequent one first; a character's label is its place, from 1. */
static size_t rank_characters(const struct compiler *c, struct character *found)
{
	g_autofree double *weight = g_new0(double, 0x10000);
	size_t n = 0;
	for (guint i = 0; i < c->entries->len; i++) {
		const struct entry *entry = g_ptr_array_index(c->entries, i);
		for (guint k = 0; k < entry->cps->len; k++)
			weight[g_array_index(entry->cps, uint32_t, k)] += entry->frequency;
	}
	for (uint32_t cp = 0; cp < 0x10000; cp++)
		if (weight[cp] > 0)
			found[n++] = (struct character){(uint16_t)cp, weight[cp]};
	qsort(found, n, sizeof *found, by_weight);
	return n;
}

/* Gives the entries their labels; returns the characters in the labels' order (uint16_t), owned by the caller. */
static GArray *assign_labels(struct compiler *c, GError **error)
{
	g_autofree struct character *found = g_new(struct character, 0x10000);
	size_t n = rank_characters(c, found);
	if (n >= NLP_LABEL_UNKNOWN - 1) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "%s: more than %u characters", c->path, NLP_LABEL_UNKNOWN - 2);
		return NULL;
	}
	uint16_t *label = c->label;
	GArray *cps = g_array_sized_new(FALSE, FALSE, sizeof(uint16_t), (guint)n);
	for (size_t i = 0; i < n; i++) {
		label[found[i].cp] = (uint16_t)(i + 1);
		g_array_append_val(cps, found[i].cp);
	}
	for (guint i = 0; i < c->entries->len; i++) {
		struct entry *entry = g_ptr_array_index(c->entries, i);
		entry->labels = g_new(uint16_t, entry->cps->len);
		for (guint k = 0; k < entry->cps->len; k++)
			entry->labels[k] = label[g_array_index(entry->cps, uint32_t, k)];
	}
	return cps;
}

static uint16_t cost_of(double probability)
{
	if (!(probability > 0))
		return NLP_COST_MAX;
	return (uint16_t)MIN(lround(-log(probability) * NLP_COST_SCALE), (long)NLP_COST_MAX);
}

static int by_labels(const void *a, const void *b)
{
	const struct nlp_trie_key *x = a, *y = b;
	for (uint32_t i = 0; i < MIN(x->len, y->len); i++)
		if (x->labels[i] != y->labels[i])
			return x->labels[i] < y->labels[i] ? -1 : 1;
	return (x->len > y->len) - (x->len < y->len);
}

/* Words of several scripts (U盘) are few, and without the dictionary they fall apart: kept however rare they are. */
static bool mixed(const struct entry *entry)
{
	bool han = false, other = false;
	for (guint k = 0; k < entry->cps->len; k++) {
		bool is_han = nlp_is_han(g_array_index(entry->cps, uint32_t, k));
		han = han || is_han;
		other = other || !is_han;
	}
	return han && other;
}

static void add_trie(const struct compiler *c, unsigned min_freq, struct corpus_archive_writer *writer)
{
	g_autofree struct nlp_trie_key *keys = g_new(struct nlp_trie_key, c->entries->len);
	size_t n = 0;
	for (guint i = 0; i < c->entries->len; i++) {
		const struct entry *entry = g_ptr_array_index(c->entries, i);
		if (entry->frequency >= min_freq || mixed(entry))
			keys[n++] = (struct nlp_trie_key){entry->labels, entry->cps->len, cost_of(entry->frequency / c->total)};
	}
	qsort(keys, n, sizeof *keys, by_labels);
	g_autoptr(GArray) units = nlp_trie_build(keys, n);
	struct header header = {
	    .version = VERSION, .units = units->len, .words = (uint32_t)n, .unknown = cost_of(1 / c->total)};
	g_autoptr(GByteArray) section = g_byte_array_new();
	g_byte_array_append(section, (const guint8 *)&header, sizeof header);
	g_byte_array_append(section, (const guint8 *)units->data, units->len * (guint)sizeof(struct nlp_trie_unit));
	corpus_archive_writer_add(writer, "dictionary.words", section->data, section->len);
}

static void add_hmm(const struct compiler *c, size_t n_labels, struct corpus_archive_writer *writer)
{
	double state[4] = {0}, last[4] = {0}, start[4] = {0}, inside[4][4] = {{0}};
	g_autofree double *emission = g_new0(double, 4 * (n_labels + 1));
	for (guint i = 0; i < c->entries->len; i++) {
		const struct entry *entry = g_ptr_array_index(c->entries, i);
		double weight = entry->frequency;
		enum nlp_position previous = NLP_SINGLE;
		for (guint k = 0; k < entry->cps->len; k++) {
			if (nlp_class_of(g_array_index(entry->cps, uint32_t, k)) != NLP_CLASS_HAN)
				break;
			enum nlp_position at = entry->cps->len == 1       ? NLP_SINGLE
			                       : k == 0                   ? NLP_BEGIN
			                       : k + 1 == entry->cps->len ? NLP_END
			                                                  : NLP_MIDDLE;
			emission[4 * entry->labels[k] + at] += weight;
			state[at] += weight;
			if (k == 0)
				start[at] += weight;
			else
				inside[previous][at] += weight;
			if (k + 1 == entry->cps->len)
				last[at] += weight;
			previous = at;
		}
	}
	size_t len = sizeof(struct nlp_hmm) + (n_labels + 1) * 4 * sizeof(uint16_t);
	g_autofree struct nlp_hmm *hmm = g_malloc0(len);
	double words = start[NLP_BEGIN] + start[NLP_SINGLE];
	for (unsigned a = 0; a < 4; a++) {
		hmm->start[a] = cost_of(words > 0 ? start[a] / words : 0);
		for (unsigned b = 0; b < 4; b++) {
			/* From the last character of a word on, the next word starts. */
			double sum = inside[a][b] + (words > 0 ? last[a] * start[b] / words : 0);
			hmm->transition[a][b] = cost_of(state[a] > 0 ? sum / state[a] : 0);
		}
		for (size_t i = 0; i <= n_labels; i++)
			hmm->emission[i][a] = cost_of((emission[4 * i + a] + 0.01) / (state[a] + 0.01 * (double)n_labels));
	}
	corpus_archive_writer_add(writer, "dictionary.hmm", hmm, len);
}

bool nlp_dictionary_compile(struct corpus_archive_writer *writer, const char *words_path, unsigned min_freq,
                            const char *variants_path, GError **error)
{
	g_autoptr(GArray) variants = g_array_new(FALSE, FALSE, sizeof(uint16_t));
	if (variants_path && !read_variants(variants_path, variants, error))
		return false;
	struct compiler *c = g_new0(struct compiler, 1);
	c->path = words_path;
	c->fold = nlp_fold_new((const uint16_t *)(void *)variants->data, variants->len / 2, NULL, 0);
	c->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	c->entries = g_ptr_array_new_with_free_func(entry_free);
	g_autoptr(GArray) labels = read_words(c, words_path, error) ? assign_labels(c, error) : NULL;
	if (labels) {
		add_trie(c, min_freq, writer);
		corpus_archive_writer_add(writer, "dictionary.characters", labels->data, labels->len * sizeof(uint16_t));
		if (variants->len > 0)
			corpus_archive_writer_add(writer, "dictionary.variants", variants->data, variants->len * sizeof(uint16_t));
		add_hmm(c, labels->len, writer);
	}
	nlp_chars_clear(&c->chars);
	g_hash_table_destroy(c->index);
	g_ptr_array_free(c->entries, TRUE);
	g_free(c->fold);
	g_free(c);
	return labels != NULL;
}
