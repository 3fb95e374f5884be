#include <string.h>

#include "bot/error.h"
#include "dialog/domain.h"
#include "dialog_bot.h"

static struct bot_domain *read_domain(const char *text, GError **error)
{
	struct corpus_yaml *yaml = corpus_yaml_parse("domain.yml", text, strlen(text), error);
	struct bot_domain *domain = domain_new();
	if (!yaml || !domain_add(domain, yaml, error))
		g_clear_pointer(&domain, domain_free);
	else
		domain_finish(domain);
	corpus_yaml_free(yaml);
	return domain;
}

static void test_slots(void)
{
	g_autoptr(GError) error = NULL;
	struct bot_domain *domain =
	    read_domain("entities: [city]\n"
	                "slots:\n"
	                "  city:\n"
	                "    type: text\n"
	                "    mappings:\n"
	                "    - type: from_entity\n"
	                "      entity: city\n"
	                "      role: to\n"
	                "      not_intent: [chat, faq]\n"
	                "      conditions:\n"
	                "      - active_loop: trip\n"
	                "        requested_slot: city\n"
	                "  seats: {type: float, min_value: 1, max_value: 9, mappings: []}\n"
	                "  answer:\n"
	                "    type: categorical\n"
	                "    values: [yes, No]\n"
	                "    mappings: [{type: from_intent, intent: affirm, value: yes}]\n"
	                "  old: {type: rasa.shared.core.slots.ListSlot}\n"
	                "  quiet: {type: bool, influence_conversation: false, initial_value: true}\n",
	                &error);
	g_assert_no_error(error);
	unsigned index;
	const struct domain_slot *city = domain_slot(domain, "city", &index);
	g_assert_cmpuint(index, ==, 0);
	g_assert_cmpint(city->type, ==, SLOT_TEXT);
	g_assert_cmpuint(city->mappings->len, ==, 1);
	const struct slot_mapping *mapping = city->mappings->pdata[0];
	g_assert_cmpint(mapping->type, ==, MAPPING_ENTITY);
	g_assert_cmpstr(mapping->role, ==, "to");
	g_assert_cmpstr(mapping->not_intents[1], ==, "faq");
	g_assert_cmpstr(g_array_index(mapping->conditions, struct mapping_condition, 0).requested_slot, ==, "city");
	g_assert_cmpfloat(domain_slot(domain, "seats", NULL)->max, ==, 9.0);
	/* YAML 1.2: yes is a string; values are compared in lower case. */
	const struct domain_slot *answer = domain_slot(domain, "answer", NULL);
	g_assert_cmpstr(answer->values[0], ==, "yes");
	g_assert_cmpstr(answer->values[1], ==, "no");
	g_assert_cmpstr(json_string_value(((struct slot_mapping *)answer->mappings->pdata[0])->value), ==, "yes");
	g_assert_cmpint(domain_slot(domain, "old", NULL)->type, ==, SLOT_LIST);
	g_assert_true(domain_slot(domain, "old", NULL)->featurized);
	g_assert_false(domain_slot(domain, "quiet", NULL)->featurized);
	g_assert_true(json_is_true(domain_slot(domain, "quiet", NULL)->initial));
	g_assert_null(domain_slot(domain, "requested_slot", NULL)); /* only where there is a form */
	g_assert_nonnull(domain_slot(domain, "session_started_metadata", NULL));
	domain_free(domain);
}

/* 2.x: mappings under the form, auto_fill. */
static void test_old_forms(void)
{
	g_autoptr(GError) error = NULL;
	struct bot_domain *domain = read_domain("version: '2.0'\n"
	                                        "entities: [cuisine]\n"
	                                        "slots:\n"
	                                        "  cuisine: {type: text}\n"
	                                        "  note: {type: text, auto_fill: false}\n"
	                                        "forms:\n"
	                                        "  order:\n"
	                                        "    required_slots:\n"
	                                        "      cuisine:\n"
	                                        "      - {type: from_entity, entity: cuisine}\n"
	                                        "      note:\n"
	                                        "      - {type: from_text}\n"
	                                        "  plain: {}\n",
	                                        &error);
	g_assert_no_error(error);
	const struct domain_form *form = domain_form(domain, "order");
	g_assert_cmpstr(form->required[0], ==, "cuisine");
	g_assert_cmpstr(form->required[1], ==, "note");
	g_assert_null(form->required[2]);
	g_assert_nonnull(domain_form(domain, "plain"));
	const struct domain_slot *cuisine = domain_slot(domain, "cuisine", NULL);
	g_assert_cmpuint(cuisine->mappings->len, ==, 2); /* the form's and the one of auto_fill */
	const struct slot_mapping *moved = cuisine->mappings->pdata[0];
	g_assert_cmpstr(g_array_index(moved->conditions, struct mapping_condition, 0).active_loop, ==, "order");
	g_assert_null(g_array_index(moved->conditions, struct mapping_condition, 0).requested_slot);
	const struct slot_mapping *text = domain_slot(domain, "note", NULL)->mappings->pdata[0];
	g_assert_cmpint(text->type, ==, MAPPING_TEXT);
	g_assert_cmpstr(g_array_index(text->conditions, struct mapping_condition, 0).requested_slot, ==, "note");
	domain_free(domain);
}

