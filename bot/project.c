/* A project is a core (everything but the FAQ), shared by the projects that differ in their FAQ only, and an FAQ index.
 * Both are immutable and reference-counted, so a turn keeps the project it started with whatever is swapped meanwhile.
 */
#include "bot/project.h"

#include <string.h>

#include "bot/config.h"
#include "bot/error.h"
#include "config/zone.h"
#include "corpora/catalogue.h"
#include "corpora/faq.h"
#include "corpora/interactions.h"
#include "corpora/nlu.h"
#include "dialog/duckling.h"
#include "dialog/entities.h"
#include "dialog/order.h"
#include "dialog/project.h"
#include "dialog/spans.h"
#include "dialog/tagging.h"
#include "models/faq.h"
#include "models/predictor.h"
#include "models/recommend.h"
#include "nlp/document.h"

struct project_core {
	gatomicrefcount refs;
	char *dir;
	struct bot_files *files;
	struct bot_config *config;
	struct model_predictor *predictor;
	struct nlp_analyzer *analyzer;
	struct span_book *spans; /* NULL without NLU data or model */
	struct tagging *tagging; /* NULL without marked examples or model */
	GTimeZone *zone;
	struct entity_sources entities;
	struct corpus_catalogue *catalogue;
	struct recommender *recommender;
	struct order_book *orders;
};

struct bot_project {
	gatomicrefcount refs;
	struct project_core *core;
	struct corpus_faq *rows;
	struct dialog_services services;
};

static void core_unref(struct project_core *core)
{
	if (!core || !g_atomic_ref_count_dec(&core->refs))
		return;
	recommender_unref(core->recommender);
	if (core->catalogue)
		corpus_catalogue_free(core->catalogue);
	order_book_unref(core->orders);
	tagging_free(core->tagging);
	span_book_free(core->spans);
	if (core->zone)
		g_time_zone_unref(core->zone);
	if (core->analyzer)
		nlp_analyzer_unref(core->analyzer);
	model_predictor_unref(core->predictor);
	bot_config_free(core->config);
	bot_files_free(core->files);
	g_free(core->dir);
	g_free(core);
}

struct bot_project *bot_project_ref(struct bot_project *project)
{
	g_atomic_ref_count_inc(&project->refs);
	return project;
}

void bot_project_unref(struct bot_project *project)
{
	if (!project || !g_atomic_ref_count_dec(&project->refs))
		return;
	model_faq_unref((struct model_faq *)project->services.faq);
	g_hash_table_unref(project->services.faq_answers);
	if (project->rows)
		corpus_faq_free(project->rows);
	core_unref(project->core);
	g_free(project);
}

/* Path of an optional file, NULL where there is none. Owned by the caller. */
static char *optional(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
}

/* The owner's words, where there are some. */
static bool load_words(const struct project_core *core, GError **error)
{
	g_autofree char *path = optional(core->dir, "words.txt");
	return !core->analyzer || nlp_analyzer_load_words(core->analyzer, path, error);
}

static bool load_model(struct project_core *core, const char *model_path, GError **error)
{
	g_autofree char *data = optional(core->dir, "data");
	core->predictor = model_predictor_open(model_path, error);
	g_autoptr(GError) problem = NULL;
	if (!core->predictor)
		return false;
	core->tagging = tagging_new(core->predictor, &problem);
	if (problem) {
		g_propagate_prefixed_error(error, g_steal_pointer(&problem), "%s: ", model_path);
		return false;
	}
	struct corpus_nlu *nlu = NULL;
	if (data) {
		g_autoptr(GError) none = NULL; /* a bot without NLU data has no lookups */
		nlu = corpus_nlu_load(data, &none);
	}
	core->analyzer = nlp_analyzer_new((struct corpus_archive *)model_predictor_archive(core->predictor), nlu, error);
	bool ok = core->analyzer && load_words(core, error);
	if (nlu && ok)
		core->spans = span_book_new(nlu, core->analyzer);
	if (nlu)
		corpus_nlu_free(nlu);
	return ok;
}

