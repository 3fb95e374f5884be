/* Runs a fuzzer's entry point over every file of the folders given: the seeds become a regression test for compilers
 * without libFuzzer. Fails when no file was found. */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	unsigned n = 0;
	for (int i = 1; i < argc; i++) {
		g_autoptr(GDir) dir = g_dir_open(argv[i], 0, NULL);
		const char *name;
		while (dir && (name = g_dir_read_name(dir)) != NULL) {
			g_autofree char *path = g_build_filename(argv[i], name, NULL);
			g_autofree char *bytes = NULL;
			gsize len = 0;
			if (!g_file_get_contents(path, &bytes, &len, NULL))
				continue;
			(void)LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
			n++;
		}
	}
	g_print("%u seeds\n", n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
