/* The inside of a project, for the files of this room that answer with it. */
#ifndef DIALOG_PROJECT_H
#define DIALOG_PROJECT_H

#include "bot/project.h"
#include "dialog/bot_files.h"

struct nlp_analyzer;
struct span_book;

const struct rule_book *project_rules(const struct bot_project *project);
const struct dialog_options *project_options(const struct bot_project *project);
const struct dialog_services *project_services(const struct bot_project *project);
struct nlu_limits project_limits(const struct bot_project *project);
/* With the bot's lookups and synonyms; NULL where the bot has no model. */
const struct nlp_analyzer *project_analyzer(const struct bot_project *project);
const struct span_book *project_spans(const struct bot_project *project); /* may be NULL */
double project_mood_alert(const struct bot_project *project);
const char *project_lang(const struct bot_project *project); /* the bot's first language */

#endif
