/*
 * Filters with a window at every place: locally connected (a set of weights of its own for each place) or tied (one
 * set for all). The examples of a mini-batch lie next to each other, so a row of a window is one contiguous piece of
 * the picture and nothing is unfolded. Every result is computed by one thread in one order: it does not depend on the
 * number of threads.
 */
#include "kernels.h"
#include "vector.h"

#define MAPS 4    /* maps, channels or units of a register tile */
#define VECTORS 4 /* vectors of examples of a register tile */

INLINE int most(int a, int b) { return a > b ? a : b; }
INLINE int least(int a, int b) { return a < b ? a : b; }

/* The part of the window at one place that lies within the picture: rows and columns of the window. */
typedef struct {
    int y, x;     /* corner of the whole window in the picture; may be negative */
    int y0, y1, x0, x1;
} span;

INLINE span span_at(const windows *w, int oy, int ox) {
    span s;
    s.y = oy * w->stride_y + w->top;
    s.x = ox * w->stride_x + w->left;
    s.y0 = most(0, -s.y);
    s.y1 = least(w->height, w->in_height - s.y);
    s.x0 = most(0, -s.x);
    s.x1 = least(w->width, w->in_width - s.x);
    return s;
}

/* ---- forward ---- */

/* M maps x V vectors of examples of one place; with `some` only the first lanes of the last vector count. */
INLINE void forward_tile(const int M, const int V, int some, const windows *w, const span *s, int f, int batch,
                         const float *weights, const float *biases, const float *in, float *out) {
    vec sums[MAPS][VECTORS];
    const int depth = w->height * w->width * w->channels;
    for (int m = 0; m < M; m++) {
        for (int v = 0; v < V; v++) {
            sums[m][v] = splat(biases[m]);
        }
    }
    const int run = (s->x1 - s->x0) * w->channels;
    for (int y = s->y0; y < s->y1; y++) {
        const float *x = in + (long)((s->y + y) * w->in_width + s->x + s->x0) * w->channels * batch;
        const float *row = weights + (y * w->width + s->x0) * w->channels;
        for (int k = 0; k < run; k++, x += batch) {
            vec value[VECTORS];
#pragma GCC unroll 8
            for (int v = 0; v < V; v++) {
                value[v] = some && v == V - 1 ? load_some(x + v * LANES, some) : load(x + v * LANES);
            }
#pragma GCC unroll 8
            for (int m = 0; m < M; m++) {
                vec weight = splat(row[m * depth + k]);
#pragma GCC unroll 8
                for (int v = 0; v < V; v++) {
                    sums[m][v] = fma_(weight, value[v], sums[m][v]);
                }
            }
        }
    }
    for (int m = 0; m < M; m++) {
        for (int v = 0; v < V; v++) {
            vec y = activated(f, sums[m][v]);
            float *to = out + (long)m * batch + v * LANES;
            if (some && v == V - 1) {
                store_some(to, y, some);
            } else {
                store(to, y);
            }
        }
    }
}

/* Calls `tile(M, V, some, ...)` for all examples, with M fixed. */
#define OVER_EXAMPLES(tile, M, ...)                                                              \
    do {                                                                                         \
        int b = 0;                                                                               \
        for (; b + VECTORS * LANES <= batch; b += VECTORS * LANES) tile(M, VECTORS, 0, __VA_ARGS__); \
        for (; b + 2 * LANES <= batch; b += 2 * LANES) tile(M, 2, 0, __VA_ARGS__);                 \
        for (; b + LANES <= batch; b += LANES) tile(M, 1, 0, __VA_ARGS__);                       \
        if (b < batch) tile(M, 1, batch - b, __VA_ARGS__);                                       \
    } while (0)

#define FORWARD(M, V, SOME, unused) \
    forward_tile(M, V, SOME, w, &s, f, batch, weight + (long)m * depth, bias + m, in + b, to + (long)m * batch + b)

void FN(filter)(const windows *w, int maps, int tied, int f, int batch, const float *weights, const float *biases,
                const float *in, float *out) {
    const int depth = w->height * w->width * w->channels;
#pragma omp parallel for schedule(static)
    for (int place = 0; place < w->out_height * w->out_width; place++) {
        span s = span_at(w, place / w->out_width, place % w->out_width);
        const float *weight = tied ? weights : weights + (long)place * maps * depth;
        const float *bias = tied ? biases : biases + (long)place * maps;
        float *to = out + (long)place * maps * batch;
        int m = 0;
        for (; m + 4 <= maps; m += 4) OVER_EXAMPLES(FORWARD, 4, 0);
        switch (maps - m) {
            case 3: OVER_EXAMPLES(FORWARD, 3, 0); break;
            case 2: OVER_EXAMPLES(FORWARD, 2, 0); break;
            case 1: OVER_EXAMPLES(FORWARD, 1, 0); break;
        }
    }
}

