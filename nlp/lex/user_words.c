#include "lex/user_words.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "corpora/encoding.h"
#include "nlp/error.h"

#define TAG_MAX 16u

struct nlp_user_words {
	gint refs;
	GArray *units;
	struct nlp_trie trie;
};

struct entry {
	uint16_t *cps; /* owned; in their normal form */
	uint32_t len;
	uint16_t cost;
	bool known; /* the cost is: by a frequency, or by what has been suggested */
};

struct parser {
	const char *name;
	const struct nlp_segmenter *segmenter;
	const struct nlp_fold *fold;
	struct nlp_chars chars;
	GHashTable *entries; /* struct entry by its characters; owns them */
};

static guint entry_hash(gconstpointer data)
{
	const struct entry *entry = data;
	guint hash = 2166136261u;
	for (uint32_t i = 0; i < entry->len; i++)
		hash = (hash ^ entry->cps[i]) * 16777619u;
	return hash;
}

static gboolean entry_equal(gconstpointer a, gconstpointer b)
{
	const struct entry *x = a, *y = b;
	return x->len == y->len && memcmp(x->cps, y->cps, x->len * sizeof *x->cps) == 0;
}

static void entry_free(void *data)
{
	struct entry *entry = data;
	g_free(entry->cps);
	g_free(entry);
}

/* ---- costs ---- */

/* The dictionary's unknown cost is that of a word seen once, so it gives the number of words counted. */
static double log_total(const struct nlp_segmenter *segmenter)
{
	return segmenter->unknown / NLP_COST_SCALE;
}

static uint16_t cost_of_frequency(const struct nlp_segmenter *segmenter, double frequency)
{
	if (frequency <= 0)
		return NLP_COST_MAX;
	double cost = (log_total(segmenter) - log(frequency)) * NLP_COST_SCALE;
	return (uint16_t)CLAMP(lround(cost), 0, (long)NLP_COST_MAX - 1);
}

static const struct entry *find(const struct parser *p, const uint16_t *cps, uint32_t len)
{
	const struct entry key = {.cps = (uint16_t *)cps, .len = len};
	return g_hash_table_lookup(p->entries, &key);
}

/* Cost of the best split of a word into at least two words, and `*whole` that of the word as the dictionary has it. */
static uint64_t cost_of_parts(const struct parser *p, const struct entry *entry, uint64_t *whole)
{
	uint64_t best[NLP_USER_WORD_MAX + 1];
	*whole = UINT64_MAX;
	for (uint32_t i = 1; i <= entry->len; i++)
		best[i] = UINT64_MAX;
	best[0] = 0;
	for (uint32_t i = 0; i < entry->len; i++) {
		uint32_t state = 0;
		bool walking = true;
		for (uint32_t end = i + 1; end <= entry->len; end++) {
			uint64_t cost = end == i + 1 ? p->segmenter->unknown : UINT64_MAX;
			walking = walking && nlp_trie_step(&p->segmenter->trie, &state, p->fold->label[entry->cps[end - 1]]);
			if (walking && p->segmenter->trie.units[state].value != NLP_TRIE_NO_VALUE)
				cost = p->segmenter->trie.units[state].value;
			if (i == 0 && end == entry->len) {
				*whole = cost;
				continue;
			}
			const struct entry *own = find(p, entry->cps + i, end - i);
			if (own && own->known && own->cost != NLP_COST_MAX)
				cost = own->cost;
			if (cost != UINT64_MAX)
				best[end] = MIN(best[end], best[i] + cost);
		}
	}
	return best[entry->len];
}

/* One more than the frequency that the parts have together, and never less than the dictionary's. */
static void suggest(const struct parser *p, struct entry *entry)
{
	uint64_t whole, parts = cost_of_parts(p, entry, &whole);
	double once = exp(-log_total(p->segmenter));
	double together = parts == UINT64_MAX ? 0 : exp(-(double)parts / NLP_COST_SCALE);
	long cost = lround(-log(together + once) * NLP_COST_SCALE);
	cost = (long)MIN((uint64_t)MAX(cost, 0), whole);
	if (parts <= (uint64_t)cost)
		cost = (long)parts - 1; /* rounding must not make it a tie */
	entry->cost = (uint16_t)CLAMP(cost, 0, (long)NLP_COST_MAX - 1);
	entry->known = true;
}

