/* The way from Java: NativeLibrary.java declares these functions. Memory comes as addresses, checked over there. */
#include <immintrin.h>
#include <jni.h>
#include <omp.h>
#include "kernels.h"

#define TABLE_ENTRY(type, name, arguments) type(*name) arguments;
typedef struct {
    const char *instructions;
    KERNELS(TABLE_ENTRY)
} table;

#define BASE(type, name, arguments) .name = name##_base,
#define AVX2(type, name, arguments) .name = name##_avx2,
#define AVX512(type, name, arguments) .name = name##_avx512,
static const table tables[] = {
    {.instructions = "SSE2", KERNELS(BASE)},
    {.instructions = "AVX2", KERNELS(AVX2)},
    {.instructions = "AVX-512", KERNELS(AVX512)},
};
static const table *k = &tables[0];

#define JAVA(type, name, ...) \
    JNIEXPORT type JNICALL Java_org_distbelief_container_kernel_NativeLibrary_##name(JNIEnv *env, jclass c, ##__VA_ARGS__)
#define IN(address) ((const float *)(address))
#define OUT(address) ((float *)(address))

/*
 * Subnormal numbers, operands and results, count as 0: the processor takes a hundred times as long for them, and the
 * gradients of a network that is sure of nearly all examples are full of them. How it is to take them is the state of
 * a thread, which Java must find as it was; OpenMP's threads inherit it from the one that starts them.
 */
#define SUBNORMALS_ARE_ZERO 0x8040

static unsigned flush(void) {
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | SUBNORMALS_ARE_ZERO);
    return before;
}

static void restore(const unsigned *before) { _mm_setcsr(*before); }

/* Until the function that it stands in returns. */
#define FLUSH __attribute__((cleanup(restore))) unsigned before = flush();

/* For what Java calls in other libraries: returns the state, to be restored in the same thread. */
JAVA(jint, flushSubnormals) { return (jint)flush(); }

JAVA(void, restore, jint state) { _mm_setcsr((unsigned)state); }

/* Whole numbers as floats, as Windows.java writes them. */
static windows read_windows(jlong address) {
    const float *t = IN(address);
    return (windows){t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10]};
}

/* Chooses the widest instructions that the machine has, at most `most`: 0, 1 or 2. */
JAVA(jstring, choose, jint most) {
    int level = 0;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        level = 1;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
            level = 2;
        }
    }
    k = &tables[most < level ? most : level];
    return (*env)->NewStringUTF(env, k->instructions);
}

/* OpenMP keeps this for each thread that calls it. */
JAVA(void, threads, jint count) { omp_set_num_threads(count); }

JAVA(void, activate, jint f, jint rows, jint columns, jlong bias, jlong values) {
    FLUSH
    k->activate(f, rows, columns, IN(bias), OUT(values));
}

JAVA(void, activationGradient, jint f, jlong count, jlong outputs, jlong gradient) {
    FLUSH
    k->activation_gradient(f, count, IN(outputs), OUT(gradient));
}

JAVA(void, rowSums, jint rows, jint columns, jfloat scale, jlong values, jboolean add, jlong sums) {
    FLUSH
    k->row_sums(rows, columns, scale, IN(values), add, OUT(sums));
}

JAVA(void, softmax, jint rows, jint columns, jfloat scale, jlong values, jlong sums) {
    FLUSH
    k->softmax(rows, columns, scale, OUT(values), OUT(sums));
}

JAVA(void, scaleColumns, jint rows, jint columns, jlong factors, jlong values) {
    FLUSH
    k->scale_columns(rows, columns, IN(factors), OUT(values));
}

JAVA(jdouble, logistic, jlong count, jfloat scale, jlong values) {
    FLUSH
    return k->logistic(count, scale, OUT(values));
}

JAVA(jdouble, sumOfSquares, jlong count, jlong x) {
    FLUSH
    return k->sum_of_squares(count, IN(x));
}

JAVA(void, axpy, jlong count, jfloat a, jlong x, jlong y) {
    FLUSH
    k->axpy(count, a, IN(x), OUT(y));
}

JAVA(void, accrue, jlong count, jlong x, jlong sum, jfloat a, jlong y) {
    FLUSH
    k->accrue(count, IN(x), OUT(sum), a, OUT(y));
}

JAVA(void, scale, jlong count, jfloat a, jlong x) {
    FLUSH
    k->scale(count, a, OUT(x));
}

JAVA(void, clamp, jlong count, jfloat limit, jlong x) {
    FLUSH
    k->clamp(count, limit, OUT(x));
}

JAVA(void, decay, jlong count, jfloat l1, jfloat l2, jlong parameters, jlong gradient) {
    FLUSH
    k->decay(count, l1, l2, IN(parameters), OUT(gradient));
}

JAVA(void, dropout, jlong key, jlong first, jint units, jint batch, jfloat rate, jlong from, jlong to) {
    FLUSH
    k->dropout(key, first, units, batch, rate, IN(from), OUT(to));
}

JAVA(void, filter, jlong table, jint top, jint left, jint bottom, jint right, jint maps, jboolean tied, jint f,
     jint batch, jlong weights, jlong biases, jlong in, jlong out) {
    FLUSH
    const windows w = read_windows(table);
    const places p = {top, left, bottom, right};
    k->filter(&w, p, maps, tied, f, batch, IN(weights), IN(biases), IN(in), OUT(out));
}

JAVA(void, filterInputGradient, jlong table, jint maps, jboolean tied, jint batch, jlong weights, jlong gradient,
     jlong in_gradient) {
    FLUSH
    const windows w = read_windows(table);
    k->filter_input_gradient(&w, maps, tied, batch, IN(weights), IN(gradient), OUT(in_gradient));
}

JAVA(void, filterParameterGradient, jlong table, jint maps, jboolean tied, jint batch, jlong in, jlong gradient,
     jfloat scale, jboolean add, jlong weight_gradient, jlong bias_gradient) {
    FLUSH
    const windows w = read_windows(table);
    k->filter_parameter_gradient(&w, maps, tied, batch, IN(in), IN(gradient), scale, add, OUT(weight_gradient),
                                 OUT(bias_gradient));
}

JAVA(void, pool, jlong table, jint kind, jint batch, jlong in, jlong out) {
    FLUSH
    const windows w = read_windows(table);
    k->pool(kind, &w, batch, IN(in), OUT(out));
}

JAVA(void, poolGradient, jlong table, jint kind, jint batch, jlong in, jlong out, jlong gradient, jlong in_gradient) {
    FLUSH
    const windows w = read_windows(table);
    k->pool_gradient(kind, &w, batch, IN(in), IN(out), IN(gradient), OUT(in_gradient));
}

JAVA(void, contrast, jlong table, jint batch, jlong in, jlong work, jlong out) {
    FLUSH
    k->contrast(IN(table), batch, IN(in), OUT(work), OUT(out));
}

JAVA(void, contrastGradient, jlong table, jint batch, jlong in, jlong work, jlong gradient, jlong in_gradient) {
    FLUSH
    k->contrast_gradient(IN(table), batch, IN(in), OUT(work), IN(gradient), OUT(in_gradient));
}
