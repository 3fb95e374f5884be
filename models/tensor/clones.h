/* Hot kernels are compiled several times and chosen when the program starts (GCC's function multiversioning), so that
 * one binary runs everywhere and runs fast. The choice is made by ifuncs, which run before a sanitizer's runtime is
 * ready; there, and under clang, the plain version alone is built. */
#ifndef TENSOR_CLONES_H
#define TENSOR_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
#define MODEL_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
/* For numbers of 16 bits, whose wide instructions are in a later extension. */
#define MODEL_CLONES_NARROW __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define MODEL_CLONES
#define MODEL_CLONES_NARROW
#endif

#endif
