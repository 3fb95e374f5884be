/* domain.yml of a Rasa project (3.x, and what 2.x writes differently): what a bot knows of intents, entities, slots,
 * forms, actions and responses. Immutable once read; shared by threads. Values are JSON. */
#ifndef DIALOG_DOMAIN_H
#define DIALOG_DOMAIN_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "corpora/yaml.h"

#define DOMAIN_SLOTS_MAX     512u
#define DOMAIN_RESPONSES_MAX 20000u

enum slot_type { SLOT_TEXT, SLOT_BOOL, SLOT_CATEGORICAL, SLOT_FLOAT, SLOT_LIST, SLOT_ANY };
enum mapping_type { MAPPING_ENTITY, MAPPING_TEXT, MAPPING_INTENT, MAPPING_TRIGGER_INTENT, MAPPING_CUSTOM };

struct mapping_condition {
	char *active_loop; /* NULL: no loop may be active */
	char *requested_slot;
};

struct slot_mapping {
	enum mapping_type type;
	char *entity, *role, *group;
	char **intents, **not_intents; /* NULL where not given */
	json_t *value;
	GArray *conditions; /* of mapping_condition; NULL where there are none */
};

struct domain_slot {
	char *name;
	enum slot_type type;
	char **values; /* categorical, lower case */
	double min, max;
	json_t *initial;
	bool featurized;
	GPtrArray *mappings; /* of slot_mapping */
};

struct domain_intent {
	char *name;
	char **use;    /* entities that it lets influence the conversation; NULL: all */
	char **ignore; /* all but these; NULL: none */
};

struct domain_form {
	char *name;
	char **required;
	char **ignored_intents; /* may be NULL */
};

struct response_condition {
	char *slot;
	json_t *value;
};

struct response_variation {
	json_t *body; /* text, buttons, image, custom ... as they stand, to be interpolated */
	char *channel;
	GArray *conditions; /* of response_condition; NULL where there are none */
};

struct bot_domain {
	GPtrArray *intents;       /* of domain_intent */
	GPtrArray *slots;         /* of domain_slot, in domain order */
	GPtrArray *forms;         /* of domain_form */
	GPtrArray *actions;       /* of char *, user actions in domain order */
	GHashTable *entities;     /* name -> GINT 1 if it influences the conversation, 2 if it does not */
	GHashTable *responses;    /* name -> GPtrArray of response_variation */
	GHashTable *slot_index;   /* name -> index + 1 */
	GHashTable *action_order; /* every action's name -> index + 1: ties are decided by it */
	GPtrArray *action_names;  /* the same in order, borrowed from the table */
	unsigned session_minutes;
	bool carry_over;
	bool entities_as_slots;
};

struct bot_domain *domain_new(void);
void domain_free(struct bot_domain *domain); /* accepts NULL */
/* Adds the domain keys of one YAML file; may be called for several files. */
bool domain_add(struct bot_domain *domain, const struct corpus_yaml *yaml, GError **error);
/* To be called once after the last file: default slots, intents and the order of actions. */
void domain_finish(struct bot_domain *domain);

const struct domain_slot *domain_slot(const struct bot_domain *domain, const char *name, unsigned *index);
const struct domain_form *domain_form(const struct bot_domain *domain, const char *name);
const struct domain_intent *domain_intent(const struct bot_domain *domain, const char *name);
const GPtrArray *domain_response(const struct bot_domain *domain, const char *name);
bool domain_has_action(const struct bot_domain *domain, const char *name);
/* Whether an entity (or entity#role, entity#group) counts for the conversation when it comes with `intent`. */
bool domain_entity_counts(const struct bot_domain *domain, const char *intent, const char *entity, const char *label);

/* A YAML value as JSON, typed as YAML 1.2 types it; a new reference. */
json_t *dialog_json_of_yaml(const struct corpus_yaml_node *node);
/* A list of strings, or one string, as a NULL-terminated vector; NULL for an absent node. */
char **dialog_strv_of_yaml(const struct corpus_yaml_node *node);

/* slot_types.c: reading of `slots:` and of mappings */
bool domain_add_slots(struct bot_domain *domain, const char *path, const struct corpus_yaml_node *slots,
                      GError **error);
struct slot_mapping *slot_mapping_read(const struct corpus_yaml_node *node, const char *slot);
void slot_mapping_add_condition(struct slot_mapping *mapping, const char *active_loop, const char *requested_slot);
void slot_mapping_free(struct slot_mapping *mapping);
void domain_slot_free(struct domain_slot *slot);
struct domain_slot *domain_slot_new(const char *name, enum slot_type type);
/* Appends; a slot of that name that was there is replaced. Takes the slot. */
void domain_put_slot(struct bot_domain *domain, struct domain_slot *slot);

#endif