static void test_entities(void)
{
	g_autoptr(GError) error = NULL;
	struct bot_domain *domain = read_domain("intents:\n"
	                                        "- all\n"
	                                        "- none: {use_entities: []}\n"
	                                        "- some: {use_entities: [city]}\n"
	                                        "- but: {ignore_entities: [city]}\n"
	                                        "entities:\n"
	                                        "- city: {roles: [from, to]}\n"
	                                        "- name\n"
	                                        "- silent: {influence_conversation: false}\n",
	                                        &error);
	g_assert_no_error(error);
	g_assert_true(domain_entity_counts(domain, "all", "city", "city#to"));
	g_assert_false(domain_entity_counts(domain, "none", "city", "city"));
	g_assert_true(domain_entity_counts(domain, "some", "city", "city"));
	g_assert_false(domain_entity_counts(domain, "some", "name", "name"));
	g_assert_false(domain_entity_counts(domain, "but", "city", "city"));
	g_assert_true(domain_entity_counts(domain, "but", "name", "name"));
	g_assert_false(domain_entity_counts(domain, "all", "silent", "silent"));
	g_assert_false(domain_entity_counts(domain, "all", "unknown", "unknown"));
	domain_free(domain);
}

static void test_action_order(void)
{
	g_autoptr(GError) error = NULL;
	struct bot_domain *domain = read_domain("actions: [action_z, utter_b]\n"
	                                        "responses:\n"
	                                        "  utter_c: [{text: c}]\n"
	                                        "  utter_a: [{text: a}]\n"
	                                        "  utter_faq/one: [{text: one}]\n"
	                                        "forms: {some_form: {required_slots: []}}\n",
	                                        &error);
	g_assert_no_error(error);
	const char *const expected[] = {"action_z", "utter_b", "utter_a", "utter_c", "utter_faq", "some_form"};
	for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
		g_assert_cmpstr(domain->action_names->pdata[domain->action_names->len - 6 + i], ==, expected[i]);
	g_assert_cmpstr(domain->action_names->pdata[0], ==, "action_listen");
	domain_free(domain);
}

static void test_not_a_domain(void)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(read_domain("- a\n- list\n", &error));
	g_assert_error(error, BOT_ERROR, BOT_ERROR_DATA);
	g_assert_nonnull(strstr(error->message, "domain.yml:1"));
}

static void test_json_of_yaml(void)
{
	g_autoptr(GError) error = NULL;
	const char *text = "[1, 1.5, yes, True, false, null, '2', {a: [x]}, 1e3, 2026-01-02]";
	struct corpus_yaml *yaml = corpus_yaml_parse("y", text, strlen(text), &error);
	g_assert_no_error(error);
	json_t *got = dialog_json_of_yaml(corpus_yaml_root(yaml));
	json_t *want =
	    json_loads("[1, 1.5, \"yes\", true, false, null, \"2\", {\"a\": [\"x\"]}, 1000.0, \"2026-01-02\"]", 0, NULL);
	g_assert_true(json_equal(got, want));
	json_decref(got);
	json_decref(want);
	corpus_yaml_free(yaml);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/domain/slots", test_slots);
	g_test_add_func("/domain/old-forms", test_old_forms);
	g_test_add_func("/domain/entities", test_entities);
	g_test_add_func("/domain/action-order", test_action_order);
	g_test_add_func("/domain/not-a-domain", test_not_a_domain);
	g_test_add_func("/domain/json-of-yaml", test_json_of_yaml);
	return g_test_run();
}
