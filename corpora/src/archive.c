/* The archive's layout, all numbers little-endian, every section at a multiple of 64 bytes:
 *
 *     0   8  magic "KEFUARCH"
 *     8   4  version, 1
 *    12   4  number of sections n, at most 256
 *    16   8  size of the whole file
 *    24  32  zero
 *    56   8  XXH3-64 of bytes 0..55 and the section table
 *    64  64n section table, one entry each:
 *              0 32  name, NUL-padded, with at least one NUL
 *             32  8  offset
 *             40  8  length
 *             48  8  XXH3-64 of the section's bytes
 *             56  8  zero
 *            sections in table order, each followed by zeros up to the next multiple of 64
 *
 * The layout leaves no freedom: a section begins where the one before it ends, padding is zero, the file ends with the
 * last padding. So every byte of the file is checked on opening, and the same sections always give the same bytes. XXH3
 * (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) runs at memory speed, so that a check of the whole
 * file costs no more than reading it once. */
#include "corpora/archive.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>

#include "corpora/error.h"
#include "src/file.h"

#define VERSION      1u
#define ALIGN        64u
#define HEADER_BYTES 64u
#define ENTRY_BYTES  64u
#define NAME_BYTES   (CORPUS_SECTION_NAME_MAX + 1u)

G_STATIC_ASSERT(NAME_BYTES == 32);

static const uint8_t magic[8] = {'K', 'E', 'F', 'U', 'A', 'R', 'C', 'H'};

struct section {
	const char *name;
	const uint8_t *bytes;
	size_t len;
};

struct corpus_archive {
	gint refs;
	GMappedFile *file;
	const uint8_t *bytes;
	size_t len;
	size_t n_sections;
	struct section sections[CORPUS_SECTIONS_MAX];
};

static uint32_t load32(const uint8_t *at)
{
	uint32_t v;
	memcpy(&v, at, sizeof(v));
	return GUINT32_FROM_LE(v);
}

static uint64_t load64(const uint8_t *at)
{
	uint64_t v;
	memcpy(&v, at, sizeof(v));
	return GUINT64_FROM_LE(v);
}

static void store32(uint8_t *at, uint32_t v)
{
	v = GUINT32_TO_LE(v);
	memcpy(at, &v, sizeof(v));
}

static void store64(uint8_t *at, uint64_t v)
{
	v = GUINT64_TO_LE(v);
	memcpy(at, &v, sizeof(v));
}

static uint64_t align_up(uint64_t at)
{
	return (at + (ALIGN - 1)) & ~(uint64_t)(ALIGN - 1);
}

/* Header checksum: bytes 0..55, then the table, whose entries start at 64. */
static uint64_t index_hash(const uint8_t *header, const uint8_t *table, size_t table_len)
{
	return XXH3_64bits_withSeed(table, table_len, XXH3_64bits(header, 56));
}

static bool damaged(GError **error, const char *path, uint64_t offset, const char *what)
{
	g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_DAMAGED,
	            "%s: %s at byte %" G_GUINT64_FORMAT "; make or copy the file again", path, what, offset);
	return false;
}

static bool first_nonzero(const uint8_t *bytes, uint64_t from, uint64_t to, uint64_t *at)
{
	for (*at = from; *at < to; ++*at)
		if (bytes[*at] != 0)
			return true;
	return false;
}

static bool check_header(const struct corpus_archive *a, const char *path, GError **error)
{
	if (a->len < HEADER_BYTES)
		return damaged(error, path, a->len, a->len ? "the file ends within its header" : "empty file");
	if (memcmp(a->bytes, magic, sizeof(magic)) != 0)
		return damaged(error, path, 0, "not a Kefu archive: wrong magic");
	if (load32(a->bytes + 8) != VERSION) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_DAMAGED,
		            "%s: archive version %u at byte 8, this program reads version %u; train or fetch it again", path,
		            load32(a->bytes + 8), VERSION);
		return false;
	}
	uint64_t n = load32(a->bytes + 12);
	if (n > CORPUS_SECTIONS_MAX)
		return damaged(error, path, 12, "more sections than an archive may have");
	if (a->len < HEADER_BYTES + n * ENTRY_BYTES)
		return damaged(error, path, a->len, "the file ends within its section table");
	if (index_hash(a->bytes, a->bytes + HEADER_BYTES, n * ENTRY_BYTES) != load64(a->bytes + 56))
		return damaged(error, path, 56, "wrong checksum of header and section table");
	uint64_t size = load64(a->bytes + 16);
	if (size != a->len)
		return damaged(error, path, MIN(size, a->len), a->len < size ? "the file is cut off" : "extra bytes");
	return true;
}

