/* A tagger whose file is whole, checksums and all, but says something else: one section of a small tagger is replaced,
 * overwritten in part or cut off. What opens must tag a text, and what it finds must lie in the text.
 *
 * Input: section (1 byte), what is done to it (1), where (2), then the bytes. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>

#include "corpora/archive.h"
#include "models/error.h"
#include "nlp/dictionary.h"
#include "nlp/document.h"
#include "tagger/tagger.h"
#include "tagger/unit.h"
#include "tensor/random.h"
#include "text/section.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECTION, DEED, WHERE, HEADER = 4 };
enum deed { REPLACE, OVERWRITE, CUT, FLIP, DEEDS };

static struct {
	char *folder, *path;
	struct corpus_archive *base, *slots; /* the tagger as it was made */
	struct nlp_analyzer *analyzer;
} fixed;

static struct corpus_archive *save_and_open(struct corpus_archive_writer *writer)
{
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = NULL;
	if (corpus_archive_writer_save(writer, fixed.path, &error))
		archive = corpus_archive_open(fixed.path, &error);
	g_assert_no_error(error);
	corpus_archive_writer_free(writer);
	g_remove(fixed.path);
	return archive;
}

static void make_base(void)
{
	g_autofree char *words = g_build_filename(fixed.folder, "words", NULL);
	g_assert_true(g_file_set_contents(words, "订单 900\n退货 400\n我的 900\n要 900\n", -1, NULL));
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_assert_true(nlp_dictionary_compile(writer, words, 1, NULL, NULL));
	g_remove(words);
	fixed.base = save_and_open(writer);
	fixed.analyzer = nlp_analyzer_new(fixed.base, NULL, NULL);
	g_assert_nonnull(fixed.analyzer);
}

/* The words, letters and marks of a text, so that their rows are looked up. */
static void add_tables(struct corpus_archive_writer *writer, const struct model_net *net)
{
	static const char text[] = "from Oslo 到北京 12";
	static const char *const parts[][2] = {{"word_keys", "words"}, {"letter_keys", "letters"}, {"mark_keys", "marks"}};
	const size_t dims[] = {net->words, net->letters, net->marks};
	struct model_units *units = g_new(struct model_units, 1);
	struct nlp_document document;
	nlp_document_init(&document);
	nlp_document_analyze(&document, fixed.analyzer, text, strlen(text));
	model_units_extract(units, &document);
	for (size_t part = 0; part < 3; part++) {
		float values[64];
		uint32_t keys[8];
		size_t n = MIN(units->n, G_N_ELEMENTS(keys));
		for (size_t i = 0; i < n; i++)
			keys[i] = part == 0 ? units->units[i].word_hash : (uint32_t)(i + 1);
		if (part == 1)
			keys[0] = units->units[0].letters[0];
		if (part == 2)
			keys[0] = units->units[0].marks[0];
		struct model_random random = model_random_stream(7, part, 0);
		model_random_fill(&random, 1, values, n * dims[part]);
		struct model_keys table;
		g_autofree void *bytes = model_rows_quantise(values, n, dims[part]);
		g_autofree struct model_key_slot *slots = model_keys_build(keys, n, &table.capacity);
		struct model_rows rows = model_rows_of(bytes, n, dims[part]);
		table.slots = slots;
		model_section_add_table(writer, MODEL_SLOTS_PREFIX, parts[part][0], parts[part][1], &table, &rows);
	}
	nlp_document_clear(&document);
	g_free(units);
}

static void make_slots(void)
{
	struct model_net net = {.words = 3, .letters = 2, .marks = 2, .filters = 4, .tags = model_tags_count(2)};
	size_t n = model_net_parts(&net).end;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	g_autofree float *weights = g_new(float, n);
	struct model_random random = model_random_stream(7, 7, 0);
	model_random_fill(&random, 1, weights, n);
	model_section_add_meta(writer, MODEL_SLOTS_PREFIX,
	                       json_pack("{s:i,s:[[s,n,n],[s,s,s]],s:i,s:i,s:i,s:i,s:f}", "version", MODEL_SLOTS_VERSION,
	                                 "labels", "city", "city", "to", "2", "dim", 3, "letters", 2, "marks", 2, "filters",
	                                 4, "vector_norm", 2.0));
	model_section_add(writer, MODEL_SLOTS_PREFIX, "weights", weights, n * sizeof(float));
	add_tables(writer, &net);
	fixed.slots = save_and_open(writer);
}