static bool set_zone(struct project_core *core, const char *name, GError **error)
{
	GTimeZone *zone = config_zone(name);
	if (!zone) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_CONFIG, "the zone is '%s', but must be " CONFIG_ZONE_EXPECTED, name);
		return false;
	}
	if (core->zone)
		g_time_zone_unref(core->zone);
	core->zone = core->entities.zone = zone;
	return !core->analyzer || nlp_analyzer_set_zone(core->analyzer, name, error);
}

/* Duckling's timezone speaks for a bot that has it, then the settings; where neither says anything, a bot with Duckling
 * gets the times that its Duckling gave it. */
static const char *zone_of(const struct project_core *core)
{
	bool is_said = bot_config_origin(core->config, BOT_SETTING_ZONE) != BOT_CONFIG_DEFAULT;
	if (core->files->duckling_zone)
		return core->files->duckling_zone;
	if (is_said || !(core->files->duckling_dimensions & DUCKLING_TIME))
		return bot_config_text(core->config, BOT_SETTING_ZONE);
	g_ptr_array_add(core->files->warnings, g_strdup("config.yml: Duckling has no timezone: times are in " DUCKLING_ZONE
	                                                ", as its server has them; give it one, or zone: in kefu.yml"));
	return DUCKLING_ZONE;
}

static bool prepare_entities(struct project_core *core, GError **error)
{
	core->entities = (struct entity_sources){.domain = core->files->domain,
	                                         .spans = core->spans,
	                                         .tagging = core->tagging,
	                                         .analyzer = core->analyzer,
	                                         .dimensions = core->files->duckling_dimensions};
	return set_zone(core, zone_of(core), error);
}

static bool load_shop(struct project_core *core, GError **error)
{
	g_autofree char *products = optional(core->dir, "products.csv");
	g_autofree char *interactions = optional(core->dir, "interactions.csv");
	g_autofree char *orders = optional(core->dir, "orders.csv");
	struct corpus_interactions *log = NULL;
	if (products && !(core->catalogue = corpus_catalogue_load(products, error)))
		return false;
	if (orders && !(core->orders = order_book_load(orders, error)))
		return false;
	if (interactions && !(log = corpus_interactions_load(interactions, error)))
		return false;
	bool ok = true;
	if (log || core->catalogue) {
		const struct nlp_vectors *vectors = core->predictor ? model_predictor_vectors(core->predictor) : NULL;
		core->recommender = recommender_new(log, core->catalogue, core->analyzer, vectors, error);
		ok = core->recommender != NULL;
	}
	if (log)
		corpus_interactions_free(log);
	return ok;
}

static struct project_core *core_load(const char *dir, const char *model_path, GError **error)
{
	struct project_core *core = g_new0(struct project_core, 1);
	g_atomic_ref_count_init(&core->refs);
	core->dir = g_strdup(dir);
	core->config = bot_config_load(dir, NULL, 0, error);
	if (core->config && (core->files = bot_files_read(dir, error)) != NULL &&
	    (!model_path || load_model(core, model_path, error)) && prepare_entities(core, error) && load_shop(core, error))
		return core;
	core_unref(core);
	return NULL;
}

/* "id\nlang" and "id" -> the first row of it. */
static GHashTable *index_answers(const struct corpus_faq *rows)
{
	GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (size_t i = 0; rows && i < corpus_faq_len(rows); i++) {
		const struct corpus_faq_row *row = corpus_faq_get(rows, i);
		g_autofree char *key = g_strconcat(row->id, "\n", row->lang, NULL);
		if (!g_hash_table_contains(index, key))
			g_hash_table_insert(index, g_steal_pointer(&key), (void *)row);
		if (!g_hash_table_contains(index, row->id))
			g_hash_table_insert(index, g_strdup(row->id), (void *)row);
	}
	return index;
}

/* Takes the core's reference. */
static struct bot_project *project_new(struct project_core *core, GError **error)
{
	struct bot_project *project = g_new0(struct bot_project, 1);
	g_atomic_ref_count_init(&project->refs);
	project->core = core;
	project->services.catalogue = core->catalogue;
	project->services.recommender = core->recommender;
	project->services.orders = core->orders;
	g_autofree char *path = optional(core->dir, "faq.csv");
	bool ok = true;
	if (path) {
		project->rows = corpus_faq_load(path, error);
		ok = project->rows != NULL;
	}
	project->services.faq_answers = index_answers(project->rows);
	if (ok && project->rows && core->analyzer) {
		project->services.faq =
		    model_faq_new(project->rows, core->analyzer, model_predictor_vectors(core->predictor), error);
		ok = project->services.faq != NULL;
	}
	if (!ok)
		g_clear_pointer(&project, bot_project_unref);
	return project;
}

