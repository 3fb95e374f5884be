/* How a fuzzer says what is wrong. Not g_error(): it raises SIGTRAP, which libFuzzer does not catch, so that the input
 * would be lost. */
#ifndef FUZZ_FAIL_H
#define FUZZ_FAIL_H

#include <stdio.h>
#include <stdlib.h>

#define fuzz_fail(...) (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), abort())

#endif
