/* One binary, several instruction sets: a function marked NLP_CLONES is compiled for each and chosen at load time.
 * The resolvers run before a sanitizer is up, so sanitized builds get the plain function; so does clang. */
#ifndef EMBED_CLONES_H
#define EMBED_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
#define NLP_CLONES __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define NLP_CLONES
#endif

#endif
