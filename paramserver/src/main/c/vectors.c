/*
 * Operations on a stretch of named vectors: twins of PlainVectors, to the last bit. Elements are computed in double and
 * rounded once; a dot product is added up in sixteen lanes, element i in lane i modulo 16, which are then added in pairs.
 */
#include "vectors.h"

#include <string.h>

#define VERSIONS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define LANES 16

typedef float floats __attribute__((vector_size(LANES / 2 * sizeof(float))));
typedef double doubles __attribute__((vector_size(LANES / 2 * sizeof(double))));

VERSIONS void vector_fill(long n, float value, float *to) {
    for (long i = 0; i < n; i++) to[i] = value;
}

void vector_copy(long n, const float *from, float *to) { memmove(to, from, (size_t)n * sizeof(float)); }

VERSIONS void vector_scale(long n, double factor, float *to) {
    for (long i = 0; i < n; i++) to[i] = (float)(factor * (double)to[i]);
}

/* The compiler checks at run time whether the two are the same; an iteration is right either way. */
VERSIONS void vector_axpy(long n, double factor, const float *from, float *to) {
    for (long i = 0; i < n; i++) to[i] = (float)((double)to[i] + factor * (double)from[i]);
}

VERSIONS void vector_multiply(long n, const float *by, float *to) {
    for (long i = 0; i < n; i++) to[i] = to[i] * by[i];
}

VERSIONS double vector_dot(long n, const float *a, const float *b) {
    doubles low = {0}, high = {0};
    long i = 0;
    for (; i + LANES <= n; i += LANES) {
        floats a_low, a_high, b_low, b_high;
        memcpy(&a_low, a + i, sizeof a_low);
        memcpy(&a_high, a + i + LANES / 2, sizeof a_high);
        memcpy(&b_low, b + i, sizeof b_low);
        memcpy(&b_high, b + i + LANES / 2, sizeof b_high);
        low += __builtin_convertvector(a_low, doubles) * __builtin_convertvector(b_low, doubles);
        high += __builtin_convertvector(a_high, doubles) * __builtin_convertvector(b_high, doubles);
    }
    double lanes[LANES];
    memcpy(lanes, &low, sizeof low);
    memcpy(lanes + LANES / 2, &high, sizeof high);
    for (long lane = 0; i < n; i++, lane++) lanes[lane] += (double)a[i] * (double)b[i];
    for (long width = LANES / 2; width > 0; width /= 2) {
        for (long lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
    }
    return lanes[0];
}
