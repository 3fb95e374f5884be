/* The part of `kefu test nlu` that measures entities. */
#ifndef COMMANDS_TEST_TAGGER_H
#define COMMANDS_TEST_TAGGER_H

#include "commands/cli.h"

struct corpus_examples;

/* Whether the model in this file learned entities and nothing else; false as well where it cannot be read. */
bool test_tagger_is_all(const char *model);
/* Measures entities, writes entity_report.json and entity_errors.json into `report` (may be NULL); the exit status. */
int test_tagger(const struct cli *cli, const char *model, const struct corpus_examples *examples, const char *report);

#endif
