#include "commands/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bot/error.h"
#include "bot/project.h"
#include "config/nearest.h"
#include "corpora/error.h"
#include "models/error.h"
#include "nlp/error.h"

static volatile sig_atomic_t interrupted;

/* GOption says which option it does not know; add the one that was probably meant. */
static void say_usage_error(const struct cli *cli, const GError *error, int argc, char **argv,
                            const GOptionEntry *entries)
{
	fprintf(stderr, "kefu %s: %s", cli->verb, error->message);
	if (g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)) {
		g_autoptr(GPtrArray) names = g_ptr_array_new();
		static const char *const shared[] = {"json", "quiet", "seed", "threads", "help"};
		for (size_t i = 0; i < G_N_ELEMENTS(shared); i++)
			g_ptr_array_add(names, (void *)shared[i]);
		for (const GOptionEntry *e = entries; e && e->long_name; e++)
			g_ptr_array_add(names, (void *)e->long_name);
		for (int i = 1; i < argc; i++) {
			if (!g_str_has_prefix(argv[i], "--") || !strstr(error->message, argv[i]))
				continue;
			g_autofree char *name = g_strdup(argv[i] + 2);
			name[strcspn(name, "=")] = '\0';
			const char *nearest = config_nearest(name, (const char *const *)names->pdata, names->len);
			if (nearest)
				fprintf(stderr, "; did you mean --%s?", nearest);
			break;
		}
	}
	fprintf(stderr, "\nTry 'kefu %s --help'.\n", cli->verb);
}

bool cli_parse(struct cli *cli, int *argc, char ***argv, const GOptionEntry *entries, const char *usage,
               const char *summary, const char *example, int *status)
{
	g_autoptr(GError) error = NULL;
	const char *verb = cli->verb ? cli->verb : (*argv)[0];
	gboolean help = FALSE;
	*cli = (struct cli){.verb = verb, .seed = 1, .threads = (int)g_get_num_processors()};
	const GOptionEntry shared[] = {
	    {"json", 0, 0, G_OPTION_ARG_NONE, &cli->json, "end with one JSON object on stdout", NULL},
	    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &cli->quiet, "say nothing but errors on stderr", NULL},
	    {"seed", 0, 0, G_OPTION_ARG_INT64, &cli->seed, "seed of everything random (default: 1)", "N"},
	    {"threads", 0, 0, G_OPTION_ARG_INT, &cli->threads, "threads (default: all cores)", "N"},
	    {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "show this", NULL},
	    G_OPTION_ENTRY_NULL,
	};
	g_autofree char *parameter = g_strdup_printf("%s", usage);
	g_autoptr(GOptionContext) context = g_option_context_new(parameter);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_summary(context, summary);
	g_autofree char *description = g_strdup_printf("Example:\n%s", example);
	g_option_context_set_description(context, description);
	if (entries)
		g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_add_main_entries(context, shared, NULL);

	g_autofree char *program = g_strdup_printf("kefu %s", verb);
	g_set_prgname(program);
	if (!g_option_context_parse(context, argc, argv, &error)) {
		say_usage_error(cli, error, *argc, *argv, entries);
		*status = CLI_USAGE;
		return false;
	}
	if (help) {
		g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
		fputs(text, stdout);
		*status = CLI_OK;
		return false;
	}
	if (cli->threads < 1 || cli->threads > 256) {
		*status = cli_usage(cli, "--threads must be 1 to 256, not %d", cli->threads);
		return false;
	}
	return true;
}

static int status_of(const GError *error)
{
	if (error->domain == BOT_ERROR) {
		switch ((enum bot_error)error->code) {
		case BOT_ERROR_USAGE:
			return CLI_USAGE;
		case BOT_ERROR_MODEL:
			return CLI_NO_MODEL;
		case BOT_ERROR_STORE:
			return CLI_STORE;
		case BOT_ERROR_CONFIG:
			return CLI_CONFIG;
		case BOT_ERROR_DATA:
		case BOT_ERROR_NOT_FOUND:
		case BOT_ERROR_CONFLICT:
		case BOT_ERROR_REFUSED:
		case BOT_ERROR_LIMIT:
			return CLI_BAD_DATA;
		}
	}
	if (error->domain == CORPUS_ERROR && error->code == CORPUS_ERROR_DAMAGED)
		return CLI_NO_MODEL;
	if (error->domain == MODEL_ERROR) {
		if (error->code == MODEL_ERROR_CANCELLED)
			return CLI_INTERRUPTED;
		return error->code == MODEL_ERROR_DATA ? CLI_BAD_DATA : CLI_NO_MODEL;
	}
	return CLI_BAD_DATA;
}

