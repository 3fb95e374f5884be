/* Any bytes as a file of user's words and as a tagger: refused, or safe to segment with. The first byte says how many
 * of the rest, in lines of 64, are the tagger's; 0 is for none, and above 128 its header is made sound first, so that
 * the weights are reached. */
#include "fail.h"
#include "text/tagger.h"

#include <glib.h>
#include <string.h>

#include "corpora/archive.h"
#include "corpora/encoding.h"
#include "lex/dictionary.h"
#include "lex/user_words.h"
#include "text/tokenize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct nlp_tokenizer *base(void)
{
	static struct nlp_tokenizer tokenizer;
	static struct corpus_archive *archive;
	if (!archive) {
		g_autoptr(GError) error = NULL;
		archive = corpus_archive_open(KEFU_SOURCE_DIR "/corpora/base/base.kefu", &error);
		if (!archive || !nlp_dictionary_open(archive, &tokenizer.segmenter, &tokenizer.fold, &error) ||
		    !nlp_tokenizer_init(&tokenizer, &error))
			fuzz_fail("%s", error->message);
	}
	return &tokenizer;
}

static void segment(const struct nlp_tokenizer *tokenizer, const char *text, size_t len)
{
	static struct nlp_tokens tokens;
	g_autofree char *copy = g_malloc0(len + 16);
	memcpy(copy, text, len);
	nlp_tokenize(tokenizer, copy, len, &tokens);
	size_t at = 0;
	for (size_t i = 0; i < tokens.n; i++) {
		const struct nlp_token *token = &tokens.tokens[i];
		if (token->byte_start < at || token->byte_end <= token->byte_start || token->byte_end > len)
			fuzz_fail("tokens out of order");
		if (strlen(token->norm) != token->norm_len || !g_utf8_validate(token->norm, token->norm_len, NULL))
			fuzz_fail("a normal form that is no text");
		at = token->byte_end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "我的云感键盘 T恤２０月5G套餐B的·克林顿，研究生命的起源。";
	if (size < 1 || size > 1u << 16)
		return 0;
	struct nlp_tokenizer tokenizer = *base();
	size_t len = MIN((data[0] & 127u) * 64u, size - 1);
	g_autofree uint8_t *section = g_malloc0(len + sizeof(struct nlp_tagger_header));
	memcpy(section, data + 1, len);
	if (data[0] > 128 && len >= sizeof(struct nlp_tagger_header) + sizeof(struct nlp_tagger_line)) {
		struct nlp_tagger_header *header = (struct nlp_tagger_header *)(void *)section;
		header->version = NLP_TAGGER_VERSION;
		header->lines = (uint32_t)((len - sizeof *header) / sizeof(struct nlp_tagger_line));
		len = sizeof *header + header->lines * sizeof(struct nlp_tagger_line);
	}
	tokenizer.segmenter.by_character = nlp_tagger_read(section, len, &tokenizer.segmenter.tagger);
	size_t used = MIN((data[0] & 127u) * 64u, size - 1) + 1, words_len;
	g_autofree char *file = corpus_text_to_utf8((const char *)data + used, size - used, &words_len, NULL);
	if (!file)
		return 0;
	struct nlp_user_words *words = nlp_user_words_parse(file, "words.txt", &tokenizer.segmenter, tokenizer.fold, NULL);
	tokenizer.segmenter.words = nlp_user_words_trie(words);
	segment(&tokenizer, text, strlen(text));
	segment(&tokenizer, file, words_len); /* its own words, one after the other */
	nlp_user_words_unref(words);
	return 0;
}
