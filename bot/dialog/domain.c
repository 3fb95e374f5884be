/* Reading domain.yml: https://rasa.com/docs/rasa/domain (3.x). Sections are told apart one by one, not by `version:`,
 * since files with a 2.0 version and a 3.x layout are common. */
#include "dialog/domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bot/error.h"

json_t *dialog_json_of_yaml(const struct corpus_yaml_node *node)
{
	if (!node || corpus_yaml_is_null(node))
		return json_null();
	if (node->kind == CORPUS_YAML_LIST) {
		json_t *list = json_array();
		for (const struct corpus_yaml_node *item = node->child; item; item = item->next)
			json_array_append_new(list, dialog_json_of_yaml(item));
		return list;
	}
	if (node->kind == CORPUS_YAML_MAP) {
		json_t *map = json_object();
		for (const struct corpus_yaml_node *item = node->child; item; item = item->next)
			json_object_set_new(map, item->key, dialog_json_of_yaml(item));
		return map;
	}
	if (!node->quoted) {
		if (g_ascii_strcasecmp(node->text, "true") == 0)
			return json_true();
		if (g_ascii_strcasecmp(node->text, "false") == 0)
			return json_false();
		char *end;
		errno = 0;
		long long integer = g_ascii_strtoll(node->text, &end, 10);
		if (*node->text && *end == '\0' && errno == 0)
			return json_integer(integer);
		if (strchr("+-.0123456789", *node->text) && *node->text) {
			double real = g_ascii_strtod(node->text, &end);
			json_t *value = *end == '\0' ? json_real(real) : NULL;
			if (value)
				return value;
		}
	}
	return json_string(node->text);
}

char **dialog_strv_of_yaml(const struct corpus_yaml_node *node)
{
	if (!node || corpus_yaml_is_null(node))
		return NULL;
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	if (node->kind == CORPUS_YAML_SCALAR)
		g_strv_builder_add(builder, node->text);
	else
		for (const struct corpus_yaml_node *item = node->child; item; item = item->next) {
			if (item->kind == CORPUS_YAML_SCALAR && !item->key)
				g_strv_builder_add(builder, item->text);
			else if (item->key)
				g_strv_builder_add(builder, item->key);
			else if (item->child && item->child->key)
				g_strv_builder_add(builder, item->child->key);
		}
	return g_strv_builder_end(builder);
}

static void intent_free(void *data)
{
	struct domain_intent *intent = data;
	g_free(intent->name);
	g_strfreev(intent->use);
	g_strfreev(intent->ignore);
	g_free(intent);
}

static void form_free(void *data)
{
	struct domain_form *form = data;
	g_free(form->name);
	g_strfreev(form->required);
	g_strfreev(form->ignored_intents);
	g_free(form);
}

static void response_condition_clear(void *data)
{
	struct response_condition *condition = data;
	g_free(condition->slot);
	json_decref(condition->value);
}

static void variation_free(void *data)
{
	struct response_variation *variation = data;
	json_decref(variation->body);
	g_free(variation->channel);
	if (variation->conditions)
		g_array_unref(variation->conditions);
	g_free(variation);
}

struct bot_domain *domain_new(void)
{
	struct bot_domain *domain = g_new0(struct bot_domain, 1);
	domain->intents = g_ptr_array_new_with_free_func(intent_free);
	domain->slots = g_ptr_array_new_with_free_func((GDestroyNotify)domain_slot_free);
	domain->forms = g_ptr_array_new_with_free_func(form_free);
	domain->actions = g_ptr_array_new_with_free_func(g_free);
	domain->entities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	domain->responses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	domain->slot_index = g_hash_table_new(g_str_hash, g_str_equal);
	domain->action_order = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	domain->action_names = g_ptr_array_new();
	domain->session_minutes = 60;
	domain->carry_over = true;
	domain->entities_as_slots = true;
	return domain;
}

void domain_free(struct bot_domain *domain)
{
	if (!domain)
		return;
	g_ptr_array_unref(domain->action_names);
	g_hash_table_unref(domain->action_order);
	g_hash_table_unref(domain->slot_index);
	g_hash_table_unref(domain->responses);
	g_hash_table_unref(domain->entities);
	g_ptr_array_unref(domain->actions);
	g_ptr_array_unref(domain->forms);
	g_ptr_array_unref(domain->slots);
	g_ptr_array_unref(domain->intents);
	g_free(domain);
}