int cli_fail(const struct cli *cli, const GError *error)
{
	fprintf(stderr, "kefu %s: %s\n", cli->verb, error->message);
	return status_of(error);
}

int cli_usage(const struct cli *cli, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	fprintf(stderr, "kefu %s: %s\nTry 'kefu %s --help'.\n", cli->verb, text, cli->verb);
	return CLI_USAGE;
}

void cli_say(const struct cli *cli, const char *format, ...)
{
	if (cli->quiet)
		return;
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void cli_say_warnings(const struct cli *cli, const struct bot_project *project)
{
	const GPtrArray *warnings = bot_project_warnings(project);
	for (guint i = 0; i < warnings->len; i++)
		cli_say(cli, "kefu %s: %s/%s", cli->verb, bot_project_dir(project), (const char *)warnings->pdata[i]);
}

bool cli_time(const char *text, int64_t *ms)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, utc);
	if (time)
		*ms = g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
	return time != NULL;
}

void cli_print_json(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10)); /* enough for amounts of money */
	putchar('\n');
	json_decref(object);
}

void cli_progress_update(struct cli_progress *progress, const struct cli *cli, uint64_t done, uint64_t total,
                         const char *unit)
{
	int64_t now = g_get_monotonic_time();
	if (progress->started_us == 0)
		progress->started_us = now;
	if (cli->quiet || now - progress->drawn_us < 100000 || !isatty(STDERR_FILENO))
		return;
	progress->drawn_us = now;
	progress->shown = true;
	double seconds = (double)(now - progress->started_us) / 1e6;
	double rate = seconds > 0 ? (double)done / seconds : 0;
	const char *what = progress->what ? progress->what : "";
	if (total == 0) {
		fprintf(stderr, "\r\033[K%s %" G_GUINT64_FORMAT " %s  %.0f/s", what, done, unit, rate);
		return;
	}
	char bar[25];
	size_t full = MIN((size_t)((double)done / (double)total * 24), 24);
	for (size_t i = 0; i < 24; i++)
		bar[i] = i < full ? '#' : '.';
	bar[24] = '\0';
	double left = rate > 0 ? ((double)total - (double)done) / rate : 0;
	fprintf(stderr, "\r\033[K%s [%s] %3.0f%%  %.0f %s/s  %02d:%02d left", what, bar,
	        100.0 * (double)done / (double)total, rate, unit, (int)left / 60, (int)left % 60);
}

void cli_progress_end(struct cli_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}

double cli_seconds_since(int64_t started_us)
{
	return (double)(g_get_monotonic_time() - started_us) / 1e6;
}

double cli_peak_rss_mb(void)
{
	struct rusage usage;
	return getrusage(RUSAGE_SELF, &usage) == 0 ? (double)usage.ru_maxrss / 1024.0 : 0.0;
}

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

bool cli_interrupted(void)
{
	static gsize installed;
	if (g_once_init_enter(&installed)) {
		struct sigaction action = {.sa_handler = on_signal};
		sigemptyset(&action.sa_mask);
		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
		g_once_init_leave(&installed, 1);
	}
	return interrupted != 0;
}

char *cli_data_path(const char *below)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	if (self) {
		g_autofree char *bin = g_path_get_dirname(self);
		g_autofree char *installed = g_build_filename(bin, "..", "share", "kefu", below, NULL);
		if (g_file_test(installed, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&installed);
		/* build/PRESET/kefu */
		g_autofree char *built = g_build_filename(bin, "..", "..", below, NULL);
		if (g_file_test(built, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&built);
	}
	return g_strdup(below);
}

char *cli_base_path(void)
{
	const char *set = g_getenv("KEFU_BASE");
	return set && *set ? g_strdup(set) : cli_data_path("corpora/base/base.kefu");
}

char *cli_bot_dir(const char *option)
{
	const char *set = option ? option : g_getenv("KEFU_BOT");
	return set && *set ? g_strdup(set) : cli_data_path("corpora/shop");
}

char *cli_web_dir(void)
{
	const char *set = g_getenv("KEFU_WEB");
	return set && *set ? g_strdup(set) : cli_data_path("web/dist");
}