/* ---- gradient by the inputs: every input gathers from the windows that it belongs to ---- */

/* The first and the last place on one axis whose windows hold a pixel. */
INLINE int first_place(int pixel, int corner, int window, int stride) {
    int behind = pixel - corner - window + 1;
    return behind <= 0 ? 0 : (behind + stride - 1) / stride;
}

INLINE int last_place(int pixel, int corner, int stride, int places) {
    int from = pixel - corner;
    return from < 0 ? -1 : least(places - 1, from / stride);
}

/* C channels x V vectors of examples of one pixel. */
INLINE void input_tile(const int C, const int V, int some, const windows *w, int maps, int tied, int batch, int iy,
                       int ix, int channel, const float *weights, const float *gradient, float *to) {
    vec sums[MAPS][VECTORS] = {0};
    const int depth = w->height * w->width * w->channels;
    const int y0 = first_place(iy, w->top, w->height, w->stride_y);
    const int y1 = last_place(iy, w->top, w->stride_y, w->out_height);
    const int x0 = first_place(ix, w->left, w->width, w->stride_x);
    const int x1 = last_place(ix, w->left, w->stride_x, w->out_width);
    for (int oy = y0; oy <= y1; oy++) {
        for (int ox = x0; ox <= x1; ox++) {
            const long place = (long)oy * w->out_width + ox;
            const int ky = iy - (oy * w->stride_y + w->top);
            const int kx = ix - (ox * w->stride_x + w->left);
            const float *weight = weights + (tied ? 0 : place * maps * depth)
                                  + ((long)ky * w->width + kx) * w->channels + channel;
            const float *g = gradient + place * maps * batch;
            for (int m = 0; m < maps; m++, weight += depth, g += batch) {
                vec value[VECTORS];
#pragma GCC unroll 8
                for (int v = 0; v < V; v++) {
                    value[v] = some && v == V - 1 ? load_some(g + v * LANES, some) : load(g + v * LANES);
                }
#pragma GCC unroll 8
                for (int c = 0; c < C; c++) {
                    vec factor = splat(weight[c]);
#pragma GCC unroll 8
                    for (int v = 0; v < V; v++) {
                        sums[c][v] = fma_(factor, value[v], sums[c][v]);
                    }
                }
            }
        }
    }
    for (int c = 0; c < C; c++) {
        for (int v = 0; v < V; v++) {
            float *at = to + (long)c * batch + v * LANES;
            if (some && v == V - 1) {
                store_some(at, sums[c][v], some);
            } else {
                store(at, sums[c][v]);
            }
        }
    }
}

#define INPUT(C, V, SOME, unused) \
    input_tile(C, V, SOME, w, maps, tied, batch, iy, ix, c, weights, gradient + b, to + (long)c * batch + b)

void FN(filter_input_gradient)(const windows *w, int maps, int tied, int batch, const float *weights,
                               const float *gradient, float *in_gradient) {
#pragma omp parallel for schedule(dynamic)
    for (int iy = 0; iy < w->in_height; iy++) {
        for (int ix = 0; ix < w->in_width; ix++) {
            float *to = in_gradient + ((long)iy * w->in_width + ix) * w->channels * batch;
            int c = 0;
            for (; c + 4 <= w->channels; c += 4) OVER_EXAMPLES(INPUT, 4, 0);
            switch (w->channels - c) {
                case 3: OVER_EXAMPLES(INPUT, 3, 0); break;
                case 2: OVER_EXAMPLES(INPUT, 2, 0); break;
                case 1: OVER_EXAMPLES(INPUT, 1, 0); break;
            }
        }
    }
}

/* ---- gradient by the weights: products of rows of examples ---- */

