#include "tagger/texts.h"

#include <string.h>

#include "corpora/example.h"
#include "models/error.h"
#include "nlp/document.h"
#include "nlp/vectors.h"
#include "tagger/unit.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "text/keys.h"

#define STREAM_VECTORS UINT64_C(0x534C564543)

/* A text before it is known which features get rows. */
struct raw {
	const struct corpus_example *example;
	size_t n;
	uint32_t *words, *letters, *letters_end, *marks, *marks_end; /* hashes; one block with `base` and `tags` */
	int32_t *base;                                               /* number of the word's base vector, or -1 */
	uint32_t *tags;
};

struct reading {
	struct model_slot_texts *texts;
	const struct nlp_analyzer *analyzer;
	const struct nlp_vectors *vectors;
	const struct model_tagger_options *options;
	struct nlp_document document;
	struct model_units units;
	size_t *label_count;                /* (n_labels) marks of each in training */
	struct model_tagger_report *report; /* NULL while reading dev texts */
};

static bool is_wanted(const struct model_tagger_options *options, const char *entity)
{
	return !options->wants || options->wants(entity, options->user);
}

/* --- labels --- */

static bool collect_labels(struct model_slot_texts *texts, const struct corpus_examples *train,
                           const struct model_tagger_options *options, GError **error)
{
	g_autoptr(GArray) labels = g_array_new(FALSE, FALSE, sizeof(struct model_slot_label));
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; i < corpus_examples_len(train); i++) {
		const struct corpus_example *example = corpus_examples_get(train, i);
		for (size_t a = 0; a < example->n_annotations; a++) {
			const struct corpus_annotation *mark = &example->annotations[a];
			struct model_slot_label label = {(char *)mark->entity, (char *)mark->role, (char *)mark->group};
			if (is_wanted(options, mark->entity) &&
			    g_hash_table_add(known, g_strdup_printf("%s\n%d%s\n%d%s", mark->entity, mark->role != NULL,
			                                            mark->role ? mark->role : "", mark->group != NULL,
			                                            mark->group ? mark->group : "")))
				g_array_append_val(labels, label);
		}
	}
	if (labels->len == 0) {
		g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_DATA,
		                    "no entity is marked in the texts: mark words as in [Oslo](city)");
		return false;
	}
	if (labels->len > MODEL_SLOT_LABELS_MAX) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
		            "%u different entities, roles and groups; at most %u can be learned", labels->len,
		            MODEL_SLOT_LABELS_MAX);
		return false;
	}
	g_array_sort(labels, model_slot_label_compare);
	model_tags_init(&texts->tags, (const struct model_slot_label *)(const void *)labels->data, labels->len);
	return true;
}

/* --- reading texts --- */

/* Units that the characters [start, end) touch; `exact` tells whether they are just these. */
static bool units_of(const struct model_units *units, size_t start, size_t end, size_t *from, size_t *to, bool *exact)
{
	size_t a = 0, b;
	while (a < units->n && units->units[a].end <= start)
		a++;
	for (b = a; b < units->n && units->units[b].start < end; b++)
		;
	*from = a;
	*to = b;
	*exact = a < b && units->units[a].start == start && units->units[b - 1].end == end;
	return a < b;
}

static void mark_tags(struct reading *reading, struct raw *raw)
{
	const struct model_tags *tags = &reading->texts->tags;
	for (size_t i = 0; i < raw->example->n_annotations; i++) {
		const struct corpus_annotation *mark = &raw->example->annotations[i];
		size_t from, to;
		bool exact, taken = false;
		int32_t label = model_tags_find(tags, mark->entity, mark->role, mark->group);
		if (label < 0 || !units_of(&reading->units, mark->start, mark->end, &from, &to, &exact))
			continue;
		for (size_t t = from; t < to; t++)
			taken |= raw->tags[t] != 0;
		if (reading->report) {
			reading->report->overlapping += taken;
			reading->report->inside_words += !taken && !exact;
			reading->report->entities += !taken;
			reading->label_count[label] += !taken;
		}
		if (!taken)
			model_tags_write(tags, raw->tags, from, to, (uint32_t)label);
	}
}

