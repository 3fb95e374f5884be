/* A Rasa project on disk. Which file is what is told by its top-level keys, not by its name; files named test_* are
 * never read here, so that tests cannot leak into the bot. */
#include "dialog/bot_files.h"

#include <string.h>

#include "bot/error.h"
#include "config/zone.h"
#include "dialog/duckling.h"

#define FILES_MAX 10000u
#define DEPTH_MAX 16u

struct dialog_options *dialog_options_new(void)
{
	struct dialog_options *options = g_new0(struct dialog_options, 1);
	options->faq_intents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
	options->currency_rates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	options->when_negative = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	options->faq_high_bar = 0.7;
	options->form_attempts = 3;
	options->escalate_after = 2;
	return options;
}

void dialog_options_free(struct dialog_options *options)
{
	if (!options)
		return;
	g_hash_table_unref(options->faq_intents);
	g_hash_table_unref(options->currency_rates);
	g_hash_table_unref(options->when_negative);
	g_free(options->form_failure_action);
	g_strfreev(options->alert_intents);
	g_free(options);
}

void bot_files_free(struct bot_files *files)
{
	if (!files)
		return;
	rule_book_free(files->book);
	story_set_free(files->stories);
	dialog_options_free(files->options);
	domain_free(files->domain);
	g_free(files->duckling_zone);
	g_ptr_array_unref(files->warnings);
	g_free(files);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void find_yaml(GPtrArray *paths, const char *path, unsigned depth)
{
	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		GDir *dir = depth < DEPTH_MAX ? g_dir_open(path, 0, NULL) : NULL;
		const char *name;
		while (dir && (name = g_dir_read_name(dir)) != NULL && paths->len < FILES_MAX) {
			g_autofree char *below = g_build_filename(path, name, NULL);
			if (*name != '.')
				find_yaml(paths, below, depth + 1);
		}
		if (dir)
			g_dir_close(dir);
		return;
	}
	g_autofree char *base = g_path_get_basename(path);
	bool is_yaml = g_str_has_suffix(base, ".yml") || g_str_has_suffix(base, ".yaml");
	if (is_yaml && !g_str_has_prefix(base, "test_") && g_file_test(path, G_FILE_TEST_IS_REGULAR))
		g_ptr_array_add(paths, g_strdup(path));
}

static bool has_domain_keys(const struct corpus_yaml_node *root)
{
	static const char *const keys[] = {"slots",   "forms",     "actions",       "entities",
	                                   "intents", "responses", "session_config"};
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		if (corpus_yaml_get(root, keys[i]))
			return true;
	return false;
}

static bool read_file(struct bot_files *files, const char *path, GError **error)
{
	struct corpus_yaml *yaml = corpus_yaml_read(path, error);
	if (!yaml)
		return false;
	const struct corpus_yaml_node *root = corpus_yaml_root(yaml);
	bool ok = true;
	if (has_domain_keys(root))
		ok = domain_add(files->domain, yaml, error);
	if (ok && (corpus_yaml_get(root, "stories") || corpus_yaml_get(root, "rules")))
		ok = story_set_add(files->stories, yaml, error);
	corpus_yaml_free(yaml);
	return ok;
}

/* --- config.yml --- */

static void read_faq_intents(struct dialog_options *options, const struct corpus_yaml_node *map)
{
	for (const struct corpus_yaml_node *item = map ? map->child : NULL; item; item = item->next) {
		char **ids = item->key ? dialog_strv_of_yaml(item) : NULL;
		if (ids)
			g_hash_table_replace(options->faq_intents, g_strdup(item->key), ids);
	}
}

