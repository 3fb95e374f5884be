/* A bot as it is on disk, read whole and checked: domain, rules, responses, FAQ, catalogue, recommender, thresholds and
 * the trained model. Immutable (but for the recommender's events) and reference-counted; a changed file makes a new
 * one. */
#ifndef BOT_PROJECT_H
#define BOT_PROJECT_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct bot_project;
struct bot_domain;
struct corpus_catalogue;
struct model_faq;
struct model_predictor;
struct recommender;

/* Reads DIR (a Rasa project) with the model file `model_path`; NULL: without a model, then only payloads like
 * "/intent{...}" are understood. */
struct bot_project *bot_project_load(const char *dir, const char *model_path, GError **error);
struct bot_project *bot_project_ref(struct bot_project *project);
void bot_project_unref(struct bot_project *project); /* accepts NULL */
/* The same project with its faq.csv and words.txt read again; shares everything else. The words count at once for
 * `project` as well, for both segment with one analyzer. */
struct bot_project *bot_project_with_new_faq(struct bot_project *project, GError **error);

/* Where the model of a bot lies: DIR/.kefu/model.kefu, made by `kefu train`. Owned by the caller. */
char *bot_project_model_path(const char *dir);
/* True if the model is missing, damaged, or made from other examples than those that are there now. */
bool bot_project_model_is_stale(const char *dir);
/* Trains everything a bot needs and writes the model file whole or not at all. `on_progress` (may be NULL): one line
 * about what is being done. `report` (may be NULL) gets a new JSON object for `kefu train --json`. */
bool bot_project_train(const char *dir, const char *base_path, const char *out_path, unsigned threads, uint64_t seed,
                       void (*on_progress)(const char *line, void *user), void *user, json_t **report, GError **error);

/* Borrowed; NULL where the bot has none. */
const char *bot_project_dir(const struct bot_project *project);
const char *bot_project_name(const struct bot_project *project);
const struct bot_domain *bot_project_domain(const struct bot_project *project);
const struct model_predictor *bot_project_predictor(const struct bot_project *project);
const struct model_faq *bot_project_faq(const struct bot_project *project);
const struct corpus_catalogue *bot_project_catalogue(const struct bot_project *project);
struct recommender *bot_project_recommender(const struct bot_project *project);
/* What of its files was not understood and left out, for people to read: elements char *. */
const GPtrArray *bot_project_warnings(const struct bot_project *project);
/* True if KEY is one of the site keys of kefu.yml ("demo" in the bundled shop). */
bool bot_project_site_allowed(const struct bot_project *project, const char *key);
/* True if kefu.yml names no origins for the site, or this one. */
bool bot_project_origin_allowed(const struct bot_project *project, const char *key, const char *origin);

#endif
