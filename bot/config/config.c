/* kefu.yml:
 *
 *     name: Lantern
 *     languages: [zh, en]
 *     listen: 127.0.0.1:5005
 *     sites:
 *       - demo                       # a key that may be used from everywhere
 *       - key: shop
 *         origins: [https://shop.example, https://www.shop.example]
 *     nlu_threshold: 0.4
 *     zone: Asia/Shanghai              # "tomorrow at three" is said in it, but for a Duckling with a timezone
 *     redact: on                       # telephone numbers, e-mail addresses, bank and identity cards are stored masked
 */
#include "bot/config.h"

#include <math.h>
#include <string.h>

#include "bot/error.h"
#include "config/nearest.h"
#include "config/settings.h"
#include "corpora/yaml.h"

#define ORIGINS_MAX      100u
#define SITE_KEY_MAX_LEN 64u

struct entry {
	struct setting_value value;
	enum bot_config_origin origin;
	char *place;
};

struct bot_config {
	struct entry entries[BOT_SETTING_COUNT];
};

static bool set(struct bot_config *config, size_t i, const char *text, const char *base, enum bot_config_origin origin,
                const char *place, GError **error)
{
	struct entry *entry = &config->entries[i];
	struct setting_value value = {0};
	if (!setting_read(&settings[i], text, base, place, &value, error)) {
		setting_value_clear(&value);
		return false;
	}
	setting_value_clear(&entry->value);
	g_free(entry->place);
	/* Whoever says "auto" asks for the default. */
	bool is_default = origin == BOT_CONFIG_DEFAULT || isnan(value.number);
	*entry = (struct entry){value, is_default ? BOT_CONFIG_DEFAULT : origin, g_strdup(is_default ? "" : place)};
	return true;
}

/* --- kefu.yml --- */

static bool wrong(const char *path, const struct corpus_yaml_node *node, const char *what, GError **error)
{
	g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "%s:%zu: %s", path, node->line, what);
	return false;
}

static bool unknown_key(const char *path, const struct corpus_yaml_node *node, const char *const *known, size_t n,
                        GError **error)
{
	const char *nearest = config_nearest(node->key, known, n);
	g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "%s:%zu: unknown key '%s'%s%s%s", path, node->line, node->key,
	            nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
	return false;
}

/* Scheme and host, perhaps a port, as a browser sends it in Origin. */
static bool is_origin(const char *text)
{
	const char *host = g_str_has_prefix(text, "https://")  ? text + 8
	                   : g_str_has_prefix(text, "http://") ? text + 7
	                                                       : "";
	return *host && !strpbrk(host, "/?#@ ") && strlen(host) < 300;
}

static bool read_origins(const char *path, const struct corpus_yaml_node *list, GPtrArray *origins, GError **error)
{
	if (list->kind == CORPUS_YAML_MAP)
		return wrong(path, list, "origins must be a list, as in [https://shop.example]", error);
	const struct corpus_yaml_node *node = list->kind == CORPUS_YAML_SCALAR ? list : list->child;
	for (; node; node = node == list ? NULL : node->next) {
		if (node->kind != CORPUS_YAML_SCALAR || !is_origin(node->text))
			return wrong(path, node, "an origin is a scheme and a host without a path, as in https://shop.example",
			             error);
		if (origins->len >= ORIGINS_MAX)
			return wrong(path, node, "too many origins", error);
		g_ptr_array_add(origins, g_strdup(node->text));
	}
	return true;
}

static bool read_site(const char *path, const struct corpus_yaml_node *node, GArray *sites, GError **error)
{
	static const char *const known[] = {"key", "origins"};
	const struct corpus_yaml_node *key = node->kind == CORPUS_YAML_MAP ? corpus_yaml_get(node, "key") : node;
	for (const struct corpus_yaml_node *n = node->kind == CORPUS_YAML_MAP ? node->child : NULL; n; n = n->next)
		if (strcmp(n->key, "key") != 0 && strcmp(n->key, "origins") != 0)
			return unknown_key(path, n, known, G_N_ELEMENTS(known), error);
	if (!key || key->kind != CORPUS_YAML_SCALAR || !*key->text || strlen(key->text) > SITE_KEY_MAX_LEN)
		return wrong(path, node, "a site is a key of at most 64 bytes, or key: and origins:", error);
	for (guint i = 0; i < sites->len; i++)
		if (strcmp(g_array_index(sites, struct bot_config_site, i).key, key->text) == 0)
			return wrong(path, node, "this site key is there already", error);
	if (sites->len >= settings[BOT_SETTING_SITES].most)
		return wrong(path, node, "too many sites", error);
	g_autoptr(GPtrArray) origins = g_ptr_array_new_with_free_func(g_free);
	const struct corpus_yaml_node *list = node->kind == CORPUS_YAML_MAP ? corpus_yaml_get(node, "origins") : NULL;
	if (list && !read_origins(path, list, origins, error))
		return false;
	g_ptr_array_add(origins, NULL);
	struct bot_config_site site = {g_strdup(key->text), (char **)g_ptr_array_free(g_steal_pointer(&origins), FALSE)};
	g_array_append_val(sites, site);
	return true;
}

