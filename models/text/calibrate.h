/* Confidence that means what it says: one temperature for all logits (Guo et al. 2017, section 4.2). */
#ifndef TEXT_CALIBRATE_H
#define TEXT_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>

/* The factor (1 / temperature) on logits (n, K) under which `labels` (n) are likeliest; 1 where n is 0. */
float model_calibrate(size_t n, size_t labels_n, const float *logits, const int32_t *labels);

#endif
