/* kefu segment: lines in, their words separated by one space out. Words are written as they stand in the text; white
 * space is all that changes. A file of the user's own words is read again when it has changed, which is looked at
 * between lines, at most once a second. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/cli.h"
#include "commands/commands.h"
#include "corpora/archive.h"
#include "nlp/document.h"

#define READ_BYTES     (256u << 10)
#define LINE_MAX_BYTES (256u << 20)
#define LOOK_US        G_USEC_PER_SEC

struct user_words {
	const char *path; /* NULL where there are none */
	gint64 looked_us;
	struct stat seen;
};

static bool load_words(struct user_words *words, struct nlp_analyzer *analyzer, GError **error)
{
	/* The time of the file first: what is written while it is read makes it another one. */
	if (words->path && stat(words->path, &words->seen) != 0)
		words->seen = (struct stat){0};
	words->looked_us = g_get_monotonic_time();
	return !words->path || nlp_analyzer_load_words(analyzer, words->path, error);
}

/* Reads a changed file again; one that cannot be read is said once, and the former words stay. */
static void refresh_words(const struct cli *cli, struct user_words *words, struct nlp_analyzer *analyzer)
{
	g_autoptr(GError) error = NULL;
	struct stat now;
	if (!words->path || g_get_monotonic_time() - words->looked_us < LOOK_US)
		return;
	words->looked_us = g_get_monotonic_time();
	if (stat(words->path, &now) != 0)
		return; /* an editor may be about to put the new one there */
	if (now.st_mtim.tv_sec == words->seen.st_mtim.tv_sec && now.st_mtim.tv_nsec == words->seen.st_mtim.tv_nsec &&
	    now.st_size == words->seen.st_size && now.st_ino == words->seen.st_ino)
		return;
	if (load_words(words, analyzer, &error))
		cli_say(cli, "%s was read again", words->path);
	else
		(void)cli_fail(cli, error);
}

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

static int io_failed(const struct cli *cli, const char *what)
{
	fprintf(stderr, "kefu %s: %s: %s\n", cli->verb, what, g_strerror(errno));
	return CLI_BAD_DATA;
}

/* Writes the words of all whole lines of `in`, of all of it at the end of the input; returns the bytes used up. */
static size_t segment_lines(const struct nlp_analyzer *analyzer, struct nlp_document *document, const GByteArray *in,
                            bool at_end, GString *out)
{
	size_t used = 0;
	while (used < in->len) {
		const char *line = (const char *)in->data + used;
		const char *stop = memchr(line, '\n', in->len - used);
		if (!stop && !at_end)
			break;
		size_t len = stop ? (size_t)(stop - line) : in->len - used;
		nlp_document_tokenize(document, analyzer, line, len);
		append_words(out, document);
		used += len + (stop ? 1 : 0);
	}
	return used;
}

/* What has been read is answered before more is read, so that the other side of a pipe may wait for its line. */
static int segment(const struct cli *cli, struct nlp_analyzer *analyzer, struct user_words *words)
{
	struct nlp_document document;
	nlp_document_init(&document);
	g_autoptr(GByteArray) in = g_byte_array_new();
	g_autoptr(GString) out = g_string_new(NULL);
	int status = CLI_OK;
	for (bool at_end = false; !at_end && status == CLI_OK;) {
		guint held = in->len;
		g_byte_array_set_size(in, held + READ_BYTES);
		ssize_t got = read(STDIN_FILENO, in->data + held, READ_BYTES);
		g_byte_array_set_size(in, held + (guint)MAX(got, 0));
		if (cli_interrupted()) {
			status = CLI_INTERRUPTED;
			break;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			status = io_failed(cli, "standard input");
			break;
		}
		at_end = got == 0;
		if (in->len > LINE_MAX_BYTES) {
			fprintf(stderr, "kefu %s: a line of more than %u bytes\n", cli->verb, LINE_MAX_BYTES);
			status = CLI_BAD_DATA;
			break;
		}
		/* A long line comes in pieces: look for its end only in what is new. */
		if (!at_end && !memchr(in->data + held, '\n', (size_t)got))
			continue;
		refresh_words(cli, words, analyzer);
		g_string_truncate(out, 0);
		size_t used = segment_lines(analyzer, &document, in, at_end, out);
		g_byte_array_remove_range(in, 0, (guint)used);
		if (fwrite(out->str, 1, out->len, stdout) != out->len || fflush(stdout) != 0)
			status = io_failed(cli, "standard output");
	}
	nlp_document_clear(&document);
	return status;
}

int command_segment(int argc, char **argv)
{
	struct cli cli = {0};
	g_autofree char *model = NULL, *words_path = NULL;
	int status;
	const GOptionEntry entries[] = {
	    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &model, "model with a dictionary (default: the base model)", "FILE"},
	    {"user-words", 'u', 0, G_OPTION_ARG_FILENAME, &words_path,
	     "your own words, 'word [frequency] [tag]' a line; read again when the file changes", "FILE"},
	    G_OPTION_ENTRY_NULL,
	};
	if (!cli_parse(&cli, &argc, &argv, entries, "[--model FILE] [--user-words FILE]",
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
	struct user_words words = {.path = words_path};
	if (!analyzer) {
		(void)cli_fail(&cli, error);
		status = CLI_NO_MODEL;
	} else if (!load_words(&words, analyzer, &error)) {
		status = cli_fail(&cli, error);
	} else {
		status = segment(&cli, analyzer, &words);
	}
	nlp_analyzer_unref(analyzer);
	corpus_archive_unref(archive);
	return status;
}
