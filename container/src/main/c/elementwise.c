/* Operations on each element, row or column. Sums are taken in an order that does not depend on the threads. */
#include "kernels.h"
#include "vector.h"

/* Fewer elements than this are not worth a second thread. */
#define FEW 16384
/* Elements that one thread takes at a time; a multiple of LANES. */
#define CHUNK 4096

INLINE long least(long a, long b) { return a < b ? a : b; }

/* Runs `body` on every vector of [0, count): i is its place, n its lanes, LANES but for the last one. */
#define OVER_VECTORS(count, whole, rest)                             \
    _Pragma("omp parallel for schedule(static) if (count > FEW)")    \
    for (long chunk = 0; chunk < count; chunk += CHUNK) {            \
        const long end = least(count, chunk + CHUNK);                \
        long i = chunk;                                              \
        for (; i + LANES <= end; i += LANES) { whole; }              \
        if (i < end) { const int n = (int)(end - i); rest; }         \
    }

void FN(activate)(int f, int rows, int columns, const float *bias, float *values) {
#pragma omp parallel for schedule(static) if ((long)rows * columns > FEW)
    for (int r = 0; r < rows; r++) {
        float *row = values + (long)r * columns;
        const vec b = splat(bias[r]);
        int i = 0;
#define ROW(F)                                                                                   \
    for (; i + LANES <= columns; i += LANES) store(row + i, activated(F, load(row + i) + b));    \
    if (i < columns) store_some(row + i, activated(F, load_some(row + i, columns - i) + b), columns - i);
        switch (f) {
            case SIGMOID: ROW(SIGMOID) break;
            case TANH: ROW(TANH) break;
            case RELU: ROW(RELU) break;
            case SOFTPLUS: ROW(SOFTPLUS) break;
            default: ROW(LINEAR)
        }
    }
}

void FN(activation_gradient)(int f, long count, const float *outputs, float *gradient) {
#define GRADIENT(F)                                                                                   \
    OVER_VECTORS(count, store(gradient + i, load(gradient + i) * derivative(F, load(outputs + i))),   \
                 store_some(gradient + i, load_some(gradient + i, n) * derivative(F, load_some(outputs + i, n)), n))
    switch (f) {
        case SIGMOID: GRADIENT(SIGMOID) break;
        case TANH: GRADIENT(TANH) break;
        case RELU: GRADIENT(RELU) break;
        case SOFTPLUS: GRADIENT(SOFTPLUS) break;
    }
}

void FN(row_sums)(int rows, int columns, float scale, const float *values, int add, float *sums) {
#pragma omp parallel for schedule(static) if ((long)rows * columns > FEW)
    for (int r = 0; r < rows; r++) {
        const float *row = values + (long)r * columns;
        vec s = {0};
        int i = 0;
        for (; i + LANES <= columns; i += LANES) s += load(row + i);
        if (i < columns) s += load_some(row + i, columns - i);
        sums[r] = (add ? sums[r] : 0) + scale * sum(s);
    }
}

/* The columns [from, from + V vectors) of a matrix; only `some` lanes of the last vector count, if not 0. */
/* Where sums are wanted: for each column the greatest x, and a row below the sum of exp(x - greatest). */
INLINE void softmax_columns(const int V, int some, int rows, int columns, float scale, float *values, float *sums) {
    vec greatest[4], total[4] = {0};
#define AT(r, v) (values + (long)(r) * columns + (v) * LANES)
#define GET(r, v) (some && v == V - 1 ? load_some(AT(r, v), some) : load(AT(r, v)))
#define PUT(r, v, x) \
    do { if (some && v == V - 1) store_some(AT(r, v), x, some); else store(AT(r, v), x); } while (0)
    for (int v = 0; v < V; v++) greatest[v] = GET(0, v);
    for (int r = 1; r < rows; r++) {
        for (int v = 0; v < V; v++) greatest[v] = larger(greatest[v], GET(r, v));
    }
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < V; v++) {
            vec e = exponential(GET(r, v) - greatest[v]);
            total[v] += e;
            PUT(r, v, e);
        }
    }
    for (int v = 0; sums && v < V; v++) {
        float *to = sums + v * LANES;
        const int n = some && v == V - 1 ? some : LANES;
        store_some(to, greatest[v], n);
        store_some(to + columns, total[v], n);
    }
    for (int v = 0; v < V; v++) total[v] = scale / total[v];
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < V; v++) PUT(r, v, GET(r, v) * total[v]);
    }
}

void FN(softmax)(int rows, int columns, float scale, float *values, float *sums) {
    const int width = 2 * LANES;
    const int blocks = (columns + width - 1) / width;
#pragma omp parallel for schedule(static) if ((long)rows * columns > FEW)
    for (int block = 0; block < blocks; block++) {
        float *from = values + (long)block * width;
        float *to = sums ? sums + (long)block * width : sums;
        const int left = columns - block * width;
        if (left >= width) {
            softmax_columns(2, 0, rows, columns, scale, from, to);
        } else if (left > LANES) {
            softmax_columns(2, left - LANES, rows, columns, scale, from, to);
        } else {
            softmax_columns(1, left, rows, columns, scale, from, to);
        }
    }
}

/* Every column times its factor. */
void FN(scale_columns)(int rows, int columns, const float *factors, float *values) {
#pragma omp parallel for schedule(static) if ((long)rows * columns > FEW)
    for (int r = 0; r < rows; r++) {
        float *row = values + (long)r * columns;
        int c = 0;
        for (; c + LANES <= columns; c += LANES) store(row + c, load(row + c) * load(factors + c));
        const int n = columns - c;
        if (n) store_some(row + c, load_some(row + c, n) * load_some(factors + c, n), n);
    }
}

typedef double wide __attribute__((vector_size(8 * LANES)));