const struct domain_slot *domain_slot(const struct bot_domain *domain, const char *name, unsigned *index)
{
	unsigned found = name ? GPOINTER_TO_UINT(g_hash_table_lookup(domain->slot_index, name)) : 0;
	if (!found)
		return NULL;
	if (index)
		*index = found - 1;
	return domain->slots->pdata[found - 1];
}

const struct domain_form *domain_form(const struct bot_domain *domain, const char *name)
{
	for (guint i = 0; name && i < domain->forms->len; i++) {
		const struct domain_form *form = domain->forms->pdata[i];
		if (strcmp(form->name, name) == 0)
			return form;
	}
	return NULL;
}

const struct domain_intent *domain_intent(const struct bot_domain *domain, const char *name)
{
	for (guint i = 0; name && i < domain->intents->len; i++) {
		const struct domain_intent *intent = domain->intents->pdata[i];
		if (strcmp(intent->name, name) == 0)
			return intent;
	}
	return NULL;
}

const GPtrArray *domain_response(const struct bot_domain *domain, const char *name)
{
	return g_hash_table_lookup(domain->responses, name);
}

bool domain_has_action(const struct bot_domain *domain, const char *name)
{
	return g_hash_table_contains(domain->action_order, name);
}

bool domain_entity_counts(const struct bot_domain *domain, const char *intent, const char *entity, const char *label)
{
	unsigned known = GPOINTER_TO_UINT(g_hash_table_lookup(domain->entities, entity));
	if (known != 1)
		return false;
	const struct domain_intent *of = domain_intent(domain, intent);
	if (!of)
		return true;
	const char *const *use = (const char *const *)of->use, *const *ignore = (const char *const *)of->ignore;
	if (use && !g_strv_contains(use, entity) && !g_strv_contains(use, label))
		return false;
	return !ignore || (!g_strv_contains(ignore, entity) && !g_strv_contains(ignore, label));
}

/* --- reading --- */

/* An item of a list is a name, or a map of one name to its properties. */
static const char *item_name(const struct corpus_yaml_node *item, const struct corpus_yaml_node **properties)
{
	*properties = NULL;
	if (item->kind == CORPUS_YAML_SCALAR)
		return item->key ? item->key : item->text;
	if (item->key) {
		*properties = item;
		return item->key;
	}
	*properties = item->child;
	return item->child ? item->child->key : NULL;
}

/* `use_entities: []` means none, `true` and absence mean all. */
static char **entity_list(const struct corpus_yaml_node *node)
{
	if (!node || (node->kind == CORPUS_YAML_SCALAR && g_ascii_strcasecmp(node->text, "false") != 0))
		return NULL;
	if (node->kind == CORPUS_YAML_SCALAR)
		return g_new0(char *, 1);
	return dialog_strv_of_yaml(node);
}

static void put_intent(struct bot_domain *domain, const char *name, const struct corpus_yaml_node *properties)
{
	if (domain_intent(domain, name))
		return;
	struct domain_intent *intent = g_new0(struct domain_intent, 1);
	intent->name = g_strdup(name);
	intent->use = entity_list(corpus_yaml_get(properties, "use_entities"));
	intent->ignore = dialog_strv_of_yaml(corpus_yaml_get(properties, "ignore_entities"));
	g_ptr_array_add(domain->intents, intent);
}

static void read_entities(struct bot_domain *domain, const struct corpus_yaml_node *list)
{
	for (const struct corpus_yaml_node *item = list ? list->child : NULL; item; item = item->next) {
		const struct corpus_yaml_node *properties;
		const char *name = item_name(item, &properties);
		if (!name)
			continue;
		bool counts = corpus_yaml_bool(properties, "influence_conversation", true);
		g_hash_table_insert(domain->entities, g_strdup(name), GUINT_TO_POINTER(counts ? 1 : 2));
	}
}

