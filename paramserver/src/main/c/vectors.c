/*
 * Operations on a stretch of named vectors: twins of PlainVectors, to the last bit. Elements are computed in double and
 * rounded once; a dot product is added up in sixteen lanes, element i in lane i modulo 16, which are then added in pairs.
 * Products of two floats are exact in double, so that it is all the same whether they are fused with a sum.
 */
#include "vectors.h"

#include <immintrin.h>
#include <string.h>

#define LANES 16
#define JOIN(name, version) name##_##version
#define NAMED(name, version) JOIN(name, version)
#define NAME(name) NAMED(name, VERSION)

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4,prefer-vector-width=512")
#define VERSION v4
#define WIDTH 8
#include "vectors_of.h"
#undef VERSION
#undef WIDTH
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
#define VERSION v3
#define WIDTH 4
#include "vectors_of.h"
#undef VERSION
#undef WIDTH
#pragma GCC pop_options

#define VERSION v1
#define WIDTH 2
#include "vectors_of.h"

static void (*run)(long, int, const struct vector_step *, double *) = vectors_run_v1;

__attribute__((constructor)) static void choose(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) run = vectors_run_v4;
    else if (__builtin_cpu_supports("x86-64-v3")) run = vectors_run_v3;
}

void vectors_run(long n, int count, const struct vector_step *steps, double *results) { run(n, count, steps, results); }