/* Partial sums are kept by chunks of the data, never by threads. */
#define PARTS 64

#define SUM_OVER(count, ...)                                                            \
    double parts[PARTS] = {0};                                                          \
    const long each = ((count + PARTS - 1) / PARTS + LANES - 1) / LANES * LANES;        \
    _Pragma("omp parallel for schedule(static) if (count > FEW)")                       \
    for (int part = 0; part < PARTS; part++) {                                          \
        const long end = least(count, (part + 1) * each);                               \
        double s = 0;                                                                   \
        wide squares = {0};                                                             \
        for (long at = part * each; at < end; at += CHUNK) {                            \
            const long stop = least(end, at + CHUNK);                                   \
            vec v = {0};                                                                \
            for (long i = at; i < stop; i += LANES) {                                   \
                const int n = (int)least(LANES, stop - i);                              \
                __VA_ARGS__;                                                            \
            }                                                                           \
            s += sum(v);                                                                \
        }                                                                               \
        for (int l = 0; l < LANES; l++) s += squares[l];                                \
        parts[part] = s;                                                                \
    }                                                                                   \
    double total = 0;                                                                   \
    for (int part = 0; part < PARTS; part++) total += parts[part];                      \
    return total;

/* values = scale * sigmoid(values); the sum of softplus(values) as they were. */
double FN(logistic)(long count, float scale, float *values) {
    SUM_OVER(count, {
        vec x = n == LANES ? load(values + i) : load_some(values + i, n);
        vec t = exponential(-absolute(x));
        vec p = choose(x < 0.0f, t, splat(1)) / (t + 1.0f);
        vec loss = choose(x < 0.0f, splat(0), x) + log_one_plus(t);
        if (n == LANES) {
            store(values + i, scale * p);
            v += loss;
        } else {
            store_some(values + i, scale * p, n);
            for (int l = 0; l < n; l++) s += loss[l];
        }
    })
}

double FN(sum_of_squares)(long count, const float *x) {
    SUM_OVER(count, {
        wide a = __builtin_convertvector(n == LANES ? load(x + i) : load_some(x + i, n), wide);
        squares += a * a;
    })
}

void FN(axpy)(long count, float a, const float *x, float *y) {
    OVER_VECTORS(count, store(y + i, fma_(splat(a), load(x + i), load(y + i))),
                 store_some(y + i, fma_(splat(a), load_some(x + i, n), load_some(y + i, n)), n))
}

INLINE void accrue_vector(const float *x, float *sum, float a, float *y) {
    const vec v = load(x);
    store(sum, load(sum) + v);
    store(y, fma_(splat(a), v, load(y)));
}

INLINE void accrue_some(const float *x, float *sum, float a, float *y, int n) {
    const vec v = load_some(x, n);
    store_some(sum, load_some(sum, n) + v, n);
    store_some(y, fma_(splat(a), v, load_some(y, n)), n);
}

void FN(accrue)(long count, const float *x, float *sum, float a, float *y) {
    OVER_VECTORS(count, accrue_vector(x + i, sum + i, a, y + i), accrue_some(x + i, sum + i, a, y + i, n))
}

void FN(scale)(long count, float a, float *x) {
    OVER_VECTORS(count, store(x + i, a * load(x + i)), store_some(x + i, a * load_some(x + i, n), n))
}

/* Not a number stays what it is. */
INLINE vec held(vec x, float limit) {
    return choose(x > limit, splat(limit), choose(x < -limit, splat(-limit), x));
}

void FN(clamp)(long count, float limit, float *x) {
    OVER_VECTORS(count, store(x + i, held(load(x + i), limit)), store_some(x + i, held(load_some(x + i, n), limit), n))
}

INLINE vec decayed(float l1, float l2, vec w, vec g) {
    vec sign = choose(w > 0.0f, splat(l1), choose(w < 0.0f, splat(-l1), splat(0)));
    return g + l2 * w + sign;
}

void FN(decay)(long count, float l1, float l2, const float *parameters, float *gradient) {
    OVER_VECTORS(count, store(gradient + i, decayed(l1, l2, load(parameters + i), load(gradient + i))),
                 store_some(gradient + i, decayed(l1, l2, load_some(parameters + i, n), load_some(gradient + i, n)), n))
}

/* Mixes the bits of a number (the finalisers of integer hashes with low bias). */
INLINE uint32_t mixed(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

INLINE uvec mixed_vector(uvec x) {
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

/* Unit u of example e is dropped where 24 bits hashed from (key, u, e) are below rate * 2^24; the rest is scaled up. */
void FN(dropout)(long key, long first, int units, int batch, float rate, const float *from, float *to) {
    const uint32_t threshold = (uint32_t)(rate * 16777216.0f);
    const float kept = 1 / (1 - rate);
    uvec lanes;
    for (int l = 0; l < LANES; l++) lanes[l] = (uint32_t)l * 0x9e3779b9u;
#pragma omp parallel for schedule(static) if ((long)units * batch > FEW)
    for (int u = 0; u < units; u++) {
        const uint32_t row = mixed(mixed((uint32_t)key ^ (uint32_t)(first + u)) ^ (uint32_t)(key >> 32));
        const float *x = from + (long)u * batch;
        float *y = to + (long)u * batch;
        for (int i = 0; i < batch; i += LANES) {
            const int n = (int)least(LANES, batch - i);
            uvec bits = mixed_vector(lanes + (row + (uint32_t)i * 0x9e3779b9u)) >> 8;
            ivec keep = (ivec)bits >= (int32_t)threshold;
            if (n == LANES) {
                store(y + i, choose(keep, kept * load(x + i), splat(0)));
            } else {
                store_some(y + i, choose(keep, kept * load_some(x + i, n), splat(0)), n);
            }
        }
    }
}
