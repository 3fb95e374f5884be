/* The word that was probably meant. */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include <stddef.h>

/* The nearest of `n` words by edit distance, NULL where none is near. */
const char *config_nearest(const char *word, const char *const *words, size_t n);

#endif
