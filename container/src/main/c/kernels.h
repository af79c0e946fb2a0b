/* The native kernels: compiled once for each instruction set, chosen when the library is loaded. */
#ifndef DISTBELIEF_KERNELS_H
#define DISTBELIEF_KERNELS_H

/* Where the windows of a layer lie; see the record Windows in Java. */
typedef struct {
    int in_height, in_width, channels;
    int out_height, out_width;
    int height, width;
    int stride_y, stride_x;
    int top, left;
} windows;

/* A box of places: rows y0 to below y1, columns x0 to below x1. */
typedef struct {
    int y0, x0, y1, x1;
} places;

/* What each of them computes is said in Java: Kernels, and PlainKernels is the specification. */
#define KERNELS(X)                                                                                                  \
    X(void, activate, (int f, int rows, int columns, const float *bias, float *values))                             \
    X(void, activation_gradient, (int f, long count, const float *outputs, float *gradient))                        \
    X(void, row_sums, (int rows, int columns, float scale, const float *values, int add, float *sums))              \
    X(void, softmax, (int rows, int columns, float scale, float *values, float *sums))                              \
    X(void, scale_columns, (int rows, int columns, const float *factors, float *values))                            \
    X(double, logistic, (long count, float scale, float *values))                                                   \
    X(double, sum_of_squares, (long count, const float *x))                                                         \
    X(void, axpy, (long count, float a, const float *x, float *y))                                                  \
    X(void, accrue, (long count, const float *x, float *sum, float a, float *y))                                    \
    X(void, scale, (long count, float a, float *x))                                                                 \
    X(void, clamp, (long count, float limit, float *x))                                                             \
    X(void, decay, (long count, float l1, float l2, const float *parameters, float *gradient))                      \
    X(void, dropout, (long key, long first, int units, int batch, float rate, const float *from, float *to))        \
    X(void, filter, (const windows *w, places p, int maps, int tied, int f, int batch, const float *weights,        \
                     const float *biases, const float *in, float *out))                                             \
    X(void, filter_input_gradient, (const windows *w, int maps, int tied, int batch, const float *weights,          \
                                    const float *gradient, float *in_gradient))                                     \
    X(void, filter_parameter_gradient, (const windows *w, int maps, int tied, int batch, const float *in,           \
                                        const float *gradient, float scale, int add, float *weight_gradient,        \
                                        float *bias_gradient))                                                      \
    X(void, pool, (int kind, const windows *w, int batch, const float *in, float *out))                             \
    X(void, pool_gradient, (int kind, const windows *w, int batch, const float *in, const float *out,               \
                            const float *gradient, float *in_gradient))                                             \
    X(void, contrast, (const float *table, int batch, const float *in, float *work, float *out))                    \
    X(void, contrast_gradient, (const float *table, int batch, const float *in, float *work, const float *gradient, \
                                float *in_gradient))

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#ifdef ISA
#define FN(name) JOIN(name, ISA)
#endif

#define DECLARE(type, name, arguments) \
    type name##_base arguments;        \
    type name##_avx2 arguments;        \
    type name##_avx512 arguments;
KERNELS(DECLARE)
#undef DECLARE

#endif
