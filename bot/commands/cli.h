/* What all verbs share: options, exit statuses, the last line of --json, progress on a terminal. */
#ifndef COMMANDS_CLI_H
#define COMMANDS_CLI_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Exit statuses of interfaces.md 1. */
enum cli_exit {
	CLI_OK = 0,
	CLI_CHECK_FAILED = 1,
	CLI_USAGE = 2,
	CLI_BAD_DATA = 3,
	CLI_NO_MODEL = 4,
	CLI_STORE = 5,
	CLI_CONFIG = 6,
	CLI_INTERRUPTED = 130,
};

/* Options that every verb understands. */
struct cli {
	const char *verb;
	gboolean json, quiet;
	int64_t seed;
	int threads; /* all cores by default */
};

/* Parses the options of a verb. `entries` as for GOption (NULL-terminated; may be NULL), `usage` what follows the verb,
 * `summary` one sentence, `example` lines shown under --help. argc/argv are left with the positional arguments only,
 * argv[0] being the verb. Returns false when the verb must end with `*status`: --help was shown, or the usage was
 * wrong, which has been said (an unknown option with the nearest one). */
bool cli_parse(struct cli *cli, int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
               const char *summary, const char *example, int *status);

/* Says "kefu VERB: message" on stderr and gives the exit status that fits the error's domain and code. */
int cli_fail(const struct cli *cli, const GError *error);
/* The same for a mistake in usage. */
int cli_usage(const struct cli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A line for people on stderr; silent with --quiet. */
void cli_say(const struct cli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What a bot's files say that is not understood, a line each. */
struct bot_project;
void cli_say_warnings(const struct cli *cli, const struct bot_project *project);
/* One JSON object on one line of stdout; takes the reference. */
void cli_print_json(json_t *object);

/* A bar on stderr with rate and time left, drawn only on a terminal and not with --quiet, at most ten times a second.
 * `total` 0 where it is unknown: then only the count and rate are shown. Zero-initialised state is ready. */
struct cli_progress {
	const char *what;
	int64_t started_us, drawn_us;
	bool shown;
};
void cli_progress_update(struct cli_progress *progress, const struct cli *cli, uint64_t done, uint64_t total,
                         const char *unit);
void cli_progress_end(struct cli_progress *progress);

/* The Unix milliseconds of "2026-11-22T09:30:00+08:00"; without an offset it is UTC. */
bool cli_time(const char *text, int64_t *ms);
#define CLI_TIME_WRONG "'%s' is no time of ISO 8601, such as 2026-11-22T09:30:00+08:00"

/* Counts of this process's life, for the summaries. */
double cli_seconds_since(int64_t started_us);
double cli_peak_rss_mb(void);

/* True after SIGINT or SIGTERM; the first call installs the handlers. */
bool cli_interrupted(void);

/* A path of the source tree that this program was built from, or of the share folder beside an installed program; as it
 * stands where neither has it. Owned by the caller. */
char *cli_data_path(const char *below);
/* The base model: $KEFU_BASE, else corpora/base/base.kefu of the source tree or of the installed share folder. Owned by
 * the caller. */
char *cli_base_path(void);
/* --bot, else $KEFU_BOT, else the bundled shop. Owned by the caller. */
char *cli_bot_dir(const char *option);
/* The built pages: $KEFU_WEB, else web/dist beside the base model. Owned by the caller. */
char *cli_web_dir(void);

#endif
