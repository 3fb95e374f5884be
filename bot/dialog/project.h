/* The inside of a project, for the files of this room that answer with it. */
#ifndef DIALOG_PROJECT_H
#define DIALOG_PROJECT_H

#include "bot/project.h"
#include "dialog/bot_files.h"

struct entity_sources;
struct nlp_analyzer;

const struct rule_book *project_rules(const struct bot_project *project);
const struct dialog_options *project_options(const struct bot_project *project);
const struct dialog_services *project_services(const struct bot_project *project);
struct nlu_limits project_limits(const struct bot_project *project);
/* With the bot's lookups and synonyms; NULL where the bot has no model. */
const struct nlp_analyzer *project_analyzer(const struct bot_project *project);
const struct entity_sources *project_entities(const struct bot_project *project);
/* For a command that has the project to itself: the zone that times are said in, whatever the files name. */
bool project_set_zone(struct bot_project *project, const char *zone, GError **error);
bool project_redacts(const struct bot_project *project);
double project_mood_alert(const struct bot_project *project);
const char *project_lang(const struct bot_project *project); /* the bot's first language */

#endif
