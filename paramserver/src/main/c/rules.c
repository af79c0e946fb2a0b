/*
 * The update rules in place: the twins of the classes in org.distbelief.paramserver.rule, which are the specification.
 * Every operation is the same IEEE 754 operation in the same order, so the results are the same to the last bit;
 * compiled without contraction of products and sums. The compiler makes a version for each width of vectors, and the
 * loader takes the machine's.
 */
#include "rules.h"

#include <math.h>
#include <stdint.h>

#define VERSIONS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

VERSIONS void rule_sgd(long n, float rate, float *restrict w, const float *restrict g) {
    for (long i = 0; i < n; i++) w[i] -= rate * g[i];
}

VERSIONS void rule_momentum(long n, float rate, float momentum, float *restrict w, float *restrict v,
                            const float *restrict g) {
    for (long i = 0; i < n; i++) {
        const float velocity = momentum * v[i] + g[i];
        v[i] = velocity;
        w[i] -= rate * velocity;
    }
}

VERSIONS void rule_adagrad(long n, float gamma, float guard, float *restrict w, float *restrict s,
                           const float *restrict g) {
    for (long i = 0; i < n; i++) {
        const float sum = s[i] + g[i] * g[i];
        s[i] = sum;
        w[i] -= gamma * g[i] / (sqrtf(sum) + guard);
    }
}

VERSIONS void rule_rms_prop(long n, float rate, float keep, float add, float guard, float *restrict w,
                            float *restrict s, const float *restrict g) {
    for (long i = 0; i < n; i++) {
        const float mean = keep * s[i] + add * g[i] * g[i];
        s[i] = mean;
        w[i] -= rate * g[i] / (sqrtf(mean) + guard);
    }
}

VERSIONS void rule_adam(long n, float rate, float keep1, float add1, float keep2, float add2, float guard,
                        float *restrict w, float *restrict m, float *restrict v, const float *restrict g) {
    for (long i = 0; i < n; i++) {
        const float mean = keep1 * m[i] + add1 * g[i];
        const float square = keep2 * v[i] + add2 * g[i] * g[i];
        m[i] = mean;
        v[i] = square;
        w[i] -= rate * mean / (sqrtf(square) + guard);
    }
}

/* The compiler checks at run time whether the parameters are what was fetched; an iteration is right either way. */
VERSIONS void rule_delay_compensated(long n, float rate, float strength, float *w, const float *fetched,
                                     const float *g) {
    for (long i = 0; i < n; i++) w[i] = w[i] - rate * (g[i] + g[i] * (strength * (g[i] * (w[i] - fetched[i]))));
}

VERSIONS void rule_adaptive_delay_compensated(long n, float rate, float strength, float keep, float add, float guard,
                                              float *w, float *s, const float *fetched, const float *g) {
    for (long i = 0; i < n; i++) {
        const float mean = keep * s[i] + add * g[i] * g[i];
        s[i] = mean;
        w[i] = w[i] - rate * (g[i] + g[i] * (strength / sqrtf(mean + guard) * (g[i] * (w[i] - fetched[i]))));
    }
}

/* An exponent of all ones is an infinity or what is no number: adding one to it carries into the sign. */
VERSIONS int all_finite(long n, const float *x) {
    const uint32_t *bits = (const uint32_t *)x;
    uint32_t carries = 0;
    for (long i = 0; i < n; i++) carries |= (bits[i] & 0x7fffffffu) + 0x00800000u;
    return carries >> 31 == 0;
}
