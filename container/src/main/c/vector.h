/* Vectors of floats as wide as the instruction set that this file is compiled for, and functions of them. */
#ifndef DISTBELIEF_VECTOR_H
#define DISTBELIEF_VECTOR_H

#include <stdint.h>

#include <immintrin.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

/* May lie at any address of a float. */
typedef float vec __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t ivec __attribute__((vector_size(4 * LANES), aligned(4)));
typedef uint32_t uvec __attribute__((vector_size(4 * LANES), aligned(4)));

#define INLINE static inline __attribute__((always_inline, unused))

INLINE vec splat(float x) { return x - (vec){0}; }

/* Lane by lane a where the mask is set, else b. */
INLINE vec choose(ivec mask, vec a, vec b) { return (vec)((mask & (ivec)a) | (~mask & (ivec)b)); }

INLINE vec load(const float *from) { return *(const vec *)from; }

INLINE void store(float *to, vec x) { *(vec *)to = x; }

/* Writes past the caches, without reading the line first; `to` lies at a multiple of the vector's size. */
INLINE void stream(float *to, vec x) {
#if defined(__AVX512F__)
    _mm512_stream_ps(to, (__m512)x);
#elif defined(__AVX2__)
    _mm256_stream_ps(to, (__m256)x);
#else
    _mm_stream_ps(to, (__m128)x);
#endif
}

/* Each thread that streamed, before others read. */
INLINE void stream_end(void) { _mm_sfence(); }

/* The first `count` lanes, 1 to LANES; the others are 0. Nothing else is read. */
INLINE vec load_some(const float *from, int count) {
#if defined(__AVX512F__)
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
#else
    vec x = {0};
    for (int i = 0; i < count; i++) {
        x[i] = from[i];
    }
    return x;
#endif
}

INLINE void store_some(float *to, vec x, int count) {
#if defined(__AVX512F__)
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)x);
#else
    for (int i = 0; i < count; i++) {
        to[i] = x[i];
    }
#endif
}

INLINE vec fma_(vec a, vec b, vec c) { return a * b + c; }

INLINE vec larger(vec a, vec b) {
#if defined(__AVX512F__)
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
#else
    return choose(a > b, a, b);
#endif
}

INLINE vec absolute(vec x) { return (vec)((ivec)x & 0x7fffffff); }

INLINE vec root(vec x) {
#if defined(__AVX512F__)
    return (vec)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
    return (vec)_mm256_sqrt_ps((__m256)x);
#else
    for (int i = 0; i < LANES; i++) {
        x[i] = __builtin_sqrtf(x[i]);
    }
    return x;
#endif
}

/* e^x to 2 units in the last place; x is held within [-87, 88]. Not a number stays not a number. */
INLINE vec exponential(vec x) {
    x = choose(x > 88.0f, splat(88.0f), x);
    x = choose(x < -87.0f, splat(-87.0f), x);
    const float shift = 12582912.0f; /* 1.5 * 2^23: adding it rounds to a whole number */
    vec n = (x * 1.44269504088896341f + shift) - shift;
    vec r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    vec p = splat(1.9875691500e-4f);
    p = fma_(p, r, splat(1.3981999507e-3f));
    p = fma_(p, r, splat(8.3334519073e-3f));
    p = fma_(p, r, splat(4.1665795894e-2f));
    p = fma_(p, r, splat(1.6666665459e-1f));
    p = fma_(p, r, splat(5.0000001201e-1f));
    p = fma_(p, r * r, r) + 1.0f;
    ivec exponent = __builtin_convertvector(n, ivec) << 23;
    return (vec)((ivec)p + exponent);
}

/* log(1 + t) for t from 0 to 1, as 2 artanh(t / (2 + t)), exact also where t is tiny. */
INLINE vec log_one_plus(vec t) {
    vec s = t / (t + 2.0f);
    vec z = s * s;
    vec p = splat(2.0f / 15);
    p = fma_(p, z, splat(2.0f / 13));
    p = fma_(p, z, splat(2.0f / 11));
    p = fma_(p, z, splat(2.0f / 9));
    p = fma_(p, z, splat(2.0f / 7));
    p = fma_(p, z, splat(2.0f / 5));
    p = fma_(p, z, splat(2.0f / 3));
    return fma_(p * z, s, s + s);
}

INLINE vec sigmoid(vec x) { return 1.0f / (exponential(-x) + 1.0f); }

INLINE vec softplus(vec x) {
    vec positive = choose(x < 0.0f, splat(0), x);
    return positive + log_one_plus(exponential(-absolute(x)));
}

INLINE vec hyperbolic_tangent(vec x) {
    vec a = absolute(x);
    vec z = x * x;
    vec p = splat(-5.70498872745e-3f);
    p = fma_(p, z, splat(2.06390887954e-2f));
    p = fma_(p, z, splat(-5.37397155531e-2f));
    p = fma_(p, z, splat(1.33314422036e-1f));
    p = fma_(p, z, splat(-3.33332819422e-1f));
    vec small = fma_(p * z, x, x);
    vec large = 1.0f - 2.0f / (exponential(a + a) + 1.0f);
    large = choose(x < 0.0f, -large, large);
    return choose(a < 0.625f, small, large);
}

INLINE float sum(vec x) {
    float s = 0;
    for (int i = 0; i < LANES; i++) {
        s += x[i];
    }
    return s;
}

/* What a unit does with its weighted sum; NativeKernels.java has the same numbers. */
enum activation { LINEAR, SIGMOID, TANH, RELU, SOFTPLUS };

INLINE vec activated(int f, vec x) {
    switch (f) {
        case SIGMOID: return sigmoid(x);
        case TANH: return hyperbolic_tangent(x);
        case RELU: return choose(x < 0.0f, splat(0), x);
        case SOFTPLUS: return softplus(x);
        default: return x;
    }
}

/* The derivative where the unit's output is y. */
INLINE vec derivative(int f, vec y) {
    switch (f) {
        case SIGMOID: return y * (1.0f - y);
        case TANH: return 1.0f - y * y;
        case RELU: return choose(y > 0.0f, splat(1), splat(0));
        case SOFTPLUS: return 1.0f - exponential(-y);
        default: return splat(1.0f);
    }
}

#endif
