#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "bot/config.h"
#include "bot/error.h"
#include "config/nearest.h"

/* A bot's folder with a kefu.yml (NULL: none). */
struct folder {
	char *dir, *file;
};

static struct folder folder_new(const char *yaml)
{
	struct folder folder = {.dir = g_dir_make_tmp("kefu-config-XXXXXX", NULL)};
	folder.file = g_build_filename(folder.dir, "kefu.yml", NULL);
	if (yaml)
		g_assert_true(g_file_set_contents(folder.file, yaml, -1, NULL));
	return folder;
}

static void folder_clear(struct folder *folder)
{
	g_unlink(folder->file);
	g_rmdir(folder->dir);
	g_free(folder->file);
	g_free(folder->dir);
}

static void forget_environment(void)
{
	for (int i = 0; i < BOT_SETTING_COUNT; i++)
		if (bot_setting_environment(i))
			g_unsetenv(bot_setting_environment(i));
}

static void test_defaults(void)
{
	struct folder folder = folder_new(NULL);
	g_autoptr(GError) error = NULL;
	struct bot_config *config = bot_config_load(folder.dir, NULL, 0, &error);
	g_assert_no_error(error);
	g_autofree char *data = g_build_filename(folder.dir, ".kefu", "data", NULL);
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_BOT), ==, folder.dir);
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_DATA), ==, data);
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_LISTEN), ==, "127.0.0.1:5005");
	g_assert_cmpstr(bot_config_listen_host(config), ==, "127.0.0.1");
	g_assert_cmpuint(bot_config_listen_port(config), ==, 5005);
	g_assert_true(bot_config_bool(config, BOT_SETTING_RATE_LIMIT));
	g_assert_cmpint(bot_config_integer(config, BOT_SETTING_MESSAGES_PER_MINUTE), ==, 30);
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_ZONE), ==, "UTC");
	g_assert_false(bot_config_bool(config, BOT_SETTING_REDACT));
	g_assert_cmpstr(bot_config_list(config, BOT_SETTING_LANGUAGES)[0], ==, "zh");
	g_assert_cmpstr(bot_config_list(config, BOT_SETTING_LANGUAGES)[1], ==, "en");
	g_assert_null(bot_config_list(config, BOT_SETTING_LANGUAGES)[2]);
	size_t n;
	const struct bot_config_site *sites = bot_config_sites(config, &n);
	g_assert_cmpuint(n, ==, 1);
	g_assert_cmpstr(sites[0].key, ==, "demo");
	g_assert_null(sites[0].origins[0]);
	g_assert_true(isnan(bot_config_number(config, BOT_SETTING_NLU_THRESHOLD)));
	for (int i = 0; i < BOT_SETTING_COUNT; i++)
		g_assert_cmpint(bot_config_origin(config, i), ==, BOT_CONFIG_DEFAULT);
	bot_config_free(config);
	folder_clear(&folder);
}

static void test_precedence(void)
{
	struct folder folder = folder_new("listen: 127.0.0.1:1\n"
	                                  "workers: 2\n"
	                                  "log_level: debug\n"
	                                  "data: store\n"
	                                  "faq_threshold: 0.5\n"
	                                  "nlu_threshold: auto\n");
	g_setenv("KEFU_FAQ_THRESHOLD", "auto", TRUE);
	g_autoptr(GError) error = NULL;
	g_setenv("KEFU_LISTEN", "127.0.0.1:2", TRUE);
	g_setenv("KEFU_WORKERS", "3", TRUE);
	g_setenv("KEFU_NAME", "", TRUE);
	const struct bot_config_flag flags[] = {{BOT_SETTING_LISTEN, "127.0.0.1:3"}, {BOT_SETTING_WORKERS, NULL}};
	struct bot_config *config = bot_config_load(folder.dir, flags, G_N_ELEMENTS(flags), &error);
	g_assert_no_error(error);
	g_assert_cmpuint(bot_config_listen_port(config), ==, 3);
	g_assert_cmpint(bot_config_origin(config, BOT_SETTING_LISTEN), ==, BOT_CONFIG_FLAG);
	g_assert_cmpstr(bot_config_place(config, BOT_SETTING_LISTEN), ==, "--listen");
	g_assert_cmpint(bot_config_integer(config, BOT_SETTING_WORKERS), ==, 3);
	g_assert_cmpint(bot_config_origin(config, BOT_SETTING_WORKERS), ==, BOT_CONFIG_ENVIRONMENT);
	g_assert_cmpstr(bot_config_place(config, BOT_SETTING_WORKERS), ==, "KEFU_WORKERS");
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_LOG_LEVEL), ==, "debug");
	g_assert_cmpint(bot_config_origin(config, BOT_SETTING_LOG_LEVEL), ==, BOT_CONFIG_FILE);
	g_assert_true(g_str_has_suffix(bot_config_place(config, BOT_SETTING_LOG_LEVEL), "kefu.yml:3"));
	g_assert_cmpint(bot_config_origin(config, BOT_SETTING_NAME), ==, BOT_CONFIG_DEFAULT);
	g_assert_cmpint(bot_config_origin(config, BOT_SETTING_NLU_THRESHOLD), ==, BOT_CONFIG_DEFAULT);
	g_assert_cmpint(bot_config_origin(config, BOT_SETTING_FAQ_THRESHOLD), ==, BOT_CONFIG_DEFAULT);
	g_autofree char *data = g_build_filename(folder.dir, "store", NULL);
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_DATA), ==, data);
	bot_config_free(config);
	forget_environment();
	folder_clear(&folder);
}

