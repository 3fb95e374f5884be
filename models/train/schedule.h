/* One-cycle learning rate (Smith and Topin 2018, "Super-Convergence"): up along a cosine over the first part of the
 * steps, then down along a cosine to nearly nothing. */
#ifndef TRAIN_SCHEDULE_H
#define TRAIN_SCHEDULE_H

#include <stdint.h>

/* The factor (0..1] on the peak rate at `step` of `steps` (from 0); `warmup` (0..1) is the share of steps going up. */
double model_one_cycle(uint64_t step, uint64_t steps, double warmup);

#endif
