/* One file with named, 64-byte aligned sections, read by mmap: the container of the base model and of trained models.
 * Little-endian, magic, version, section table, an XXH3-64 checksum for every section and for the table; the layout is
 * written down above the parser in archive.c. A damaged or truncated file is refused with the offset. Archives are
 * immutable and may be shared by threads. */
#ifndef CORPORA_ARCHIVE_H
#define CORPORA_ARCHIVE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CORPUS_SECTION_NAME_MAX 31u
#define CORPUS_SECTIONS_MAX     256u

struct corpus_archive;

struct corpus_archive *corpus_archive_open(const char *path, GError **error);
struct corpus_archive *corpus_archive_ref(struct corpus_archive *archive);
void corpus_archive_unref(struct corpus_archive *archive); /* accepts NULL */

/* Bytes of a section, 64-byte aligned, borrowed while a reference is held; NULL where there is none of this name. */
const void *corpus_archive_section(const struct corpus_archive *archive, const char *name, size_t *len);
size_t corpus_archive_sections(const struct corpus_archive *archive);
const char *corpus_archive_section_name(const struct corpus_archive *archive, size_t index);
/* SHA-256 of the whole file in hex, owned by the caller. */
char *corpus_archive_sha256(const struct corpus_archive *archive);

struct corpus_archive_writer;

/* Sections are copied; names are unique and at most CORPUS_SECTION_NAME_MAX bytes. The same calls give the same bytes.
 */
struct corpus_archive_writer *corpus_archive_writer_new(void);
void corpus_archive_writer_add(struct corpus_archive_writer *writer, const char *name, const void *bytes, size_t len);
/* Copies every section of `archive` whose name starts with `prefix` ("" for all). */
void corpus_archive_writer_add_all(struct corpus_archive_writer *writer, const struct corpus_archive *archive,
                                   const char *prefix);
/* Writes the file whole or not at all. */
bool corpus_archive_writer_save(struct corpus_archive_writer *writer, const char *path, GError **error);
void corpus_archive_writer_free(struct corpus_archive_writer *writer); /* accepts NULL */

#endif
