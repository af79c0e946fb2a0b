/*
 * Floats in 16 bits: bfloat16 is the upper half of binary32, float16 is IEEE 754 binary16. Rounded to the nearest, ties
 * to even; finite numbers beyond the range become the greatest finite number. Twins of PlainEncodings, to the last bit.
 */
#include "encodings.h"

#include <stdint.h>
#include <string.h>

#define VERSIONS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))

#define INFINITE 0x7f800000u
#define GREATEST_BFLOAT16 0x7f7f0000u /* as binary32 */
#define GREATEST_FLOAT16 0x477fe000u  /* 65504 as binary32 */
#define BEYOND_FLOAT16 0x477ff000u    /* 65520, from which numbers round to infinity */
#define NORMAL_FLOAT16 0x38800000u    /* 2^-14, the least normal number */

INLINE uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

INLINE float float_of(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

INLINE uint16_t to_bfloat16(float x) {
    const uint32_t bits = bits_of(x), size = bits & 0x7fffffffu, sign = bits ^ size;
    const uint32_t rounded = size + 0x7fffu + (size >> 16 & 1u);
    const uint32_t finite = rounded >= INFINITE ? GREATEST_BFLOAT16 : rounded;
    /* What is no number keeps its upper bits, and one that says that it is none. */
    const uint32_t special = size > INFINITE ? size | 0x00400000u : size;
    return (uint16_t)((sign | (size >= INFINITE ? special : finite)) >> 16);
}

INLINE float from_bfloat16(uint16_t x) { return float_of((uint32_t)x << 16); }

INLINE uint16_t to_float16(float x) {
    const uint32_t bits = bits_of(x), size = bits & 0x7fffffffu, sign = (bits ^ size) >> 16;
    const uint32_t clamped = size >= BEYOND_FLOAT16 ? GREATEST_FLOAT16 : size;
    const uint32_t normal = (clamped - 0x38000000u + 0xfffu + (clamped >> 13 & 1u)) >> 13;
    /* Adding 1/2 leaves the number's multiple of 2^-24, rounded, in the lowest bits. */
    const uint32_t small = bits_of(float_of(size < NORMAL_FLOAT16 ? size : 0u) + 0.5f) - 0x3f000000u;
    const uint32_t special = size > INFINITE ? 0x7e00u : 0x7c00u;
    const uint32_t finite = size < NORMAL_FLOAT16 ? small : normal;
    return (uint16_t)(sign | (size >= INFINITE ? special : finite));
}

INLINE float from_float16(uint16_t x) {
    const uint32_t size = x & 0x7fffu, sign = (uint32_t)(x & 0x8000u) << 16;
    const uint32_t normal = (size << 13) + 0x38000000u;
    const uint32_t special = size << 13 | INFINITE;
    const uint32_t small = bits_of((float)(int32_t)size * 0x1p-24f);
    return float_of(sign | (size >= 0x7c00u ? special : size < 0x0400u ? small : normal));
}

#define ENCODER(name)                                                                                            \
    VERSIONS void encode_##name(long n, const float *restrict x, uint16_t *restrict y) {                         \
        for (long i = 0; i < n; i++) y[i] = to_##name(x[i]);                                                     \
    }                                                                                                            \
    VERSIONS void encode_rest_##name(long n, const float *restrict x, float *restrict rest, uint16_t *restrict y) { \
        for (long i = 0; i < n; i++) {                                                                           \
            const float whole = x[i] + rest[i];                                                                  \
            y[i] = to_##name(whole);                                                                             \
            rest[i] = whole - from_##name(y[i]);                                                                 \
        }                                                                                                        \
    }                                                                                                            \
    VERSIONS void decode_##name(long n, const uint16_t *restrict x, float *restrict y) {                         \
        for (long i = 0; i < n; i++) y[i] = from_##name(x[i]);                                                   \
    }

ENCODER(bfloat16)
ENCODER(float16)