/* Reads entry `i`; `*end` is where the section before it ended and gets where this one ends, padding included. */
static bool check_section(struct corpus_archive *a, size_t i, uint64_t *end, const char *path, GError **error)
{
	uint64_t at = HEADER_BYTES + i * ENTRY_BYTES, bad;
	const uint8_t *entry = a->bytes + at;
	uint64_t offset = load64(entry + 32), len = load64(entry + 40);
	size_t name_len = strnlen((const char *)entry, NAME_BYTES);
	if (name_len == 0 || name_len == NAME_BYTES || first_nonzero(a->bytes, at + name_len, at + NAME_BYTES, &bad))
		return damaged(error, path, at, "a section without a proper name");
	if (offset != *end)
		return damaged(error, path, at + 32, "a section that does not follow the one before it");
	if (len > a->len - offset || align_up(offset + len) > a->len)
		return damaged(error, path, at + 40, "a section longer than the file");
	if (load64(entry + 56) != 0)
		return damaged(error, path, at + 56, "reserved bytes in use");
	for (size_t j = 0; j < i; j++)
		if (strcmp(a->sections[j].name, (const char *)entry) == 0)
			return damaged(error, path, at, "two sections of one name");
	if (XXH3_64bits(a->bytes + offset, len) != load64(entry + 48))
		return damaged(error, path, offset, "wrong checksum of the section that starts");
	*end = align_up(offset + len);
	if (first_nonzero(a->bytes, offset + len, *end, &bad))
		return damaged(error, path, bad, "padding in use");
	a->sections[i] = (struct section){(const char *)entry, a->bytes + offset, len};
	return true;
}

static bool check(struct corpus_archive *a, const char *path, GError **error)
{
	uint64_t bad;
	if (!check_header(a, path, error))
		return false;
	if (first_nonzero(a->bytes, 24, 56, &bad))
		return damaged(error, path, bad, "reserved bytes in use");
	a->n_sections = load32(a->bytes + 12);
	uint64_t end = HEADER_BYTES + a->n_sections * ENTRY_BYTES;
	for (size_t i = 0; i < a->n_sections; i++)
		if (!check_section(a, i, &end, path, error))
			return false;
	return end == a->len || damaged(error, path, end, "extra bytes");
}

struct corpus_archive *corpus_archive_open(const char *path, GError **error)
{
	GError *why = NULL;
	GMappedFile *file = g_mapped_file_new(path, FALSE, &why);
	if (!file) {
		g_set_error(error, CORPUS_ERROR, CORPUS_ERROR_IO, "%s: cannot open: %s", path, why->message);
		g_error_free(why);
		return NULL;
	}
	struct corpus_archive *a = g_new0(struct corpus_archive, 1);
	a->refs = 1;
	a->file = file;
	a->bytes = (const uint8_t *)g_mapped_file_get_contents(file);
	a->len = g_mapped_file_get_length(file);
	if (!check(a, path, error)) {
		corpus_archive_unref(a);
		return NULL;
	}
	/* Checking has read every page; only those that are used shall stay in memory: who segments needs no vectors. */
	(void)madvise((void *)(uintptr_t)a->bytes, a->len, MADV_DONTNEED);
	return a;
}

struct corpus_archive *corpus_archive_ref(struct corpus_archive *archive)
{
	g_atomic_int_inc(&archive->refs);
	return archive;
}

void corpus_archive_unref(struct corpus_archive *archive)
{
	if (!archive || !g_atomic_int_dec_and_test(&archive->refs))
		return;
	g_mapped_file_unref(archive->file);
	g_free(archive);
}

const void *corpus_archive_section(const struct corpus_archive *archive, const char *name, size_t *len)
{
	for (size_t i = 0; i < archive->n_sections; i++) {
		if (strcmp(archive->sections[i].name, name) == 0) {
			*len = archive->sections[i].len;
			return archive->sections[i].bytes;
		}
	}
	*len = 0;
	return NULL;
}

size_t corpus_archive_sections(const struct corpus_archive *archive)
{
	return archive->n_sections;
}

const char *corpus_archive_section_name(const struct corpus_archive *archive, size_t index)
{
	return index < archive->n_sections ? archive->sections[index].name : NULL;
}

char *corpus_archive_sha256(const struct corpus_archive *archive)
{
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, archive->bytes, archive->len);
}

