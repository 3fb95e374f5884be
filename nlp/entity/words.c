#include "entity/words.h"

#include <glib.h>
#include <string.h>

#include "text/utf8.h"

#define BUCKETS 512u

struct entry {
	uint32_t at; /* of its characters in the pool */
	uint16_t len, word;
};

/* Words of two and more characters are in the bucket of their first two (or last two, the last one first), the longest
 * first; single characters in that of themselves and 0. */
struct words_index {
	struct entry *entries;
	uint32_t *pool;
	uint16_t first[BUCKETS + 1];
	bool singles;
};

static uint32_t bucket_of(uint32_t outer, uint32_t inner)
{
	return (outer * 37 + inner * 101) % BUCKETS;
}

static uint32_t key_of(const struct words_index *index, enum nlp_words_end by, const struct entry *entry)
{
	const uint32_t *word = index->pool + entry->at;
	if (entry->len == 1)
		return bucket_of(word[0], 0);
	return by == NLP_WORDS_START ? bucket_of(word[0], word[1]) : bucket_of(word[entry->len - 1], word[entry->len - 2]);
}

struct sorting {
	const struct words_index *index;
	enum nlp_words_end by;
};

static int by_bucket(const void *a, const void *b, void *user)
{
	const struct sorting *sorting = user;
	const struct entry *x = a, *y = b;
	uint32_t x_key = key_of(sorting->index, sorting->by, x);
	uint32_t y_key = key_of(sorting->index, sorting->by, y);
	if (x_key != y_key)
		return x_key < y_key ? -1 : 1;
	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	return (x->word > y->word) - (x->word < y->word);
}

static struct words_index *index_new(const struct nlp_words *words)
{
	struct words_index *index = g_new0(struct words_index, 1);
	GArray *pool = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	index->entries = g_new(struct entry, words->n);
	for (size_t i = 0; i < words->n; i++) {
		index->entries[i].at = pool->len;
		index->entries[i].word = (uint16_t)i;
		unsigned len;
		for (const char *p = words->words[i].text; *p; p += len) {
			uint32_t cp = nlp_utf8_get(p, &len);
			g_array_append_val(pool, cp);
		}
		index->entries[i].len = (uint16_t)(pool->len - index->entries[i].at);
		index->singles = index->singles || index->entries[i].len == 1;
	}
	index->pool = (uint32_t *)(void *)g_array_free(pool, FALSE);
	struct sorting sorting = {index, words->by};
	g_qsort_with_data(index->entries, (gint)words->n, sizeof(struct entry), by_bucket, &sorting);
	size_t at = 0;
	for (uint32_t bucket = 0; bucket <= BUCKETS; bucket++) {
		while (at < words->n && key_of(index, words->by, &index->entries[at]) < bucket)
			at++;
		index->first[bucket] = (uint16_t)at;
	}
	return index;
}

static const struct words_index *index_of(struct nlp_words *words)
{
	if (g_once_init_enter(&words->index))
		g_once_init_leave(&words->index, index_new(words));
	return words->index;
}

static bool equal(const struct nlp_chars *chars, size_t i, const uint32_t *word, size_t len)
{
	for (size_t k = 0; k < len; k++)
		if (chars->cp[i + k] != word[k] && !(word[k] == ' ' && chars->class[i + k] == NLP_CLASS_SPACE))
			return false;
	return true;
}

static size_t find_at(const struct words_index *index, const struct nlp_words *words, const struct nlp_chars *chars,
                      size_t i, uint32_t bucket, const struct nlp_word **found)
{
	const uint32_t *cp = chars->cp;
	for (uint32_t k = index->first[bucket]; k < index->first[bucket + 1]; k++) {
		const struct entry *entry = &index->entries[k];
		const uint32_t *word = index->pool + entry->at;
		if (word[0] != cp[i] || !equal(chars, i, word, entry->len))
			continue;
		size_t end = i + entry->len;
		bool contracted = cp[end] == '\'' && nlp_letter(cp[end + 1]); /* won't */
		if (nlp_letter(cp[end - 1]) && (nlp_letter(cp[end]) || contracted || !nlp_chars_boundary(chars, end)))
			continue;
		*found = &words->words[entry->word];
		return entry->len;
	}
	return 0;
}

size_t nlp_word_at(struct nlp_words *words, const struct nlp_chars *chars, size_t i, const struct nlp_word **found)
{
	const struct words_index *index = index_of(words);
	if (chars->class[i] == NLP_CLASS_END)
		return 0;
	size_t len = find_at(index, words, chars, i, bucket_of(chars->cp[i], chars->cp[i + 1]), found);
	return len > 0 || !index->singles ? len : find_at(index, words, chars, i, bucket_of(chars->cp[i], 0), found);
}

static size_t find_before(const struct words_index *index, const struct nlp_words *words, const struct nlp_chars *chars,
                          size_t end, uint32_t bucket, const struct nlp_word **found)
{
	const uint32_t *cp = chars->cp;
	for (uint32_t k = index->first[bucket]; k < index->first[bucket + 1]; k++) {
		const struct entry *entry = &index->entries[k];
		const uint32_t *word = index->pool + entry->at;
		if (entry->len > end || word[entry->len - 1] != cp[end - 1])
			continue;
		size_t from = end - entry->len;
		if (!equal(chars, from, word, entry->len) || (from > 0 && nlp_letter(cp[from]) && nlp_letter(cp[from - 1])))
			continue;
		*found = &words->words[entry->word];
		return entry->len;
	}
	return 0;
}

size_t nlp_word_before(struct nlp_words *words, const struct nlp_chars *chars, size_t end,
                       const struct nlp_word **found)
{
	if (end == 0)
		return 0;
	const struct words_index *index = index_of(words);
	uint32_t last = chars->cp[end - 1], before = end > 1 ? chars->cp[end - 2] : 0;
	size_t len = find_before(index, words, chars, end, bucket_of(last, before), found);
	return len > 0 || !index->singles ? len : find_before(index, words, chars, end, bucket_of(last, 0), found);
}

void nlp_words_beginnings(const struct nlp_words *words, nlp_words_beginning beginning, void *user)
{
	unsigned len, next;
	for (size_t i = 0; i < words->n; i++) {
		const char *text = words->words[i].text;
		uint32_t first = nlp_utf8_get(text, &len);
		beginning(first, text[len] ? nlp_utf8_get(text + len, &next) : 0, user);
	}
}

bool nlp_among(uint32_t cp, const char *characters)
{
	unsigned len;
	for (const char *p = characters; *p; p += len)
		if (nlp_utf8_get(p, &len) == cp)
			return true;
	return false;
}

bool nlp_capital(const struct nlp_chars *chars, const char *text, size_t i)
{
	char byte = text[chars->byte[i]];
	if (byte >= 'A' && byte <= 'Z')
		return true;
	/* Full-width capitals: U+FF21 to U+FF3A. */
	return chars->byte_len[i] == 3 && memcmp(text + chars->byte[i], "\xEF\xBC", 2) == 0 &&
	       (uint8_t)text[chars->byte[i] + 2] >= 0xA1 && (uint8_t)text[chars->byte[i] + 2] <= 0xBA;
}
