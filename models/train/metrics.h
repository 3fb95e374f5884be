/* What a classifier is worth. */
#ifndef TRAIN_METRICS_H
#define TRAIN_METRICS_H

#include <stddef.h>
#include <stdint.h>

/* gold and guess (n), each in 0..labels-1; a gold label of -1 is one that training never saw: always an error. */
double model_accuracy(size_t n, const int32_t *gold, const int32_t *guess);
/* Mean over the labels that occur in gold of the harmonic mean of precision and recall. All examples whose gold label
 * is -1 count as one label more with an F1 of 0, so that unknown labels cannot be hidden. */
double model_macro_f1(size_t n, const int32_t *gold, const int32_t *guess, size_t labels);
/* Expected calibration error over 15 bins of equal width (Guo et al. 2017, "On Calibration of Modern Neural Networks",
 * equation 3). confidence (n) of the guesses. */
double model_calibration_error(size_t n, const int32_t *gold, const int32_t *guess, const float *confidence);
/* The chance that a random positive has a higher score than a random negative, ties counting half; 0.5 where one of
 * the classes is empty. positive (n) is 0 or 1. */
double model_auroc(size_t n, const float *scores, const unsigned char *positive);

#endif