/* Allocates the one block of a text. */
static void raw_init(struct raw *raw, struct model_slot_texts *texts, const struct corpus_example *example, size_t n,
                     size_t letters, size_t marks)
{
	uint32_t *block = g_new0(uint32_t, 5 * n + letters + marks + 1);
	g_ptr_array_add(texts->memory, block);
	*raw = (struct raw){.example = example,
	                    .n = n,
	                    .words = block,
	                    .base = (int32_t *)(block + n),
	                    .tags = block + 2 * n,
	                    .letters_end = block + 3 * n,
	                    .marks_end = block + 4 * n,
	                    .letters = block + 5 * n,
	                    .marks = block + 5 * n + letters};
}

/* False where the text has no units. */
static bool read_text(struct reading *reading, const struct corpus_example *example, struct raw *raw)
{
	struct model_units *units = &reading->units;
	size_t letters = 0, marks = 0;
	nlp_document_analyze(&reading->document, reading->analyzer, example->text, strlen(example->text));
	model_units_extract(units, &reading->document);
	if (units->n == 0)
		return false;
	for (size_t t = 0; t < units->n; t++) {
		letters += units->units[t].n_letters;
		marks += units->units[t].n_marks;
	}
	raw_init(raw, reading->texts, example, units->n, letters, marks);
	letters = marks = 0;
	for (size_t t = 0; t < units->n; t++) {
		const struct model_unit *unit = &units->units[t];
		raw->words[t] = unit->word_hash;
		raw->base[t] = reading->vectors ? nlp_vectors_find(reading->vectors, unit->word, unit->word_len) : -1;
		memcpy(raw->letters + letters, unit->letters, unit->n_letters * sizeof(uint32_t));
		memcpy(raw->marks + marks, unit->marks, unit->n_marks * sizeof(uint32_t));
		raw->letters_end[t] = (uint32_t)(letters += unit->n_letters);
		raw->marks_end[t] = (uint32_t)(marks += unit->n_marks);
	}
	mark_tags(reading, raw);
	return true;
}

static struct raw *read_texts(struct reading *reading, const struct corpus_examples *examples, size_t *n)
{
	size_t all = examples ? corpus_examples_len(examples) : 0;
	struct raw *raws = g_new0(struct raw, all + 1);
	*n = 0;
	for (size_t i = 0; i < all; i++)
		*n += read_text(reading, corpus_examples_get(examples, i), &raws[*n]);
	return raws;
}

/* --- rows --- */

static void count_features(struct model_slot_texts *texts, const struct raw *raws, size_t n,
                           const struct model_tagger_recipe *recipe, const struct nlp_vectors *vectors, uint64_t seed)
{
	struct model_key_counter *words = model_key_counter_new(), *letters = model_key_counter_new(),
	                         *marks = model_key_counter_new();
	g_autoptr(GHashTable) base_of = g_hash_table_new(NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		const struct raw *raw = &raws[i];
		model_key_counter_add(words, raw->words, raw->n);
		model_key_counter_add(letters, raw->letters, raw->letters_end[raw->n - 1]);
		model_key_counter_add(marks, raw->marks, raw->marks_end[raw->n - 1]);
		for (size_t t = 0; t < raw->n; t++)
			if (raw->base[t] >= 0)
				g_hash_table_insert(base_of, GUINT_TO_POINTER(raw->words[t]), GINT_TO_POINTER(raw->base[t] + 1));
	}
	size_t all, frequent;
	g_free(model_key_counter_finish(words, recipe->min_texts, SIZE_MAX, &frequent));
	texts->words.keys = model_key_counter_finish(words, 1, SIZE_MAX, &all);
	/* Most frequent first: the first `frequent` ones are frequent enough. */
	for (size_t i = 0; i < all; i++)
		if (i < frequent || g_hash_table_contains(base_of, GUINT_TO_POINTER(texts->words.keys[i])))
			texts->words.keys[texts->words.n++] = texts->words.keys[i];
	texts->letters.keys = model_key_counter_finish(letters, recipe->min_texts, recipe->max_letters, &texts->letters.n);
	texts->marks.keys = model_key_counter_finish(marks, recipe->min_texts, recipe->max_letters, &texts->marks.n);
	model_key_counter_free(words);
	model_key_counter_free(letters);
	model_key_counter_free(marks);
	texts->n_word_rows = texts->words.n;
	texts->word_rows = g_new(float, texts->words.n * texts->dim + 1);
	for (size_t i = 0; i < texts->words.n; i++) {
		float *row = texts->word_rows + i * texts->dim;
		int base = GPOINTER_TO_INT(g_hash_table_lookup(base_of, GUINT_TO_POINTER(texts->words.keys[i]))) - 1;
		struct model_random random = model_random_stream(seed, STREAM_VECTORS, texts->words.keys[i]);
		if (base >= 0)
			nlp_vectors_get(vectors, base, row);
		else
			model_random_fill(&random, 1, row, texts->dim);
		model_normalise(texts->dim, row, recipe->vector_norm);
	}
}

