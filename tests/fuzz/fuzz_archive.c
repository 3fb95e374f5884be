/* Any bytes as an archive, once as they are and once with the checksum of the index put right, so that the checks
 * behind it are reached. What opens must be readable to its last byte. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include <xxhash.h>

#include "corpora/archive.h"
#include "memory_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void open_once(const uint8_t *bytes, size_t size)
{
	const char *path = memory_file(bytes, size);
	GError *error = NULL;
	struct corpus_archive *archive = path ? corpus_archive_open(path, &error) : NULL;
	g_assert_true(!path || (archive != NULL) == (error == NULL));
	g_clear_error(&error);
	if (!archive)
		return;
	uint64_t sum = 0;
	for (size_t i = 0; i < corpus_archive_sections(archive); i++) {
		size_t len;
		const uint8_t *section = corpus_archive_section(archive, corpus_archive_section_name(archive, i), &len);
		g_assert_nonnull(section);
		sum += XXH3_64bits(section, len);
	}
	g_assert_true(sum != 1); /* use it */
	corpus_archive_unref(archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	open_once(data, size);
	if (size < 64)
		return 0;
	g_autofree uint8_t *copy = g_memdup2(data, size);
	uint32_t n;
	uint64_t size64 = size;
	memcpy(copy, "KEFUARCH\1\0\0\0", 12);
	memcpy(&n, copy + 12, sizeof(n));
	n %= 8;
	memcpy(copy + 12, &n, sizeof(n));
	if (64 + (size_t)n * 64 > size)
		return 0;
	memcpy(copy + 16, &size64, sizeof(size64));
	memset(copy + 24, 0, 32);
	for (uint32_t i = 0; i < n; i++) { /* right checksums where the section lies in the file */
		uint8_t *entry = copy + 64 + (size_t)i * 64;
		uint64_t offset, len, hash;
		memcpy(&offset, entry + 32, sizeof(offset));
		memcpy(&len, entry + 40, sizeof(len));
		if (offset <= size && len <= size - offset && offset >= 64 + (uint64_t)n * 64) {
			hash = XXH3_64bits(copy + offset, len);
			memcpy(entry + 48, &hash, sizeof(hash));
		}
	}
	uint64_t index = XXH3_64bits_withSeed(copy + 64, (size_t)n * 64, XXH3_64bits(copy, 56));
	memcpy(copy + 56, &index, sizeof(index));
	open_once(copy, size);
	return 0;
}