struct pending {
	char *name;
	GBytes *bytes;
};

struct corpus_archive_writer {
	GArray *sections; /* struct pending */
	GError *error;    /* the first mistake of a caller of add(); told by save() */
};

static void pending_clear(gpointer data)
{
	struct pending *p = data;
	g_free(p->name);
	g_bytes_unref(p->bytes);
}

struct corpus_archive_writer *corpus_archive_writer_new(void)
{
	struct corpus_archive_writer *writer = g_new0(struct corpus_archive_writer, 1);
	writer->sections = g_array_new(FALSE, FALSE, sizeof(struct pending));
	g_array_set_clear_func(writer->sections, pending_clear);
	return writer;
}

void corpus_archive_writer_free(struct corpus_archive_writer *writer)
{
	if (!writer)
		return;
	g_array_unref(writer->sections);
	g_clear_error(&writer->error);
	g_free(writer);
}

static const char *refusal(const struct corpus_archive_writer *writer, const char *name)
{
	if (writer->sections->len >= CORPUS_SECTIONS_MAX)
		return "too many sections";
	if (*name == '\0' || strlen(name) > CORPUS_SECTION_NAME_MAX)
		return "a section's name must have 1 to 31 bytes";
	for (guint i = 0; i < writer->sections->len; i++)
		if (strcmp(g_array_index(writer->sections, struct pending, i).name, name) == 0)
			return "there is already a section of this name";
	return NULL;
}

void corpus_archive_writer_add(struct corpus_archive_writer *writer, const char *name, const void *bytes, size_t len)
{
	const char *why = refusal(writer, name);
	if (why) {
		if (!writer->error)
			g_set_error(&writer->error, CORPUS_ERROR, CORPUS_ERROR_LIMIT, "section '%s': %s", name, why);
		return;
	}
	struct pending p = {g_strdup(name), g_bytes_new(bytes, len)};
	g_array_append_val(writer->sections, p);
}

void corpus_archive_writer_add_all(struct corpus_archive_writer *writer, const struct corpus_archive *archive,
                                   const char *prefix)
{
	for (size_t i = 0; i < archive->n_sections; i++) {
		const struct section *s = &archive->sections[i];
		if (g_str_has_prefix(s->name, prefix))
			corpus_archive_writer_add(writer, s->name, s->bytes, s->len);
	}
}

/* Header and section table in one block. */
static uint8_t *make_index(const struct corpus_archive_writer *writer, size_t *len)
{
	guint n = writer->sections->len;
	*len = HEADER_BYTES + (size_t)n * ENTRY_BYTES;
	uint8_t *index = g_malloc0(*len);
	uint64_t end = *len;
	for (guint i = 0; i < n; i++) {
		const struct pending *p = &g_array_index(writer->sections, struct pending, i);
		uint8_t *entry = index + HEADER_BYTES + (size_t)i * ENTRY_BYTES;
		size_t section_len;
		const void *bytes = g_bytes_get_data(p->bytes, &section_len);
		g_strlcpy((char *)entry, p->name, NAME_BYTES);
		store64(entry + 32, end);
		store64(entry + 40, section_len);
		store64(entry + 48, XXH3_64bits(bytes, section_len));
		end = align_up(end + section_len);
	}
	memcpy(index, magic, sizeof(magic));
	store32(index + 8, VERSION);
	store32(index + 12, n);
	store64(index + 16, end);
	store64(index + 56, index_hash(index, index + HEADER_BYTES, *len - HEADER_BYTES));
	return index;
}

bool corpus_archive_writer_save(struct corpus_archive_writer *writer, const char *path, GError **error)
{
	static const uint8_t zeros[ALIGN];
	if (writer->error) {
		g_propagate_prefixed_error(error, g_error_copy(writer->error), "%s: ", path);
		return false;
	}
	size_t len;
	uint8_t *index = make_index(writer, &len);
	struct file_writer out;
	bool ok = file_writer_open(&out, path, error) && file_writer_add(&out, index, len, error);
	g_free(index);
	for (guint i = 0; ok && i < writer->sections->len; i++) {
		const void *bytes = g_bytes_get_data(g_array_index(writer->sections, struct pending, i).bytes, &len);
		ok = file_writer_add(&out, bytes, len, error) &&
		     file_writer_add(&out, zeros, (size_t)(align_up(len) - len), error);
	}
	ok = ok && file_writer_commit(&out, error);
	file_writer_clear(&out);
	return ok;
}