/* ---- parsing ---- */

static bool refuse(const struct parser *p, size_t line, GError **error, const char *what)
{
	g_set_error(error, NLP_ERROR, NLP_ERROR_FORMAT, "%s:%zu: %s", p->name, line, what);
	return false;
}

static bool is_frequency(const char *field, double *frequency)
{
	char *end = NULL;
	errno = 0;
	guint64 number = g_ascii_isdigit(*field) ? g_ascii_strtoull(field, &end, 10) : 0;
	*frequency = (double)number;
	return end && *end == '\0' && errno == 0;
}

static bool is_tag(const char *field)
{
	size_t len = strlen(field);
	for (size_t i = 0; i < len; i++)
		if (!g_ascii_isalnum(field[i]))
			return false;
	return len > 0 && len <= TAG_MAX && g_ascii_isalpha(*field);
}

static bool add_word(struct parser *p, size_t line, const char *word, double frequency, bool known, GError **error)
{
	bool han = false;
	nlp_normalize(p->fold, word, strlen(word), &p->chars);
	if (p->chars.n > NLP_USER_WORD_MAX) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "%s:%zu: a word of more than %u characters", p->name, line,
		            NLP_USER_WORD_MAX);
		return false;
	}
	for (size_t i = 0; i < p->chars.n; i++) {
		if (p->chars.cp[i] == 0 || p->chars.cp[i] >= NLP_LABEL_UNKNOWN || p->chars.class[i] == NLP_CLASS_SPACE)
			return refuse(p, line, error, "a character that cannot be in a word");
		han = han || p->chars.class[i] == NLP_CLASS_HAN;
	}
	if (!han)
		return true;
	struct entry *entry = g_new0(struct entry, 1);
	entry->len = (uint32_t)p->chars.n;
	entry->cps = g_new(uint16_t, entry->len);
	for (uint32_t i = 0; i < entry->len; i++)
		entry->cps[i] = (uint16_t)p->chars.cp[i];
	entry->known = known;
	entry->cost = cost_of_frequency(p->segmenter, frequency);
	g_hash_table_replace(p->entries, entry, entry); /* of several lines of a word the last one counts */
	if (g_hash_table_size(p->entries) <= NLP_USER_WORDS_MAX)
		return true;
	g_set_error(error, NLP_ERROR, NLP_ERROR_LIMIT, "%s:%zu: more than %u words", p->name, line, NLP_USER_WORDS_MAX);
	return false;
}

static bool parse_line(struct parser *p, size_t number, char *line, GError **error)
{
	g_auto(GStrv) fields = g_strsplit_set(g_strstrip(line), " \t", -1);
	const char *field[3] = {NULL};
	unsigned n = 0;
	for (char **at = fields; *at; at++) {
		if (!**at)
			continue;
		if (n == G_N_ELEMENTS(field))
			return refuse(p, number, error, "expected 'word [frequency] [tag]', found more");
		field[n++] = *at;
	}
	double frequency = 0;
	bool known = n > 1 && is_frequency(field[1], &frequency);
	if (n == 0)
		return true;
	if ((n == 2 && !known && !is_tag(field[1])) || (n == 3 && (!known || !is_tag(field[2]))))
		return refuse(p, number, error, "expected 'word [frequency] [tag]', the frequency a whole number");
	return add_word(p, number, field[0], frequency, known, error);
}

static bool parse_lines(struct parser *p, const char *text, GError **error)
{
	size_t number = 0;
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");
		g_autofree char *copy = g_strndup(line, len);
		if (!parse_line(p, ++number, copy, error))
			return false;
		line += len + (line[len] == '\n');
	}
	return true;
}