/* 2.x: the mappings stand under the form; each is moved to its slot with the form as a condition. */
static void move_mappings(struct bot_domain *domain, const char *form, const struct corpus_yaml_node *slots)
{
	for (const struct corpus_yaml_node *s = slots->child; s; s = s->next) {
		struct domain_slot *slot = (struct domain_slot *)domain_slot(domain, s->key, NULL);
		for (const struct corpus_yaml_node *m = slot ? s->child : NULL; m; m = m->next) {
			struct slot_mapping *mapping = slot_mapping_read(m, slot->name);
			bool always = mapping->type == MAPPING_ENTITY || mapping->type == MAPPING_TRIGGER_INTENT;
			slot_mapping_add_condition(mapping, form, always ? NULL : slot->name);
			g_ptr_array_insert(slot->mappings, 0, mapping);
		}
	}
}

static void read_forms(struct bot_domain *domain, const struct corpus_yaml_node *forms)
{
	for (const struct corpus_yaml_node *item = forms ? forms->child : NULL; item; item = item->next) {
		const struct corpus_yaml_node *properties;
		const char *name = item_name(item, &properties);
		if (!name || domain_form(domain, name))
			continue;
		struct domain_form *form = g_new0(struct domain_form, 1);
		form->name = g_strdup(name);
		form->ignored_intents = dialog_strv_of_yaml(corpus_yaml_get(properties, "ignored_intents"));
		const struct corpus_yaml_node *required = corpus_yaml_get(properties, "required_slots");
		if (!required && properties && properties->kind == CORPUS_YAML_MAP &&
		    !corpus_yaml_get(properties, "ignored_intents"))
			required = properties;
		form->required = dialog_strv_of_yaml(required);
		if (!form->required)
			form->required = g_new0(char *, 1);
		if (required && required->kind == CORPUS_YAML_MAP)
			move_mappings(domain, name, required);
		g_ptr_array_add(domain->forms, form);
	}
}

static struct response_variation *read_variation(const struct corpus_yaml_node *node)
{
	struct response_variation *variation = g_new0(struct response_variation, 1);
	if (node->kind == CORPUS_YAML_SCALAR) {
		variation->body = json_object();
		json_object_set_new(variation->body, "text", json_string(node->text));
		return variation;
	}
	variation->body = dialog_json_of_yaml(node);
	variation->channel = g_strdup(corpus_yaml_text(node, "channel", NULL));
	const struct corpus_yaml_node *list = corpus_yaml_get(node, "condition");
	if (list && !corpus_yaml_is_null(list)) {
		variation->conditions = g_array_new(FALSE, FALSE, sizeof(struct response_condition));
		g_array_set_clear_func(variation->conditions, response_condition_clear);
		for (const struct corpus_yaml_node *c = list->child; c; c = c->next) {
			struct response_condition condition = {g_strdup(corpus_yaml_text(c, "name", "")),
			                                       dialog_json_of_yaml(corpus_yaml_get(c, "value"))};
			g_array_append_val(variation->conditions, condition);
		}
	}
	if (json_is_object(variation->body)) {
		json_object_del(variation->body, "condition");
		json_object_del(variation->body, "channel");
	}
	return variation;
}

static bool read_responses(struct bot_domain *domain, const char *path, const struct corpus_yaml_node *responses,
                           GError **error)
{
	for (const struct corpus_yaml_node *item = responses ? responses->child : NULL; item; item = item->next) {
		if (!item->key || g_hash_table_size(domain->responses) >= DOMAIN_RESPONSES_MAX) {
			g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s:%zu: responses must be a map of at most %u names", path,
			            item->line, DOMAIN_RESPONSES_MAX);
			return false;
		}
		GPtrArray *variations = g_ptr_array_new_with_free_func(variation_free);
		for (const struct corpus_yaml_node *v = item->child; v; v = v->next)
			g_ptr_array_add(variations, read_variation(v));
		g_hash_table_replace(domain->responses, g_strdup(item->key), variations);
	}
	return true;
}