/* sums[m * MAPS + k] += products of M rows of the gradient and K rows of the picture, over all examples. */
INLINE void products(const int M, const int K, int batch, const float *gradient, const float *in,
                     vec sums[MAPS * MAPS]) {
    int b = 0;
    for (; b + LANES <= batch; b += LANES) {
        vec x[MAPS];
#pragma GCC unroll 8
        for (int k = 0; k < K; k++) {
            x[k] = load(in + (long)k * batch + b);
        }
#pragma GCC unroll 8
        for (int m = 0; m < M; m++) {
            vec g = load(gradient + (long)m * batch + b);
#pragma GCC unroll 8
            for (int k = 0; k < K; k++) {
                sums[m * MAPS + k] = fma_(g, x[k], sums[m * MAPS + k]);
            }
        }
    }
    if (b < batch) {
        for (int m = 0; m < M; m++) {
            vec g = load_some(gradient + (long)m * batch + b, batch - b);
            for (int k = 0; k < K; k++) {
                sums[m * MAPS + k] = fma_(g, load_some(in + (long)k * batch + b, batch - b), sums[m * MAPS + k]);
            }
        }
    }
}

#if LANES == 16
#define FOLD(a, b, A, B) (__builtin_shufflevector(a, b, A) + __builtin_shufflevector(a, b, B))
#define LOW8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define LOW4 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define HIGH4 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#define LOW2 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29
#define HIGH2 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31
#define LOW1 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define HIGH1 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#endif

/* The sum of the lanes of each of 16 vectors: a tree that folds two vectors into one at a time. */
INLINE void fold(vec sums[MAPS * MAPS], float result[MAPS * MAPS]) {
#if LANES == 16
    vec a[8], c[4];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) a[i] = FOLD(sums[2 * i], sums[2 * i + 1], LOW8, HIGH8);
#pragma GCC unroll 8
    for (int i = 0; i < 4; i++) c[i] = FOLD(a[2 * i], a[2 * i + 1], LOW4, HIGH4);
    vec d = FOLD(c[0], c[1], LOW2, HIGH2);
    vec e = FOLD(c[2], c[3], LOW2, HIGH2);
    store(result, FOLD(d, e, LOW1, HIGH1));
#else
    for (int i = 0; i < MAPS * MAPS; i++) {
        result[i] = sum(sums[i]);
    }
#endif
}

INLINE void product_tile(const int M, const int K, int batch, const float *gradient, const float *in, int depth,
                         float scale, int add, float *to) {
    vec sums[MAPS * MAPS] = {0};
    float result[MAPS * MAPS];
    products(M, K, batch, gradient, in, sums);
    fold(sums, result);
    for (int m = 0; m < M; m++) {
        for (int k = 0; k < K; k++) {
            float *at = to + (long)m * depth + k;
            *at = (add ? *at : 0) + scale * result[m * MAPS + k];
        }
    }
}

/* All rows of one window row: `run` rows of the picture times `maps` rows of the gradient. */
INLINE void product_rows(int maps, int run, int batch, const float *gradient, const float *in, int depth, float scale,
                         int add, float *to) {
#define PRODUCT(M, K) \
    product_tile(M, K, batch, gradient + (long)m * batch, in + (long)k * batch, depth, scale, add, to + (long)m * depth + k)
#define OVER_RUN(M)                                      \
    do {                                                 \
        int k = 0;                                       \
        for (; k + 4 <= run; k += 4) PRODUCT(M, 4);      \
        switch (run - k) {                               \
            case 3: PRODUCT(M, 3); break;                \
            case 2: PRODUCT(M, 2); break;                \
            case 1: PRODUCT(M, 1); break;                \
        }                                                \
    } while (0)
    int m = 0;
    for (; m + 4 <= maps; m += 4) OVER_RUN(4);
    switch (maps - m) {
        case 3: OVER_RUN(3); break;
        case 2: OVER_RUN(2); break;
        case 1: OVER_RUN(1); break;
    }
}

INLINE float row_sum(const float *row, int count) {
    vec s = {0};
    int i = 0;
    for (; i + LANES <= count; i += LANES) s += load(row + i);
    if (i < count) s += load_some(row + i, count - i);
    return sum(s);
}

/* Every place has weights of its own. */
static void untied(const windows *w, int maps, int batch, const float *in, const float *gradient, float scale, int add,
                   float *weight_gradient, float *bias_gradient) {
    const int depth = w->height * w->width * w->channels;
#pragma omp parallel for schedule(static)
    for (int place = 0; place < w->out_height * w->out_width; place++) {
        span s = span_at(w, place / w->out_width, place % w->out_width);
        const float *g = gradient + (long)place * maps * batch;
        float *to = weight_gradient + (long)place * maps * depth;
        const int clipped = s.y0 > 0 || s.x0 > 0 || s.y1 < w->height || s.x1 < w->width;
        if (clipped && !add) {
            __builtin_memset(to, 0, sizeof(float) * maps * depth);
        }
        const int run = (s.x1 - s.x0) * w->channels;
        for (int y = s.y0; y < s.y1; y++) {
            const float *x = in + (long)((s.y + y) * w->in_width + s.x + s.x0) * w->channels * batch;
            product_rows(maps, run, batch, g, x, depth, scale, add, to + (y * w->width + s.x0) * w->channels);
        }
        for (int m = 0; m < maps; m++) {
            float *at = bias_gradient + (long)place * maps + m;
            *at = (add ? *at : 0) + scale * row_sum(g + (long)m * batch, batch);
        }
    }
}