/* ---- the table ---- */

static int by_length(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	return (x->len > y->len) - (x->len < y->len);
}

static int by_characters(const void *a, const void *b)
{
	const struct nlp_trie_key *x = a, *y = b;
	for (uint32_t i = 0; i < MIN(x->len, y->len); i++)
		if (x->labels[i] != y->labels[i])
			return x->labels[i] < y->labels[i] ? -1 : 1;
	return (x->len > y->len) - (x->len < y->len);
}

/* Short words first: a long one must also win over parts that are the user's own. */
static struct nlp_user_words *build(const struct parser *p)
{
	guint n;
	g_autofree void **entries = g_hash_table_get_keys_as_array(p->entries, &n);
	g_autofree struct nlp_trie_key *keys = g_new(struct nlp_trie_key, n + 1);
	qsort(entries, n, sizeof *entries, by_length);
	for (guint i = 0; i < n; i++) {
		struct entry *entry = entries[i];
		if (!entry->known)
			suggest(p, entry);
		keys[i] = (struct nlp_trie_key){entry->cps, entry->len, entry->cost};
	}
	qsort(keys, n, sizeof *keys, by_characters);
	struct nlp_user_words *words = g_new0(struct nlp_user_words, 1);
	words->refs = 1;
	words->units = nlp_trie_build(keys, n);
	words->trie = (struct nlp_trie){(const struct nlp_trie_unit *)(const void *)words->units->data, words->units->len};
	return words;
}

struct nlp_user_words *nlp_user_words_parse(const char *text, const char *name, const struct nlp_segmenter *segmenter,
                                            const struct nlp_fold *fold, GError **error)
{
	struct parser parser = {.name = name, .segmenter = segmenter, .fold = fold};
	parser.entries = g_hash_table_new_full(entry_hash, entry_equal, NULL, entry_free);
	struct nlp_user_words *words = parse_lines(&parser, text, error) ? build(&parser) : NULL;
	g_hash_table_destroy(parser.entries);
	nlp_chars_clear(&parser.chars);
	return words;
}

struct nlp_user_words *nlp_user_words_load(const char *path, const struct nlp_segmenter *segmenter,
                                           const struct nlp_fold *fold, GError **error)
{
	size_t len;
	g_autofree char *text = corpus_file_read(path, NLP_USER_FILE_MAX, &len, error);
	return text ? nlp_user_words_parse(text, path, segmenter, fold, error) : NULL;
}

void nlp_user_words_unref(struct nlp_user_words *words)
{
	if (!words || !g_atomic_int_dec_and_test(&words->refs))
		return;
	g_array_free(words->units, TRUE);
	g_free(words);
}

const struct nlp_trie *nlp_user_words_trie(const struct nlp_user_words *words)
{
	return words ? &words->trie : NULL;
}

/* ---- the shelf ---- */

void nlp_shelf_init(struct nlp_shelf *shelf)
{
	*shelf = (struct nlp_shelf){0};
	pthread_mutex_init(&shelf->lock, NULL);
}

void nlp_shelf_clear(struct nlp_shelf *shelf)
{
	nlp_user_words_unref(shelf->words);
	pthread_mutex_destroy(&shelf->lock);
}

void nlp_shelf_put(struct nlp_shelf *shelf, struct nlp_user_words *words)
{
	pthread_mutex_lock(&shelf->lock);
	struct nlp_user_words *old = shelf->words;
	shelf->words = words;
	g_atomic_int_set(&shelf->any, words != NULL);
	pthread_mutex_unlock(&shelf->lock);
	nlp_user_words_unref(old);
}

struct nlp_user_words *nlp_shelf_borrow(struct nlp_shelf *shelf)
{
	if (!g_atomic_int_get(&shelf->any))
		return NULL;
	pthread_mutex_lock(&shelf->lock);
	struct nlp_user_words *words = shelf->words;
	if (words)
		g_atomic_int_inc(&words->refs);
	pthread_mutex_unlock(&shelf->lock);
	return words;
}