static void test_file(void)
{
	struct folder folder = folder_new("name: 灯笼\n"
	                                  "languages: [en]\n"
	                                  "rate_limit: off\n"
	                                  "zone: Asia/Shanghai\n"
	                                  "redact: true\n"
	                                  "nlu_threshold: 0.25\n"
	                                  "retention_days:\n"
	                                  "listen: \"[::1]:80\"\n"
	                                  "sites:\n"
	                                  "  - open\n"
	                                  "  - key: shop\n"
	                                  "    origins: [https://shop.example, 'http://localhost:8000']\n");
	g_autoptr(GError) error = NULL;
	struct bot_config *config = bot_config_load(folder.dir, NULL, 0, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_NAME), ==, "灯笼");
	g_assert_cmpstr(bot_config_text(config, BOT_SETTING_ZONE), ==, "Asia/Shanghai");
	g_assert_true(bot_config_bool(config, BOT_SETTING_REDACT));
	g_assert_cmpstr(bot_config_list(config, BOT_SETTING_LANGUAGES)[0], ==, "en");
	g_assert_null(bot_config_list(config, BOT_SETTING_LANGUAGES)[1]);
	g_assert_false(bot_config_bool(config, BOT_SETTING_RATE_LIMIT));
	g_assert_cmpfloat(bot_config_number(config, BOT_SETTING_NLU_THRESHOLD), ==, 0.25);
	g_assert_cmpint(bot_config_origin(config, BOT_SETTING_RETENTION_DAYS), ==, BOT_CONFIG_DEFAULT);
	g_assert_cmpstr(bot_config_listen_host(config), ==, "::1");
	g_assert_cmpuint(bot_config_listen_port(config), ==, 80);
	size_t n;
	const struct bot_config_site *sites = bot_config_sites(config, &n);
	g_assert_cmpuint(n, ==, 2);
	g_assert_cmpstr(sites[0].key, ==, "open");
	g_assert_null(sites[0].origins[0]);
	g_assert_cmpstr(sites[1].key, ==, "shop");
	g_assert_cmpstr(sites[1].origins[0], ==, "https://shop.example");
	g_assert_cmpstr(sites[1].origins[1], ==, "http://localhost:8000");
	g_assert_null(sites[1].origins[2]);
	json_t *value = bot_config_value(config, BOT_SETTING_SITES);
	g_assert_cmpuint(json_array_size(value), ==, 2);
	json_decref(value);
	bot_config_free(config);
	folder_clear(&folder);
}

