/* The `slots:` section of a domain: types, initial values, and the mappings that fill them
 * (rasa-semantics: 1.6, 1.8, 6.1 of the Rasa 3.x documentation "Slots"). */
#include <string.h>

#include "bot/error.h"
#include "dialog/domain.h"

struct domain_slot *domain_slot_new(const char *name, enum slot_type type)
{
	struct domain_slot *slot = g_new0(struct domain_slot, 1);
	slot->name = g_strdup(name);
	slot->type = type;
	slot->max = 1.0;
	slot->initial = json_null();
	slot->mappings = g_ptr_array_new_with_free_func((GDestroyNotify)slot_mapping_free);
	return slot;
}

void domain_slot_free(struct domain_slot *slot)
{
	g_free(slot->name);
	g_strfreev(slot->values);
	json_decref(slot->initial);
	g_ptr_array_unref(slot->mappings);
	g_free(slot);
}

static void condition_clear(void *data)
{
	struct mapping_condition *condition = data;
	g_free(condition->active_loop);
	g_free(condition->requested_slot);
}

void slot_mapping_free(struct slot_mapping *mapping)
{
	g_free(mapping->entity);
	g_free(mapping->role);
	g_free(mapping->group);
	g_strfreev(mapping->intents);
	g_strfreev(mapping->not_intents);
	json_decref(mapping->value);
	if (mapping->conditions)
		g_array_unref(mapping->conditions);
	g_free(mapping);
}

void slot_mapping_add_condition(struct slot_mapping *mapping, const char *active_loop, const char *requested_slot)
{
	struct mapping_condition condition = {g_strdup(active_loop), g_strdup(requested_slot)};
	if (!mapping->conditions) {
		mapping->conditions = g_array_new(FALSE, FALSE, sizeof(struct mapping_condition));
		g_array_set_clear_func(mapping->conditions, condition_clear);
	}
	g_array_append_val(mapping->conditions, condition);
}

struct slot_mapping *slot_mapping_read(const struct corpus_yaml_node *node, const char *slot)
{
	static const char *const names[] = {"from_entity", "from_text", "from_intent", "from_trigger_intent", "custom"};
	const char *type = corpus_yaml_text(node, "type", "custom");
	struct slot_mapping *mapping = g_new0(struct slot_mapping, 1);
	mapping->type = MAPPING_CUSTOM;
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(type, names[i]) == 0)
			mapping->type = (enum mapping_type)i;
	if (mapping->type == MAPPING_ENTITY)
		mapping->entity = g_strdup(corpus_yaml_text(node, "entity", slot));
	mapping->role = g_strdup(corpus_yaml_text(node, "role", NULL));
	mapping->group = g_strdup(corpus_yaml_text(node, "group", NULL));
	mapping->intents = dialog_strv_of_yaml(corpus_yaml_get(node, "intent"));
	mapping->not_intents = dialog_strv_of_yaml(corpus_yaml_get(node, "not_intent"));
	mapping->value = dialog_json_of_yaml(corpus_yaml_get(node, "value"));
	const struct corpus_yaml_node *conditions = corpus_yaml_get(node, "conditions");
	for (const struct corpus_yaml_node *c = conditions ? conditions->child : NULL; c; c = c->next)
		slot_mapping_add_condition(mapping, corpus_yaml_text(c, "active_loop", NULL),
		                           corpus_yaml_text(c, "requested_slot", NULL));
	return mapping;
}

void domain_put_slot(struct bot_domain *domain, struct domain_slot *slot)
{
	unsigned index;
	if (domain_slot(domain, slot->name, &index)) {
		g_hash_table_remove(domain->slot_index, slot->name); /* its key goes with the old slot */
		domain_slot_free(domain->slots->pdata[index]);
		domain->slots->pdata[index] = slot;
		g_hash_table_insert(domain->slot_index, slot->name, GUINT_TO_POINTER(index + 1));
		return;
	}
	g_ptr_array_add(domain->slots, slot);
	g_hash_table_insert(domain->slot_index, slot->name, GUINT_TO_POINTER(domain->slots->len));
}

/* "text", or a dotted class path like rasa.shared.core.slots.TextSlot. */
static bool type_of(const char *name, enum slot_type *out)
{
	static const struct {
		const char *name, *class;
		enum slot_type type;
	} types[] = {
	    {"text", "TextSlot", SLOT_TEXT},
	    {"bool", "BooleanSlot", SLOT_BOOL},
	    {"categorical", "CategoricalSlot", SLOT_CATEGORICAL},
	    {"float", "FloatSlot", SLOT_FLOAT},
	    {"list", "ListSlot", SLOT_LIST},
	    {"any", "AnySlot", SLOT_ANY},
	    {"unfeaturized", "UnfeaturizedSlot", SLOT_ANY},
	};
	const char *dot = strrchr(name, '.');
	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		if (strcmp(name, types[i].name) == 0 || (dot && strcmp(dot + 1, types[i].class) == 0)) {
			*out = types[i].type;
			return true;
		}
	return false;
}

static void read_values(struct domain_slot *slot, const struct corpus_yaml_node *node)
{
	char **values = dialog_strv_of_yaml(corpus_yaml_get(node, "values"));
	for (char **v = values; v && *v; v++) {
		char *lower = g_utf8_strdown(*v, -1);
		g_free(*v);
		*v = lower;
	}
	slot->values = values;
}

bool domain_add_slots(struct bot_domain *domain, const char *path, const struct corpus_yaml_node *slots, GError **error)
{
	for (const struct corpus_yaml_node *node = slots ? slots->child : NULL; node; node = node->next) {
		const char *type_name = corpus_yaml_text(node, "type", "any");
		enum slot_type type = SLOT_ANY;
		if (!node->key || domain->slots->len >= DOMAIN_SLOTS_MAX) {
			g_set_error(error, BOT_ERROR, BOT_ERROR_DATA, "%s:%zu: slots must be a map of at most %u names", path,
			            node->line, DOMAIN_SLOTS_MAX);
			return false;
		}
		bool known = type_of(type_name, &type);
		struct domain_slot *slot = domain_slot_new(node->key, type);
		slot->featurized = type != SLOT_ANY && known && corpus_yaml_bool(node, "influence_conversation", true);
		slot->min = corpus_yaml_number(node, "min_value", 0.0);
		slot->max = corpus_yaml_number(node, "max_value", 1.0);
		read_values(slot, node);
		json_decref(slot->initial);
		slot->initial = dialog_json_of_yaml(corpus_yaml_get(node, "initial_value"));
		const struct corpus_yaml_node *mappings = corpus_yaml_get(node, "mappings");
		for (const struct corpus_yaml_node *m = mappings ? mappings->child : NULL; m; m = m->next)
			g_ptr_array_add(slot->mappings, slot_mapping_read(m, slot->name));
		/* 2.x: a slot named like an entity is filled by it unless auto_fill is off. */
		if (!mappings && corpus_yaml_bool(node, "auto_fill", true) &&
		    g_hash_table_contains(domain->entities, slot->name)) {
			struct slot_mapping *mapping = g_new0(struct slot_mapping, 1);
			mapping->type = MAPPING_ENTITY;
			mapping->entity = g_strdup(slot->name);
			mapping->value = json_null();
			g_ptr_array_add(slot->mappings, mapping);
		}
		domain_put_slot(domain, slot);
	}
	return true;
}
