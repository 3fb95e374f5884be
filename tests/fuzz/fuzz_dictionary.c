/* Any bytes as the sections of a dictionary: refused, or safe to segment with. The first three bytes of the input say
 * how the rest is shared out among the sections. */
#include "fail.h"
#include "lex/dictionary.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sections begin at multiples of 64 bytes in an archive; here each gets a block of its own. */
static void *section(const uint8_t **data, size_t *left, size_t len)
{
	len = MIN(len, *left);
	void *copy = g_malloc(len + 1);
	memcpy(copy, *data, len);
	*data += len;
	*left -= len;
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "我的订单什么时候发货 T恤 研究生命的起源 ab";
	if (size < 3)
		return 0;
	size_t characters_len = data[0], variants_len = data[1], hmm_len = data[2] * 8u, left = size - 3;
	data += 3;
	size_t before = left;
	g_autofree void *characters = section(&data, &left, characters_len);
	characters_len = before - left;
	before = left;
	g_autofree void *variants = section(&data, &left, variants_len);
	variants_len = before - left;
	before = left;
	g_autofree void *hmm = section(&data, &left, hmm_len);
	hmm_len = before - left;
	size_t words_len = left;
	g_autofree void *words = section(&data, &left, words_len);
	struct nlp_dictionary_bytes bytes = {.words = words,
	                                     .words_len = words_len,
	                                     .characters = characters,
	                                     .characters_len = characters_len,
	                                     .variants = variants,
	                                     .variants_len = variants_len,
	                                     .hmm = hmm_len > 0 ? hmm : NULL,
	                                     .hmm_len = hmm_len};
	struct nlp_segmenter segmenter;
	struct nlp_fold *fold = NULL;
	if (!nlp_dictionary_read(&bytes, &segmenter, &fold, NULL))
		return 0;
	struct nlp_chars chars = {0};
	struct nlp_segment_scratch scratch = {0};
	nlp_normalize(fold, text, strlen(text), &chars);
	for (size_t i = 0; i < chars.n; i++) {
		size_t end = i;
		while (chars.class[end] == NLP_CLASS_HAN)
			end++;
		if (nlp_segment_mixed(&segmenter, &chars, i, i + 1) > chars.n)
			fuzz_fail("a word behind the end");
		if (end == i)
			continue;
		size_t n = nlp_segment(&segmenter, &chars, i, end, &scratch);
		uint32_t at = 0;
		for (size_t k = 0; k < n; k++) {
			if (scratch.ends[k] <= at)
				fuzz_fail("words out of order");
			at = scratch.ends[k];
		}
		if (at < end - i || i + at > chars.n)
			fuzz_fail("words do not cover the run");
		i += at - 1;
	}
	nlp_segment_scratch_clear(&scratch);
	nlp_chars_clear(&chars);
	g_free(fold);
	return 0;
}