/* Each is refused with a message that has both texts in it. */
static void test_refused(void)
{
	static const struct {
		const char *yaml, *place, *what;
	} cases[] = {
	    {"name: x\nlisen: 127.0.0.1:1\n", "kefu.yml:2", "did you mean 'listen'"},
	    {"zone: Mars/Olympus\n", "kefu.yml:1", "zone is 'Mars/Olympus', but must be the name of a time zone"},
	    {"zone: ../passwd\n", "kefu.yml:1", "the name of a time zone"},
	    {"redact: maybe\n", "kefu.yml:1", "on or off"},
	    {"bot: elsewhere\n", "kefu.yml:1", "unknown key 'bot'"},
	    {"workers: 2.5\n", "kefu.yml:1", "whole number from 0 to 256"},
	    {"workers: 257\n", "kefu.yml:1", "whole number"},
	    {"workers: many\n", "kefu.yml:1", "'many'"},
	    {"workers: [1]\n", "kefu.yml:1", "one value"},
	    {"nlu_threshold: 1.01\n", "kefu.yml:1", "from 0 to 1"},
	    {"mood_alert: auto\n", "kefu.yml:1", "from -1 to 0"},
	    {"nlu_threshold: nan\n", "kefu.yml:1", "from 0 to 1"},
	    {"mood_alert: 0.1\n", "kefu.yml:1", "from -1 to 0"},
	    {"rate_limit: maybe\n", "kefu.yml:1", "on or off"},
	    {"log_level: loud\n", "kefu.yml:1", "info"},
	    {"listen: 127.0.0.1:65536\n", "kefu.yml:1", "HOST:PORT"},
	    {"listen: \"::1:80\"\n", "kefu.yml:1", "HOST:PORT"},
	    {"listen: http://x:80\n", "kefu.yml:1", "HOST:PORT"},
	    {"languages: []\n", "kefu.yml:1", "list"},
	    {"sites: []\n", "kefu.yml:1", "list of keys"},
	    {"sites:\n  - key: a\n    orgins: [https://x]\n", "kefu.yml:3", "did you mean 'origins'"},
	    {"sites:\n  - key: a\n    origins: [https://x/y]\n", "kefu.yml:3", "without a path"},
	    {"sites: [a, a]\n", "kefu.yml:1", "already"},
	    {"- name\n", "kefu.yml:1", "map"},
	    {"name: [\n", "kefu.yml", ""},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct folder folder = folder_new(cases[i].yaml);
		g_autoptr(GError) error = NULL;
		g_test_message("%s", cases[i].yaml);
		g_assert_null(bot_config_load(folder.dir, NULL, 0, &error));
		g_assert_error(error, BOT_ERROR, BOT_ERROR_CONFIG);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, cases[i].place));
		g_assert_nonnull(strstr(error->message, cases[i].what));
		folder_clear(&folder);
	}
}

static void test_refused_elsewhere(void)
{
	struct folder folder = folder_new(NULL);
	g_autoptr(GError) error = NULL, flag_error = NULL;
	g_setenv("KEFU_MESSAGES_PER_MINUTE", "0", TRUE);
	g_assert_null(bot_config_load(folder.dir, NULL, 0, &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "KEFU_MESSAGES_PER_MINUTE: "));
	forget_environment();
	const struct bot_config_flag flags[] = {{BOT_SETTING_MAX_CONNECTIONS_PER_IP, "-1"}};
	g_assert_null(bot_config_load(folder.dir, flags, 1, &flag_error));
	g_assert_error(flag_error, BOT_ERROR, BOT_ERROR_CONFIG);
	g_assert_nonnull(strstr(flag_error->message, "--max-connections-per-ip: "));
	folder_clear(&folder);
}

static void test_addresses(void)
{
	static const struct {
		const char *text, *host;
		unsigned port;
	} cases[] = {
	    {":8080", "0.0.0.0", 8080}, {"5006", "127.0.0.1", 5006},         {"localhost:0", "localhost", 0},
	    {"[::]:443", "::", 443},    {"example.com:1", "example.com", 1},
	};
	struct folder folder = folder_new(NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		const struct bot_config_flag flags[] = {{BOT_SETTING_LISTEN, cases[i].text}};
		struct bot_config *config = bot_config_load(folder.dir, flags, 1, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(bot_config_listen_host(config), ==, cases[i].host);
		g_assert_cmpuint(bot_config_listen_port(config), ==, cases[i].port);
		bot_config_free(config);
	}
	folder_clear(&folder);
}

static void test_nearest(void)
{
	static const char *const words[] = {"listen", "name", "languages"};
	g_assert_cmpstr(config_nearest("lisen", words, 3), ==, "listen");
	g_assert_cmpstr(config_nearest("nme", words, 3), ==, "name");
	g_assert_null(config_nearest("threshold", words, 3));
	g_autofree char *endless = g_strnfill(5000, 'x');
	g_assert_null(config_nearest(endless, words, 3));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	forget_environment();
	g_test_add_func("/config/defaults", test_defaults);
	g_test_add_func("/config/precedence", test_precedence);
	g_test_add_func("/config/file", test_file);
	g_test_add_func("/config/refused", test_refused);
	g_test_add_func("/config/refused_elsewhere", test_refused_elsewhere);
	g_test_add_func("/config/addresses", test_addresses);
	g_test_add_func("/config/nearest", test_nearest);
	return g_test_run();
}