static void read_kefu(struct dialog_options *options, const struct corpus_yaml_node *kefu)
{
	options->faq_high_bar = corpus_yaml_number(kefu, "faq_high_bar", options->faq_high_bar);
	options->form_attempts = (unsigned)CLAMP(corpus_yaml_number(kefu, "form_attempts", 3), 1, 100);
	options->escalate_after = (unsigned)CLAMP(corpus_yaml_number(kefu, "escalate_after", 2), 1, 100);
	options->form_failure_action = g_strdup(corpus_yaml_text(kefu, "form_failure_action", NULL));
	options->alert_intents = dialog_strv_of_yaml(corpus_yaml_get(kefu, "alert_intents"));
	read_faq_intents(options, corpus_yaml_get(kefu, "faq_intents"));
	const struct corpus_yaml_node *negative = corpus_yaml_get(kefu, "when_negative");
	for (const struct corpus_yaml_node *item = negative ? negative->child : NULL; item; item = item->next)
		if (item->key && item->kind == CORPUS_YAML_SCALAR)
			g_hash_table_replace(options->when_negative, g_strdup(item->key), g_strdup(item->text));
	const struct corpus_yaml_node *rates = corpus_yaml_get(kefu, "currency_rates");
	for (const struct corpus_yaml_node *item = rates ? rates->child : NULL; item; item = item->next) {
		double rate = g_ascii_strtod(item->text ? item->text : "", NULL);
		if (item->key && rate > 0 && rate < 1e9)
			g_hash_table_replace(options->currency_rates, g_strdup(item->key), g_memdup2(&rate, sizeof(rate)));
	}
}

/* The name without the module that older configs have before it: rasa.nlu.extractors....DucklingHTTPExtractor. */
static bool is_duckling(const char *component)
{
	const char *dot = strrchr(component, '.');
	const char *name = dot ? dot + 1 : component;
	return strcmp(name, "DucklingEntityExtractor") == 0 || strcmp(name, "DucklingHTTPExtractor") == 0 ||
	       strcmp(name, "ner_duckling_http") == 0;
}

static void read_dimensions(struct bot_files *files, const struct corpus_yaml_node *item)
{
	const struct corpus_yaml_node *list = corpus_yaml_get(item, "dimensions");
	g_auto(GStrv) names = list && !corpus_yaml_is_null(list) ? dialog_strv_of_yaml(list) : NULL;
	if (!names || !*names)
		files->duckling_dimensions |= DUCKLING_ALL;
	for (char **name = names; name && *name; name++) {
		unsigned dimension = duckling_dimension(*name);
		files->duckling_dimensions |= dimension;
		if (!dimension)
			g_ptr_array_add(files->warnings,
			                g_strdup_printf("config.yml:%zu: Duckling's dimension '%s' is not known and left out",
			                                item->line, *name));
	}
}

static bool read_duckling(struct bot_files *files, const char *path, const struct corpus_yaml_node *item,
                          GError **error)
{
	const char *zone_name = corpus_yaml_text(item, "timezone", NULL);
	const char *locale = corpus_yaml_text(item, "locale", "");
	read_dimensions(files, item);
	if (*locale && !g_str_has_prefix(locale, "en") && !g_str_has_prefix(locale, "zh"))
		g_ptr_array_add(files->warnings,
		                g_strdup_printf("config.yml:%zu: locale '%s': entities are read in Chinese and English only",
		                                item->line, locale));
	if (!zone_name || !*zone_name)
		return true;
	GTimeZone *zone = config_zone(zone_name);
	if (!zone) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "%s:%zu: timezone is '%s', but must be " CONFIG_ZONE_EXPECTED,
		            path, corpus_yaml_get(item, "timezone")->line, zone_name);
		return false;
	}
	g_time_zone_unref(zone);
	g_free(files->duckling_zone);
	files->duckling_zone = g_strdup(zone_name);
	return true;
}

static bool read_pipeline(struct bot_files *files, const char *path, const struct corpus_yaml_node *pipeline,
                          GError **error)
{
	for (const struct corpus_yaml_node *item = pipeline ? pipeline->child : NULL; item; item = item->next) {
		const char *name = item->kind == CORPUS_YAML_SCALAR ? item->text : corpus_yaml_text(item, "name", "");
		if (strcmp(name, "FallbackClassifier") == 0)
			files->limits = (struct nlu_limits){corpus_yaml_number(item, "threshold", 0.3),
			                                    corpus_yaml_number(item, "ambiguity_threshold", 0.1)};
		if (is_duckling(name) && !read_duckling(files, path, item, error))
			return false;
	}
	return true;
}