bool domain_add(struct bot_domain *domain, const struct corpus_yaml *yaml, GError **error)
{
	const struct corpus_yaml_node *root = corpus_yaml_root(yaml);
	const char *path = corpus_yaml_name(yaml);
	if (!root)
		return true;
	if (root->kind != CORPUS_YAML_MAP) {
		g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s:%zu: a domain must be a map of sections", path, root->line);
		return false;
	}
	const struct corpus_yaml_node *intents = corpus_yaml_get(root, "intents");
	for (const struct corpus_yaml_node *item = intents ? intents->child : NULL; item; item = item->next) {
		const struct corpus_yaml_node *properties;
		const char *name = item_name(item, &properties);
		if (name)
			put_intent(domain, name, properties);
	}
	read_entities(domain, corpus_yaml_get(root, "entities"));
	if (!domain_add_slots(domain, path, corpus_yaml_get(root, "slots"), error))
		return false;
	read_forms(domain, corpus_yaml_get(root, "forms"));
	if (!read_responses(domain, path, corpus_yaml_get(root, "responses"), error))
		return false;
	const struct corpus_yaml_node *actions = corpus_yaml_get(root, "actions");
	for (const struct corpus_yaml_node *item = actions ? actions->child : NULL; item; item = item->next) {
		const struct corpus_yaml_node *properties;
		const char *name = item_name(item, &properties);
		if (name)
			g_ptr_array_add(domain->actions, g_strdup(name));
	}
	const struct corpus_yaml_node *session = corpus_yaml_get(root, "session_config");
	if (session) {
		double minutes = corpus_yaml_number(session, "session_expiration_time", 60);
		domain->session_minutes = minutes > 0 && minutes < 1e7 ? (unsigned)minutes : 0;
		domain->carry_over = corpus_yaml_bool(session, "carry_over_slots_to_new_session", true);
	}
	const struct corpus_yaml_node *config = corpus_yaml_get(root, "config");
	if (config)
		domain->entities_as_slots = corpus_yaml_bool(config, "store_entities_as_slots", true);
	return true;
}

static void add_action(struct bot_domain *domain, const char *name)
{
	if (g_hash_table_contains(domain->action_order, name))
		return;
	char *owned = g_strdup(name);
	g_ptr_array_add(domain->action_names, owned);
	g_hash_table_insert(domain->action_order, owned, GUINT_TO_POINTER(domain->action_names->len));
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void domain_finish(struct bot_domain *domain)
{
	static const char *const default_intents[] = {"restart", "back", "out_of_scope", "session_start", "nlu_fallback"};
	static const char *const default_actions[] = {
	    "action_listen",
	    "action_restart",
	    "action_session_start",
	    "action_default_fallback",
	    "action_deactivate_loop",
	    "action_revert_fallback_events",
	    "action_default_ask_affirmation",
	    "action_default_ask_rephrase",
	    "action_two_stage_fallback",
	    "action_unlikely_intent",
	    "action_back",
	    "action_send_text",
	    "...",
	    "action_extract_slots",
	};
	for (guint i = 0; i < G_N_ELEMENTS(default_intents); i++)
		put_intent(domain, default_intents[i], NULL);
	if (domain->forms->len && !domain_slot(domain, "requested_slot", NULL))
		domain_put_slot(domain, domain_slot_new("requested_slot", SLOT_TEXT));
	if (!domain_slot(domain, "session_started_metadata", NULL))
		domain_put_slot(domain, domain_slot_new("session_started_metadata", SLOT_ANY));
	/* The language of the conversation, kept by the turn; a domain may declare it to let it steer stories. */
	if (!domain_slot(domain, "lang", NULL))
		domain_put_slot(domain, domain_slot_new("lang", SLOT_TEXT));

	for (guint i = 0; i < G_N_ELEMENTS(default_actions); i++)
		add_action(domain, default_actions[i]);
	for (guint i = 0; i < domain->actions->len; i++)
		add_action(domain, domain->actions->pdata[i]);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter iter;
	gpointer name;
	g_hash_table_iter_init(&iter, domain->responses);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(names, g_strndup(name, strcspn(name, "/")));
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++)
		if (g_str_has_prefix(names->pdata[i], "utter_"))
			add_action(domain, names->pdata[i]);
	for (guint i = 0; i < domain->forms->len; i++)
		add_action(domain, ((const struct domain_form *)domain->forms->pdata[i])->name);
}