struct bot_project *bot_project_load(const char *dir, const char *model_path, GError **error)
{
	struct project_core *core = core_load(dir, model_path, error);
	return core ? project_new(core, error) : NULL;
}

struct bot_project *bot_project_with_new_faq(struct bot_project *project, GError **error)
{
	if (!load_words(project->core, error))
		return NULL;
	g_atomic_ref_count_inc(&project->core->refs);
	return project_new(project->core, error);
}

const char *bot_project_dir(const struct bot_project *project)
{
	return project->core->dir;
}

const char *bot_project_name(const struct bot_project *project)
{
	return bot_config_text(project->core->config, BOT_SETTING_NAME);
}

const struct bot_domain *bot_project_domain(const struct bot_project *project)
{
	return project->core->files->domain;
}

const struct model_predictor *bot_project_predictor(const struct bot_project *project)
{
	return project->core->predictor;
}

const struct model_faq *bot_project_faq(const struct bot_project *project)
{
	return project->services.faq;
}

const struct corpus_catalogue *bot_project_catalogue(const struct bot_project *project)
{
	return project->core->catalogue;
}

struct recommender *bot_project_recommender(const struct bot_project *project)
{
	return project->core->recommender;
}

const GPtrArray *bot_project_warnings(const struct bot_project *project)
{
	return project->core->files->warnings;
}

static const struct bot_config_site *find_site(const struct bot_project *project, const char *key)
{
	size_t n;
	const struct bot_config_site *sites = bot_config_sites(project->core->config, &n);
	for (size_t i = 0; key && i < n; i++)
		if (strcmp(sites[i].key, key) == 0)
			return &sites[i];
	return NULL;
}

bool bot_project_site_allowed(const struct bot_project *project, const char *key)
{
	return find_site(project, key) != NULL;
}

bool bot_project_origin_allowed(const struct bot_project *project, const char *key, const char *origin)
{
	const struct bot_config_site *site = find_site(project, key);
	if (!site)
		return false;
	if (!site->origins || !*site->origins)
		return true;
	return origin && g_strv_contains((const char *const *)site->origins, origin);
}

/* --- for this room --- */

const struct rule_book *project_rules(const struct bot_project *project)
{
	return project->core->files->book;
}

const struct dialog_options *project_options(const struct bot_project *project)
{
	return project->core->files->options;
}

const struct dialog_services *project_services(const struct bot_project *project)
{
	return &project->services;
}

struct nlu_limits project_limits(const struct bot_project *project)
{
	struct nlu_limits limits = project->core->files->limits;
	/* kefu.yml speaks for the bot as it runs here. */
	if (bot_config_origin(project->core->config, BOT_SETTING_NLU_THRESHOLD) != BOT_CONFIG_DEFAULT)
		limits.threshold = bot_config_number(project->core->config, BOT_SETTING_NLU_THRESHOLD);
	return limits;
}

const struct nlp_analyzer *project_analyzer(const struct bot_project *project)
{
	return project->core->analyzer;
}

const struct entity_sources *project_entities(const struct bot_project *project)
{
	return &project->core->entities;
}

bool project_set_zone(struct bot_project *project, const char *zone, GError **error)
{
	return set_zone(project->core, zone, error);
}

bool project_redacts(const struct bot_project *project)
{
	return bot_config_bool(project->core->config, BOT_SETTING_REDACT);
}

double project_mood_alert(const struct bot_project *project)
{
	return bot_config_number(project->core->config, BOT_SETTING_MOOD_ALERT);
}

const char *project_lang(const struct bot_project *project)
{
	const char *const *languages = bot_config_list(project->core->config, BOT_SETTING_LANGUAGES);
	return languages && *languages ? *languages : "en";
}