/* M maps x K channels at one place of the window, summed over a row of places. */
INLINE void tied_tile(const int M, const int K, const windows *w, int maps, int batch, int oy, int x0, int x1,
                      const float *in, const float *gradient, int depth, float scale, float *to) {
    vec sums[MAPS * MAPS] = {0};
    float result[MAPS * MAPS];
    for (int ox = x0; ox <= x1; ox++) {
        products(M, K, batch, gradient + ((long)oy * w->out_width + ox) * maps * batch,
                 in + (long)ox * w->stride_x * w->channels * batch, sums);
    }
    fold(sums, result);
    for (int m = 0; m < M; m++) {
        for (int k = 0; k < K; k++) {
            to[(long)m * depth + k] += scale * result[m * MAPS + k];
        }
    }
}

/* One set of weights for all places: each thread owns some of the weights and goes over all places, row by row. */
static void tied_weights(const windows *w, int maps, int batch, const float *in, const float *gradient, float scale,
                         float *weight_gradient) {
    const int depth = w->height * w->width * w->channels;
    const int spots = w->height * w->width;
    const int blocks = (maps + MAPS - 1) / MAPS;
#pragma omp parallel for schedule(static)
    for (int task = 0; task < spots * blocks; task++) {
        const int spot = task / blocks;
        const int m = task % blocks * MAPS;
        const int ky = spot / w->width;
        const int kx = spot % w->width;
        const int wide = least(MAPS, maps - m);
        /* The places whose windows have this spot within the picture. */
        int x0 = -(w->left + kx) <= 0 ? 0 : (-(w->left + kx) + w->stride_x - 1) / w->stride_x;
        int x1 = w->in_width - 1 - w->left - kx < 0
                     ? -1
                     : least(w->out_width - 1, (w->in_width - 1 - w->left - kx) / w->stride_x);
        for (int oy = 0; oy < w->out_height; oy++) {
            int iy = oy * w->stride_y + w->top + ky;
            if (iy < 0 || iy >= w->in_height) {
                continue;
            }
            const float *x = in + ((long)iy * w->in_width + w->left + kx) * w->channels * batch;
            const float *g = gradient + (long)m * batch;
            float *to = weight_gradient + (long)m * depth + (long)spot * w->channels;
#define TIED(M, K) \
    tied_tile(M, K, w, maps, batch, oy, x0, x1, x + (long)c * batch, g, depth, scale, to + c)
#define OVER_CHANNELS(M)                                        \
    do {                                                        \
        int c = 0;                                              \
        for (; c + 4 <= w->channels; c += 4) TIED(M, 4);        \
        switch (w->channels - c) {                              \
            case 3: TIED(M, 3); break;                          \
            case 2: TIED(M, 2); break;                          \
            case 1: TIED(M, 1); break;                          \
        }                                                       \
    } while (0)
            switch (wide) {
                case 4: OVER_CHANNELS(4); break;
                case 3: OVER_CHANNELS(3); break;
                case 2: OVER_CHANNELS(2); break;
                default: OVER_CHANNELS(1); break;
            }
        }
    }
}

void FN(filter_parameter_gradient)(const windows *w, int maps, int tied, int batch, const float *in,
                                   const float *gradient, float scale, int add, float *weight_gradient,
                                   float *bias_gradient) {
    if (!tied) {
        untied(w, maps, batch, in, gradient, scale, add, weight_gradient, bias_gradient);
        return;
    }
    if (!add) {
        __builtin_memset(weight_gradient, 0, sizeof(float) * maps * w->height * w->width * w->channels);
        __builtin_memset(bias_gradient, 0, sizeof(float) * maps);
    }
    tied_weights(w, maps, batch, in, gradient, scale, weight_gradient);
#pragma omp parallel for schedule(static)
    for (int m = 0; m < maps; m++) {
        double total = 0;
        for (int place = 0; place < w->out_height * w->out_width; place++) {
            total += row_sum(gradient + ((long)place * maps + m) * batch, batch);
        }
        bias_gradient[m] += scale * (float)total;
    }
}
