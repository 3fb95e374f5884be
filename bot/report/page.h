/* index.html: the whole report for people, in English and Chinese with a switch, light and dark as the reader's system
 * is, in one file that asks for nothing from anywhere. A Content-Security-Policy allows its own script alone, so that a
 * text which got past escaping could still not run. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/report.h"

/* `run` is records_run(). Owned by the caller. */
char *page_of(const struct report *report, const json_t *run);

/* Sections that only some reports have (page_more.c). */
void page_scope(GString *out, const struct report_figures *figures);
void page_folds(GString *out, const struct report *report);
void page_fairness(GString *out, const struct report_fairness *fairness);
void page_run(GString *out, const struct report *report, const json_t *run);

/* <section> with a heading and a sentence below it (both markup; the sentence may be NULL). */
void page_section(GString *out, const char *id, const char *en, const char *zh, const char *note_en,
                  const char *note_zh);
void page_section_end(GString *out);
/* A label's name as it is in the data. */
void page_label(GString *out, const char *name);
/* A column's heading. `class` says how its cells are set. */
void page_column(GString *out, const char *class, const char *en, const char *zh);

#endif