static void set_up(void)
{
	fixed.folder = g_dir_make_tmp("fuzz-tagger-XXXXXX", NULL);
	fixed.path = g_build_filename(fixed.folder, "slots", NULL);
	make_base();
	make_slots();
	g_rmdir(fixed.folder);
	g_free(fixed.path);
	fixed.path = g_strdup_printf("%s.slots", fixed.folder); /* the folder is gone when the process is ended */
}

static GByteArray *spoil(const uint8_t *own, size_t len, const uint8_t *data, size_t size)
{
	GByteArray *bytes = g_byte_array_new();
	size_t where = ((size_t)data[WHERE] << 8 | data[WHERE + 1]) % (len + 1), more = size - HEADER;
	g_byte_array_append(bytes, own, (guint)len);
	switch (data[DEED] % DEEDS) {
	case REPLACE:
		g_byte_array_set_size(bytes, 0);
		g_byte_array_append(bytes, data + HEADER, (guint)more);
		break;
	case OVERWRITE:
		for (size_t i = 0; i < more && where + i < len; i++)
			bytes->data[where + i] = data[HEADER + i];
		break;
	case CUT:
		g_byte_array_set_size(bytes, (guint)where);
		break;
	default:
		for (size_t i = 0; i < more && where + i < len; i++)
			bytes->data[where + i] ^= data[HEADER + i];
	}
	return bytes;
}

static void ask(const struct model_tagger *tagger)
{
	static const char *const texts[] = {"from Oslo 到北京 12, iPhone15", "x", ""};
	struct model_tagger_work *work = model_tagger_work_new(tagger);
	struct nlp_document document;
	nlp_document_init(&document);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		size_t n;
		nlp_document_analyze(&document, fixed.analyzer, texts[i], strlen(texts[i]));
		const struct model_slot *slots = model_tagger_run(tagger, work, &document, &n);
		for (size_t s = 0; s < n; s++) {
			g_assert_true(slots[s].start < slots[s].end && slots[s].byte_start < slots[s].byte_end);
			g_assert_cmpuint(slots[s].byte_end, <=, strlen(texts[i]));
			g_assert_true(slots[s].confidence >= 0 && slots[s].confidence <= 1);
			g_assert_nonnull(slots[s].entity);
		}
	}
	nlp_document_clear(&document);
	model_tagger_work_free(work);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!fixed.slots)
		set_up();
	if (size < HEADER)
		return 0;
	struct corpus_archive_writer *writer = corpus_archive_writer_new();
	size_t n = corpus_archive_sections(fixed.slots);
	for (size_t i = 0; i < n; i++) {
		const char *name = corpus_archive_section_name(fixed.slots, i);
		size_t len;
		const uint8_t *own = corpus_archive_section(fixed.slots, name, &len);
		if (i == data[SECTION] % n) {
			GByteArray *bytes = spoil(own, len, data, size);
			corpus_archive_writer_add(writer, name, bytes->data, bytes->len);
			g_byte_array_unref(bytes);
		} else {
			corpus_archive_writer_add(writer, name, own, len);
		}
	}
	struct corpus_archive *archive = save_and_open(writer);
	g_autoptr(GError) error = NULL;
	struct model_tagger *tagger = model_tagger_open(archive, NULL, &error);
	g_assert_true((tagger != NULL) == (error == NULL));
	if (tagger)
		ask(tagger);
	else
		g_assert_error(error, MODEL_ERROR, MODEL_ERROR_FORMAT);
	model_tagger_free(tagger);
	corpus_archive_unref(archive);
	return 0;
}