struct encoder {
	struct model_slot_texts *texts;
	struct model_keys words, letters, marks;
	GHashTable *extra; /* base vector + 1 -> row + 1 */
	GHashTable *intents;
	const struct nlp_vectors *vectors;
	float vector_norm;
};

/* The row of a base vector that only dev texts have. */
static uint32_t extra_row(struct encoder *encoder, int32_t base)
{
	struct model_slot_texts *texts = encoder->texts;
	gpointer found = g_hash_table_lookup(encoder->extra, GINT_TO_POINTER(base + 1));
	if (found)
		return GPOINTER_TO_UINT(found) - 1;
	uint32_t row = (uint32_t)texts->n_word_rows++;
	texts->word_rows = g_realloc_n(texts->word_rows, texts->n_word_rows * texts->dim + 1, sizeof(float));
	float *out = texts->word_rows + (size_t)row * texts->dim;
	nlp_vectors_get(encoder->vectors, base, out);
	model_normalise(texts->dim, out, encoder->vector_norm);
	g_hash_table_insert(encoder->extra, GINT_TO_POINTER(base + 1), GUINT_TO_POINTER(row + 1));
	return row;
}

/* Hashes become rows, in place; those without a row are left out. */
static void find_rows(const struct model_keys *keys, uint32_t *ids, uint32_t *ends, size_t n)
{
	uint32_t kept = 0;
	for (size_t t = 0, from = 0; t < n; t++) {
		size_t to = ends[t];
		for (; from < to; from++) {
			uint32_t row = model_keys_find(keys, ids[from]);
			if (row != UINT32_MAX)
				ids[kept++] = row;
		}
		ends[t] = kept;
	}
}

static struct model_net_text encode(struct encoder *encoder, struct raw *raw)
{
	for (size_t t = 0; t < raw->n; t++) {
		raw->words[t] = model_keys_find(&encoder->words, raw->words[t]);
		if (raw->words[t] == MODEL_NO_ROW && raw->base[t] >= 0)
			raw->words[t] = extra_row(encoder, raw->base[t]);
	}
	find_rows(&encoder->letters, raw->letters, raw->letters_end, raw->n);
	find_rows(&encoder->marks, raw->marks, raw->marks_end, raw->n);
	int intent = raw->example ? GPOINTER_TO_INT(g_hash_table_lookup(encoder->intents, raw->example->label)) - 1 : -1;
	return (struct model_net_text){raw->n,     raw->words,     raw->letters, raw->letters_end,
	                               raw->marks, raw->marks_end, raw->tags,    intent};
}

/* Numbers of the labels, in the order in which they come; none where all texts have the same. */
static GHashTable *number_intents(const struct raw *raws, size_t n)
{
	GHashTable *intents = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < n && raws[i].example; i++) {
		const char *label = raws[i].example->label;
		if (*label && !g_hash_table_contains(intents, label))
			g_hash_table_insert(intents, (gpointer)label, GUINT_TO_POINTER(g_hash_table_size(intents) + 1));
	}
	if (g_hash_table_size(intents) < 2)
		g_hash_table_remove_all(intents);
	return intents;
}

