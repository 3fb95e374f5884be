/* A signal may hit any thread, libraries' own ones too, so it is caught by a handler that does the two things a handler
 * may do (signal-safety(7)): set a flag, write to an eventfd. What the signal means happens in the thread below. */
#include "server/watch.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bot/engine.h"
#include "bot/project.h"
#include "server/loop.h"
#include "server/server.h"

#define POLL_MS 200

static volatile sig_atomic_t asked_to_end, asked_to_reload;
static int wake_fd = -1;

/* A file of the bot that is read again by itself. */
struct watched {
	char *path;
	struct timespec mtime;
	off_t size;
};

struct watch {
	struct server *server;
	GThread *thread;
	atomic_bool ending;
	struct watched faq, words;
};

static void on_signal(int number)
{
	const uint64_t one = 1;
	if (number == SIGHUP)
		asked_to_reload = 1;
	else
		asked_to_end = 1;
	if (write(wake_fd, &one, sizeof(one)) < 0)
		return; /* the thread looks at the flags again soon */
}

struct drain_job {
	struct job job;
};

static void drain_done(struct job *job, struct server *server)
{
	(void)job;
	server_drain(server);
}

static void drain_free(struct job *job)
{
	g_free(job);
}

static void post_drain(struct server *server)
{
	struct drain_job *self = g_new0(struct drain_job, 1);
	self->job = (struct job){NULL, drain_done, drain_free};
	server_post(server, &self->job);
}

static void take(struct server *server, struct bot_project *project, const char *what, const GError *error)
{
	if (!project) {
		g_warning("%s was not taken over, the old one goes on: %s", what, error ? error->message : "no reason given");
		return;
	}
	bot_engine_set_project(server->engine, project);
	bot_project_unref(project);
	metrics_count(&server->metrics, METRICS_RELOADS, 1);
	g_message("%s was read again", what);
}

static void reload(struct server *server)
{
	g_autoptr(GError) error = NULL;
	struct bot_project *old = bot_engine_project(server->engine);
	const char *dir = bot_project_dir(old);
	g_autofree char *model = bot_project_model_path(dir);
	if (bot_project_model_is_stale(dir))
		g_warning("the model is older than the bot's files; 'kefu train' makes a new one");
	struct bot_project *project = bot_project_load(dir, model, &error);
	if (project)
		server_feed_recommender(server, project);
	take(server, project, "the bot", error);
	bot_project_unref(old);
}

/* True when the file is another than last time. */
static bool changed(struct watched *watched)
{
	struct stat status = {0};
	if (stat(watched->path, &status) != 0)
		return false; /* an editor may be about to put the new one there */
	bool other = status.st_size != watched->size || status.st_mtim.tv_sec != watched->mtime.tv_sec ||
	             status.st_mtim.tv_nsec != watched->mtime.tv_nsec;
	watched->size = status.st_size;
	watched->mtime = status.st_mtim;
	return other;
}

/* New words go with a new index of the FAQ, which holds the words that its questions were split into. */
static void reload_files(struct server *server, const char *what)
{
	g_autoptr(GError) error = NULL;
	struct bot_project *old = bot_engine_project(server->engine);
	struct bot_project *project = bot_project_with_new_faq(old, &error);
	take(server, project, what, error);
	bot_project_unref(old);
}

static void *watch_main(void *data)
{
	struct watch *watch = data;
	uint64_t count;
	while (!atomic_load(&watch->ending)) {
		struct pollfd wake = {wake_fd, POLLIN, 0};
		if (poll(&wake, 1, POLL_MS) > 0 && read(wake_fd, &count, sizeof(count)) < 0)
			continue;
		if (asked_to_end) {
			asked_to_end = 0;
			post_drain(watch->server);
		}
		if (asked_to_reload) {
			asked_to_reload = 0;
			changed(&watch->faq);
			changed(&watch->words);
			reload(watch->server);
			continue;
		}
		bool faq = changed(&watch->faq), words = changed(&watch->words);
		if (faq || words)
			reload_files(watch->server, words ? "words.txt" : "faq.csv");
	}
	return NULL;
}

struct watch *watch_start(struct server *server)
{
	struct watch *watch = g_new0(struct watch, 1);
	struct bot_project *project = bot_engine_project(server->engine);
	watch->server = server;
	watch->faq.path = g_build_filename(bot_project_dir(project), "faq.csv", NULL);
	watch->words.path = g_build_filename(bot_project_dir(project), "words.txt", NULL);
	bot_project_unref(project);
	changed(&watch->faq);
	changed(&watch->words);
	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	watch->thread = g_thread_new("watch", watch_main, watch);
	return watch;
}

void watch_stop(struct watch *watch)
{
	const uint64_t one = 1;
	if (!watch)
		return;
	atomic_store(&watch->ending, true);
	if (write(wake_fd, &one, sizeof(one)) < 0)
		g_debug("the watching thread ends a little later");
	g_thread_join(watch->thread);
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigaction(SIGTERM, &ignore, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	close(wake_fd);
	wake_fd = -1;
	g_free(watch->faq.path);
	g_free(watch->words.path);
	g_free(watch);
}