static bool set_sites(struct bot_config *config, const char *path, const struct corpus_yaml_node *list,
                      const char *place, GError **error)
{
	if (list->kind != CORPUS_YAML_LIST || !list->child)
		return wrong(path, list, "sites must be a list of keys", error);
	if (!set(config, BOT_SETTING_SITES, "", NULL, BOT_CONFIG_FILE, place, error))
		return false;
	for (const struct corpus_yaml_node *node = list->child; node; node = node->next)
		if (!read_site(path, node, config->entries[BOT_SETTING_SITES].value.sites, error))
			return false;
	return true;
}

static char *joined_list(const struct corpus_yaml_node *list)
{
	GString *joined = g_string_new(NULL);
	for (const struct corpus_yaml_node *node = list->child; node; node = node->next) {
		if (node->kind != CORPUS_YAML_SCALAR || strchr(node->text, ',')) {
			g_string_free(joined, TRUE);
			return NULL;
		}
		g_string_append_printf(joined, "%s%s", joined->len ? "," : "", node->text);
	}
	return g_string_free(joined, FALSE);
}

static bool set_from_node(struct bot_config *config, size_t i, const char *dir, const char *path,
                          const struct corpus_yaml_node *node, GError **error)
{
	g_autofree char *place = g_strdup_printf("%s:%zu", path, node->line);
	if (settings[i].type == SETTING_SITES)
		return set_sites(config, path, node, place, error);
	if (node->kind == CORPUS_YAML_SCALAR)
		return set(config, i, node->text, dir, BOT_CONFIG_FILE, place, error);
	g_autofree char *joined =
	    settings[i].type == SETTING_LIST && node->kind == CORPUS_YAML_LIST ? joined_list(node) : NULL;
	if (!joined)
		return wrong(path, node,
		             settings[i].type == SETTING_LIST ? "this must be a list of words" : "one value is wanted", error);
	return set(config, i, joined, NULL, BOT_CONFIG_FILE, place, error);
}

static bool read_file(struct bot_config *config, const char *dir, GError **error)
{
	g_autofree char *path = g_build_filename(dir, "kefu.yml", NULL);
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	g_autoptr(GError) broken = NULL;
	struct corpus_yaml *yaml = corpus_yaml_read(path, &broken);
	if (!yaml) {
		g_set_error_literal(error, BOT_ERROR, BOT_ERROR_CONFIG, broken->message);
		return false;
	}
	const char *known[BOT_SETTING_COUNT];
	size_t n_known = 0;
	for (size_t i = 0; i < BOT_SETTING_COUNT; i++)
		if (settings[i].in_file)
			known[n_known++] = settings[i].name;
	const struct corpus_yaml_node *root = corpus_yaml_root(yaml);
	bool ok = !root || root->kind == CORPUS_YAML_MAP || corpus_yaml_is_null(root) ||
	          wrong(path, root, "the file must be a map of settings", error);
	const struct corpus_yaml_node *node = root && root->kind == CORPUS_YAML_MAP ? root->child : NULL;
	for (; ok && node; node = node->next) {
		size_t i = 0;
		while (i < BOT_SETTING_COUNT && !(settings[i].in_file && strcmp(settings[i].name, node->key) == 0))
			i++;
		if (i == BOT_SETTING_COUNT)
			ok = unknown_key(path, node, known, n_known, error);
		else if (!corpus_yaml_is_null(node)) /* "key:" with nothing after it is the default */
			ok = set_from_node(config, i, dir, path, node, error);
	}
	corpus_yaml_free(yaml);
	return ok;
}

/* --- the whole --- */

static bool read_defaults(struct bot_config *config, const char *dir, GError **error)
{
	for (size_t i = 0; i < BOT_SETTING_COUNT; i++) {
		g_autofree char *data = i == BOT_SETTING_DATA ? g_build_filename(dir, ".kefu", "data", NULL) : NULL;
		const char *text = data ? data : i == BOT_SETTING_BOT ? dir : settings[i].fallback;
		if (!set(config, i, text, NULL, BOT_CONFIG_DEFAULT, "", error))
			return false;
	}
	return true;
}

/* An empty variable counts as none, as everywhere in a shell. The bot's folder is already chosen by the caller; here it
 * is only said where from. */