static void encode_all(struct model_slot_texts *texts, struct raw *train, struct raw *dev,
                       const struct nlp_vectors *vectors, float vector_norm)
{
	g_autoptr(GHashTable) extra = g_hash_table_new(NULL, NULL), intents = number_intents(train, texts->n_train);
	struct encoder encoder = {
	    .texts = texts, .extra = extra, .intents = intents, .vectors = vectors, .vector_norm = vector_norm};
	g_autofree struct model_key_slot *words =
	    model_keys_build(texts->words.keys, texts->words.n, &encoder.words.capacity);
	g_autofree struct model_key_slot *letters =
	    model_keys_build(texts->letters.keys, texts->letters.n, &encoder.letters.capacity);
	g_autofree struct model_key_slot *marks =
	    model_keys_build(texts->marks.keys, texts->marks.n, &encoder.marks.capacity);
	encoder.words.slots = words;
	encoder.letters.slots = letters;
	encoder.marks.slots = marks;
	texts->intents = g_hash_table_size(intents);
	texts->train = g_new(struct model_net_text, texts->n_train + 1);
	texts->dev = g_new(struct model_net_text, texts->n_dev + 1);
	for (size_t i = 0; i < texts->n_train; i++)
		texts->train[i] = encode(&encoder, &train[i]);
	for (size_t i = 0; i < texts->n_dev; i++)
		texts->dev[i] = encode(&encoder, &dev[i]);
}

struct model_slot_texts *model_slot_texts_new(const struct corpus_examples *train, const struct corpus_examples *dev,
                                              const struct nlp_analyzer *analyzer, const struct nlp_vectors *vectors,
                                              const struct model_tagger_options *options,
                                              const struct model_tagger_recipe *recipe,
                                              struct model_tagger_report *report, GError **error)
{
	struct model_slot_texts *texts = g_new0(struct model_slot_texts, 1);
	texts->memory = g_ptr_array_new_with_free_func(g_free);
	texts->dim = vectors ? nlp_vectors_dim(vectors) : recipe->dim;
	if (!collect_labels(texts, train, options, error)) {
		model_slot_texts_free(texts);
		return NULL;
	}
	struct reading *reading = g_new0(struct reading, 1);
	*reading = (struct reading){
	    .texts = texts, .analyzer = analyzer, .vectors = vectors, .options = options, .report = report};
	reading->label_count = g_new0(size_t, texts->tags.n_labels);
	nlp_document_init(&reading->document);
	g_autofree struct raw *raw_train = read_texts(reading, train, &texts->n_train);
	reading->report = NULL;
	g_autofree struct raw *raw_dev = read_texts(reading, dev, &texts->n_dev);
	for (size_t l = 0; l < texts->tags.n_labels; l++)
		report->single_labels += reading->label_count[l] == 1;
	report->labels = texts->tags.n_labels;
	report->examples = texts->n_train;
	nlp_document_clear(&reading->document);
	g_free(reading->label_count);
	g_free(reading);
	if (report->entities == 0) {
		g_set_error(error, MODEL_ERROR, MODEL_ERROR_DATA,
		            "no entity is marked within the first %u words of a text: nothing can be learned", MODEL_UNITS_MAX);
		model_slot_texts_free(texts);
		return NULL;
	}
	count_features(texts, raw_train, texts->n_train, recipe, vectors, options->seed);
	encode_all(texts, raw_train, raw_dev, vectors, recipe->vector_norm);
	return texts;
}

void model_slot_texts_free(struct model_slot_texts *texts)
{
	if (!texts)
		return;
	model_tags_clear(&texts->tags);
	g_free(texts->words.keys);
	g_free(texts->letters.keys);
	g_free(texts->marks.keys);
	g_free(texts->word_rows);
	g_free(texts->train);
	g_free(texts->dev);
	g_ptr_array_unref(texts->memory);
	g_free(texts);
}
