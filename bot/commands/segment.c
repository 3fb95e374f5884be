/* kefu segment: lines in, their words separated by one space out. Words are written as they stand in the text; white
 * space is all that changes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "corpora/archive.h"
#include "nlp/document.h"

/* Characters between tokens: white space goes, what is invisible stays with the word before it. */
static void append_gap(GString *out, const char *text, size_t from, size_t to)
{
	while (from < to) {
		const char *next = g_utf8_next_char(text + from);
		if (!g_unichar_isspace(g_utf8_get_char(text + from)))
			g_string_append_len(out, text + from, next - (text + from));
		from = (size_t)(next - text);
	}
}

static void append_words(GString *out, const struct nlp_document *document)
{
	size_t at = 0;
	for (size_t i = 0; i < document->n_tokens; i++) {
		const struct nlp_token *token = &document->tokens[i];
		if (at < token->byte_start)
			append_gap(out, document->text, at, token->byte_start);
		if (i > 0)
			g_string_append_c(out, ' ');
		g_string_append_len(out, document->text + token->byte_start, token->byte_end - token->byte_start);
		at = token->byte_end;
	}
	append_gap(out, document->text, at, document->text_len);
	g_string_append_c(out, '\n');
}

static int segment(const struct cli *cli, const struct nlp_analyzer *analyzer)
{
	struct nlp_document document;
	nlp_document_init(&document);
	g_autoptr(GString) out = g_string_new(NULL);
	char *line = NULL;
	size_t capacity = 0;
	ssize_t len;
	int status = CLI_OK;
	while ((len = getline(&line, &capacity, stdin)) >= 0) {
		if (len > 0 && line[len - 1] == '\n')
			len--;
		nlp_document_tokenize(&document, analyzer, line, (size_t)len);
		g_string_truncate(out, 0);
		append_words(out, &document);
		if (fwrite(out->str, 1, out->len, stdout) != out->len)
			break;
		if (cli_interrupted()) {
			status = CLI_INTERRUPTED;
			break;
		}
	}
	if (ferror(stdin) || fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "kefu %s: %s: %s\n", cli->verb, ferror(stdin) ? "standard input" : "standard output",
		        g_strerror(errno));
		status = CLI_BAD_DATA;
	}
	free(line);
	nlp_document_clear(&document);
	return status;
}

int command_segment(int argc, char **argv)
{
	struct cli cli = {0};
	g_autofree char *model = NULL;
	int status;
	const GOptionEntry entries[] = {
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model, "model with a dictionary (default: the base model)", "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "[--model FILE]",
	               "Reads lines from standard input and writes their words, separated by one space.",
	               "  echo 我的订单什么时候发货 | kefu segment", &status))
		return status;
	if (argc > 1)
		return cli_usage(&cli, "'%s' is one argument too many; lines are read from standard input", argv[1]);
	if (!model)
		model = cli_base_path();
	g_autoptr(GError) error = NULL;
	struct corpus_archive *archive = corpus_archive_open(model, &error);
	struct nlp_analyzer *analyzer = archive ? nlp_analyzer_new(archive, NULL, &error) : NULL;
	if (analyzer) {
		status = segment(&cli, analyzer);
	} else {
		(void)cli_fail(&cli, error);
		status = CLI_NO_MODEL;
	}
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
	return status;
}
