/* bench_word2vec TEXT [THREADS]: the trainer on a text with spaces between the words, one epoch of each kind, at the
 * settings that word2vec.c and fastText are usually measured at (dimension 100, window 5, 5 negatives, subsample 1e-4).
 * Words are counted as word2vec.c counts them. Prints wall and processor seconds: on a busy machine the second says
 * more. */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "nlp/vectors.h"
#include "nlp/word2vec.h"

static int bench(const char *name, const char *path, const struct nlp_word2vec_options *options)
{
	g_autoptr(GError) error = NULL;
	const char *const paths[] = {path};
	struct nlp_word2vec_report report;
	clock_t before = clock();
	struct nlp_vectors *vectors = nlp_word2vec_train(paths, 1, NULL, options, &report, &error);
	double processor = (double)(clock() - before) / CLOCKS_PER_SEC;
	if (!vectors) {
		fprintf(stderr, "%s\n", error->message);
		return EXIT_FAILURE;
	}
	printf("%-24s %8.1f s %8.1f s of processor  %9.0f words/s  %9.0f words/s of processor\n", name, report.seconds,
	       processor, report.words_per_second, (double)report.tokens * options->epochs / processor);
	nlp_vectors_unref(vectors);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: bench_word2vec TEXT [THREADS]\n");
		return 2;
	}
	struct nlp_word2vec_options options = nlp_word2vec_defaults();
	options.epochs = 1;
	options.threads = argc > 2 ? (unsigned)g_ascii_strtoull(argv[2], NULL, 10) : 1;
	int status = bench("skip-gram", argv[1], &options);
	options.deterministic = true;
	status |= bench("skip-gram deterministic", argv[1], &options);
	options.deterministic = false;
	options.cbow = true;
	status |= bench("cbow", argv[1], &options);
	options.cbow = false;
	options.subword_min = 3;
	options.subword_max = 6;
	status |= bench("skip-gram subwords 3-6", argv[1], &options);
	return status;
}