static void read_policies(struct bot_files *files, const struct corpus_yaml_node *policies,
                          struct rule_options *options, char **fallback_action)
{
	static const char *const replaced[] = {"TEDPolicy", "UnexpecTEDIntentPolicy", "MemoizationPolicy",
	                                       "AugmentedMemoizationPolicy", "RulePolicy"};
	if (policies && policies->child)
		options->has_rules = options->has_memo = false;
	for (const struct corpus_yaml_node *item = policies ? policies->child : NULL; item; item = item->next) {
		const char *name = corpus_yaml_text(item, "name", "");
		bool known = false;
		for (guint i = 0; i < G_N_ELEMENTS(replaced); i++)
			known |= strcmp(name, replaced[i]) == 0;
		if (!known)
			g_ptr_array_add(files->warnings,
			                g_strdup_printf("config.yml:%zu: policy '%s' is not known and left out", item->line, name));
		/* A class of the bot's own that ends like one of Rasa's is taken for its child. */
		if (g_str_has_suffix(name, "RulePolicy")) {
			options->has_rules = true;
			options->fallback_threshold = corpus_yaml_number(item, "core_fallback_threshold", 0.3);
			options->fallback_enabled = corpus_yaml_bool(item, "enable_fallback_prediction", true);
			g_free(*fallback_action);
			*fallback_action = g_strdup(corpus_yaml_text(item, "core_fallback_action_name", NULL));
		} else if (known) {
			/* What TED would learn from stories is looked up in them instead. */
			options->has_memo = true;
			options->augmented |= strcmp(name, "AugmentedMemoizationPolicy") == 0;
			if (g_str_has_suffix(name, "MemoizationPolicy"))
				options->max_history = (unsigned)CLAMP(corpus_yaml_number(item, "max_history", 0), 0, 1000);
		}
	}
}

static bool read_config(struct bot_files *files, const char *dir, struct rule_options *options, char **fallback_action,
                        GError **error)
{
	g_autofree char *path = g_build_filename(dir, "config.yml", NULL);
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	struct corpus_yaml *yaml = corpus_yaml_read(path, error);
	if (!yaml)
		return false;
	const struct corpus_yaml_node *root = corpus_yaml_root(yaml);
	read_kefu(files->options, corpus_yaml_get(root, "kefu"));
	bool ok = read_pipeline(files, path, corpus_yaml_get(root, "pipeline"), error);
	read_policies(files, corpus_yaml_get(root, "policies"), options, fallback_action);
	corpus_yaml_free(yaml);
	return ok;
}

static bool read_all(struct bot_files *files, const char *dir, GError **error)
{
	static const char *const places[] = {"domain.yml", "domain.yaml", "domain", "data"};
	struct rule_options options = {
	    .has_rules = true, .has_memo = true, .fallback_threshold = 0.3, .fallback_enabled = true};
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autofree char *place = g_build_filename(dir, places[i], NULL);
		guint first = paths->len;
		find_yaml(paths, place, 0);
		if (paths->len > first)
			qsort(paths->pdata + first, paths->len - first, sizeof(void *), compare_paths);
	}
	if (paths->len == 0) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s: neither domain.yml nor data/ with YAML files: is it a bot?",
		            dir);
		return false;
	}
	for (guint i = 0; i < paths->len; i++)
		if (!read_file(files, paths->pdata[i], error))
			return false;
	domain_finish(files->domain);
	g_autofree char *fallback_action = NULL;
	if (!read_config(files, dir, &options, &fallback_action, error))
		return false;
	options.fallback_action = fallback_action;
	g_autoptr(GPtrArray) trackers = story_set_trackers(files->stories, files->domain, error);
	if (!trackers)
		return false;
	files->book = rule_book_new(files->domain, trackers, &options);
	return true;
}

struct bot_files *bot_files_read(const char *dir, GError **error)
{
	struct bot_files *files = g_new0(struct bot_files, 1);
	files->domain = domain_new();
	files->stories = story_set_new();
	files->options = dialog_options_new();
	files->warnings = g_ptr_array_new_with_free_func(g_free);
	if (!read_all(files, dir, error))
		g_clear_pointer(&files, bot_files_free);
	return files;
}
