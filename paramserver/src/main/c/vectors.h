#ifndef VECTORS_H
#define VECTORS_H

/* n floats each; the two vectors of an operation are the same memory or do not overlap. */
void vector_fill(long n, float value, float *to);
void vector_copy(long n, const float *from, float *to);
void vector_scale(long n, double factor, float *to);
void vector_axpy(long n, double factor, const float *from, float *to);
void vector_multiply(long n, const float *by, float *to);
double vector_dot(long n, const float *a, const float *b);

#endif
