#ifndef ENCODINGS_H
#define ENCODINGS_H

#include <stdint.h>

/* Memory of different arguments does not overlap; n numbers each. */
void encode_bfloat16(long n, const float *x, uint16_t *y);
void encode_float16(long n, const float *x, uint16_t *y);

/* Encodes x + rest, and leaves in rest what the encoding has lost. */
void encode_rest_bfloat16(long n, const float *x, float *rest, uint16_t *y);
void encode_rest_float16(long n, const float *x, float *rest, uint16_t *y);

void decode_bfloat16(long n, const uint16_t *x, float *y);
void decode_float16(long n, const uint16_t *x, float *y);

#endif
