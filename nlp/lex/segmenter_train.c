#include "nlp/segmenter.h"

#include <string.h>

#include "corpora/archive.h"
#include "lex/dictionary.h"
#include "lex/perceptron.h"
#include "lex/segmented_text.h"
#include "nlp/error.h"

#define EPOCHS     8u
#define EPOCHS_MAX 1000u
#define MAX_BYTES  (8u << 20)

/* Returns the section dictionary.tagger, owned by the caller; NULL where the user stopped it. */
static void *learn(const struct nlp_segmented_text *text, const struct nlp_segmenter_options *options,
                   struct nlp_segmenter_report *report)
{
	struct nlp_perceptron *perceptron = nlp_perceptron_new(options->seed);
	unsigned epochs = MIN(options->epochs > 0 ? options->epochs : EPOCHS, EPOCHS_MAX);
	for (unsigned e = 0; e < epochs && !report->stopped; e++) {
		size_t errors = nlp_perceptron_epoch(perceptron, text);
		report->stopped = options->on_epoch && !options->on_epoch(e + 1, epochs, errors, text->n_units, options->user);
	}
	void *bytes = NULL;
	if (!report->stopped) {
		double transition[NLP_TAGS][NLP_TAGS];
		g_autoptr(GArray) features = nlp_perceptron_mean(perceptron, transition);
		bytes =
		    nlp_tagger_pack(features, (const double(*)[NLP_TAGS])transition,
		                    options->max_bytes > 0 ? options->max_bytes : MAX_BYTES, &report->bytes, &report->features);
	}
	nlp_perceptron_free(perceptron);
	return bytes;
}

static bool measure(char *const *dev, const struct nlp_tokenizer *tokenizer, struct nlp_segmenter_report *report,
                    GError **error)
{
	struct nlp_word_score score = {0};
	for (; dev && *dev; dev++)
		if (!nlp_segmented_text_score(*dev, tokenizer, &score, error))
			return false;
	report->dev_words = score.want;
	report->dev_precision = score.got > 0 ? (double)score.right / (double)score.got : 0;
	report->dev_recall = score.want > 0 ? (double)score.right / (double)score.want : 0;
	double sum = report->dev_precision + report->dev_recall;
	report->dev_f1 = sum > 0 ? 2 * report->dev_precision * report->dev_recall / sum : 0;
	return true;
}

static bool train(struct nlp_tokenizer *tokenizer, char *const *data, char *const *dev,
                  const struct nlp_segmenter_options *options, struct corpus_archive_writer *writer,
                  struct nlp_segmenter_report *report, GError **error)
{
	struct nlp_segmented_text *text = nlp_segmented_text_new();
	g_autofree void *tagger = NULL;
	bool ok = true;
	for (; ok && *data; data++)
		ok = nlp_segmented_text_read(text, *data, tokenizer, error);
	report->sentences = text->sentences;
	report->words = text->words;
	report->units = text->n_units;
	if (ok && text->rows->len == 0) {
		g_set_error(error, NLP_ERROR, NLP_ERROR_EMPTY, "%s: there is no word to learn from", data[-1]);
		ok = false;
	}
	if (ok)
		tagger = learn(text, options, report);
	nlp_segmented_text_free(text);
	if (!tagger)
		return ok; /* stopped, unless there is an error */
	(void)nlp_tagger_read(tagger, report->bytes, &tokenizer->segmenter.tagger);
	if (!measure(dev, tokenizer, report, error))
		return false;
	corpus_archive_writer_add(writer, "dictionary.tagger", tagger, report->bytes);
	return true;
}

bool nlp_segmenter_train(const struct corpus_archive *base, char *const *data, char *const *dev,
                         const struct nlp_segmenter_options *options, struct corpus_archive_writer *writer,
                         struct nlp_segmenter_report *report, GError **error)
{
	gint64 started = g_get_monotonic_time();
	struct nlp_tokenizer tokenizer = {0};
	*report = (struct nlp_segmenter_report){0};
	bool ok = nlp_dictionary_open(base, &tokenizer.segmenter, &tokenizer.fold, error) &&
	          nlp_tokenizer_init(&tokenizer, error);
	tokenizer.segmenter.tagger = (struct nlp_tagger){0};
	tokenizer.segmenter.by_character = true;
	ok = ok && train(&tokenizer, data, dev, options, writer, report, error);
	for (size_t i = 0; ok && !report->stopped && i < corpus_archive_sections(base); i++) {
		const char *name = corpus_archive_section_name(base, i);
		size_t len;
		const void *bytes = corpus_archive_section(base, name, &len);
		if (g_str_has_prefix(name, "dictionary.") && strcmp(name, "dictionary.tagger") != 0)
			corpus_archive_writer_add(writer, name, bytes, len);
	}
	nlp_tokenizer_clear(&tokenizer);
	report->seconds = (double)(g_get_monotonic_time() - started) / 1e6;
	return ok;
}