static bool read_environment(struct bot_config *config, const char *dir, GError **error)
{
	for (size_t i = 0; i < BOT_SETTING_COUNT; i++) {
		const char *text = settings[i].environment ? g_getenv(settings[i].environment) : NULL;
		if (!text || !*text || (i == BOT_SETTING_BOT && strcmp(text, dir) != 0))
			continue;
		if (!set(config, i, text, NULL, BOT_CONFIG_ENVIRONMENT, settings[i].environment, error))
			return false;
	}
	return true;
}

static bool read_flag(struct bot_config *config, const struct bot_config_flag *flag, GError **error)
{
	g_autofree char *place = g_strdup_printf("--%s", settings[flag->setting].name);
	g_strdelimit(place + 2, "_", '-');
	return set(config, flag->setting, flag->value, NULL, BOT_CONFIG_FLAG, place, error);
}

struct bot_config *bot_config_load(const char *bot_dir, const struct bot_config_flag *flags, size_t n_flags,
                                   GError **error)
{
	struct bot_config *config = g_new0(struct bot_config, 1);
	bool ok = read_defaults(config, bot_dir, error) && read_file(config, bot_dir, error) &&
	          read_environment(config, bot_dir, error);
	for (size_t i = 0; i < n_flags && ok; i++)
		ok = !flags[i].value || read_flag(config, &flags[i], error);
	if (!ok)
		g_clear_pointer(&config, bot_config_free);
	return config;
}

void bot_config_free(struct bot_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < BOT_SETTING_COUNT; i++) {
		setting_value_clear(&config->entries[i].value);
		g_free(config->entries[i].place);
	}
	g_free(config);
}

/* --- values --- */

const char *bot_config_text(const struct bot_config *config, enum bot_setting setting)
{
	return config->entries[setting].value.text;
}

int64_t bot_config_integer(const struct bot_config *config, enum bot_setting setting)
{
	return (int64_t)config->entries[setting].value.number;
}

double bot_config_number(const struct bot_config *config, enum bot_setting setting)
{
	return config->entries[setting].value.number;
}

bool bot_config_bool(const struct bot_config *config, enum bot_setting setting)
{
	return config->entries[setting].value.number > 0;
}

const char *const *bot_config_list(const struct bot_config *config, enum bot_setting setting)
{
	return (const char *const *)config->entries[setting].value.list;
}

const struct bot_config_site *bot_config_sites(const struct bot_config *config, size_t *n)
{
	const GArray *sites = config->entries[BOT_SETTING_SITES].value.sites;
	*n = sites->len;
	return (const struct bot_config_site *)(const void *)sites->data;
}

const char *bot_config_listen_host(const struct bot_config *config)
{
	return config->entries[BOT_SETTING_LISTEN].value.host;
}

unsigned bot_config_listen_port(const struct bot_config *config)
{
	return config->entries[BOT_SETTING_LISTEN].value.port;
}

/* --- about them --- */

enum bot_config_origin bot_config_origin(const struct bot_config *config, enum bot_setting setting)
{
	return config->entries[setting].origin;
}

const char *bot_config_origin_name(enum bot_config_origin origin)
{
	switch (origin) {
	case BOT_CONFIG_FILE:
		return "kefu.yml";
	case BOT_CONFIG_ENVIRONMENT:
		return "environment";
	case BOT_CONFIG_FLAG:
		return "flag";
	case BOT_CONFIG_DEFAULT:
		break;
	}
	return "default";
}

const char *bot_config_place(const struct bot_config *config, enum bot_setting setting)
{
	return config->entries[setting].place;
}

static json_t *words_value(char **words)
{
	json_t *list = json_array();
	for (; *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

json_t *bot_config_value(const struct bot_config *config, enum bot_setting setting)
{
	const struct setting_value *value = &config->entries[setting].value;
	switch (settings[setting].type) {
	case SETTING_BOOL:
		return json_boolean(value->number > 0);
	case SETTING_INTEGER:
		return json_integer((json_int_t)value->number);
	case SETTING_NUMBER:
		return isnan(value->number) ? json_string("auto") : json_real(value->number);
	case SETTING_LIST:
		return words_value(value->list);
	case SETTING_SITES: {
		json_t *list = json_array();
		for (guint i = 0; i < value->sites->len; i++) {
			const struct bot_config_site *site = &g_array_index(value->sites, struct bot_config_site, i);
			json_array_append_new(list,
			                      json_pack("{s:s, s:o}", "key", site->key, "origins", words_value(site->origins)));
		}
		return list;
	}
	case SETTING_TEXT:
	case SETTING_PATH:
	case SETTING_ADDRESS:
	case SETTING_CHOICE:
	case SETTING_ZONE:
		break;
	}
	return json_string(value->text);
}

const char *bot_setting_name(enum bot_setting setting)
{
	return settings[setting].name;
}

const char *bot_setting_environment(enum bot_setting setting)
{
	return settings[setting].environment;
}

bool bot_setting_is_reloadable(enum bot_setting setting)
{
	return settings[setting].reloadable;
}
