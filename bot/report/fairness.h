/* How far sentiment moves when only who is spoken of changes: templates with a place for a name, a person, a region's
 * words, filled with the words of each group (Kiritchenko and Mohammad 2018, "Examining Gender and Race Bias in Two
 * Hundred Sentiment Analysis Systems").
 *
 * The file is a table `place,group,lang,text`. A row with a group is a word of that group for its place; a row without
 * one is a template, which holds its place once, in braces: `name,,en,{name} helped me` and `name,female,en,Emily`. */
#ifndef REPORT_FAIRNESS_H
#define REPORT_FAIRNESS_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct model_predictor;
struct report_templates;

struct report_group { /* of one place and language */
	const char *place, *lang, *group;
	size_t words;
	double score; /* mean over templates and words, -1..1 */
};

struct report_swing { /* of one template */
	const char *place, *lang, *text;
	const char *low_group, *high_group;
	double low, high; /* mean scores of the groups that it is lowest and highest for */
	bool flips;       /* the words do not all give the same label */
};

struct report_fairness {
	struct report_templates *templates; /* owned; holds the strings */
	GArray *groups;                     /* struct report_group, in the order of the file */
	GArray *swings;                     /* struct report_swing, widest first */
	double widest;                      /* difference of two groups of the same place and language */
	double mean_swing;                  /* of the templates */
	size_t texts, flips;                /* texts asked; templates whose label changes */
};

/* Reads the templates and asks the model's sentiment head for every text. `on_bad_row` as for examples; may be NULL. */
bool report_fairness_init(struct report_fairness *fairness, const struct model_predictor *predictor, const char *path,
                          void (*on_bad_row)(const char *message, void *user), void *user, GError **error);
void report_fairness_clear(struct report_fairness *fairness);
json_t *report_fairness_to_json(const struct report_fairness *fairness);

#endif
