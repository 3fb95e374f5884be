/* Which members a head gets: a single one, all of an ensemble, or, for --arch auto, whatever cross-validation says. */
#ifndef TEXT_CHOOSE_H
#define TEXT_CHOOSE_H

#include "text/team.h"

/* Trains what options.arch asks for and says which of the team's members make the head. */
bool model_choose(struct model_team *team, struct model_train_report *report, model_subset *subset, GError **error);

#endif
