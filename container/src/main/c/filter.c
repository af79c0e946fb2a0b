/*
 * Filters with a window at every place: locally connected (a set of weights of its own for each place) or tied (one
 * set for all). The examples of a mini-batch lie next to each other, so a row of a window is one contiguous piece of
 * the picture and nothing is unfolded. Every result is computed by one thread in one order: it does not depend on the
 * number of threads.
 */
#include "kernels.h"
#include "vector.h"

/* Register tiles: so many maps or inputs times so many vectors of examples, with sums in three quarters of the registers. */
#if LANES == 16
#define MANY 8         /* maps forward, where there are so many */
#define MANY_VECTORS 3
#define UNITS 6        /* inputs backward */
#define VECTORS 4
#else
#define MANY 6
#define MANY_VECTORS 2
#define UNITS 6
#define VECTORS 2
#endif
#define MAPS 4 /* maps and inputs of a tile of weights */

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
    vec sums[MANY][VECTORS];
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

/* Calls `tile(M, V, some)` for all examples, with M fixed and at most V vectors at a time. */
#define OVER_EXAMPLES(tile, M, V)                                                  \
    do {                                                                           \
        int b = 0;                                                                 \
        for (; b + V * LANES <= batch; b += V * LANES) tile(M, V, 0);              \
        if (V > 2 && b + 2 * LANES <= batch) { tile(M, 2, 0); b += 2 * LANES; }    \
        for (; b + LANES <= batch; b += LANES) tile(M, 1, 0);                      \
        if (b < batch) tile(M, 1, batch - b);                                      \
    } while (0)

#define FORWARD(M, V, SOME) \
    forward_tile(M, V, SOME, w, &s, f, batch, weight + (long)m * depth, bias + m, in + b, to + (long)m * batch + b)

void FN(filter)(const windows *w, places p, int maps, int tied, int f, int batch, const float *weights, const float *biases,
                const float *in, float *out) {
    const int depth = w->height * w->width * w->channels;
#pragma omp parallel for schedule(static)
    for (int i = 0; i < (p.y1 - p.y0) * (p.x1 - p.x0); i++) {
        const int oy = p.y0 + i / (p.x1 - p.x0), ox = p.x0 + i % (p.x1 - p.x0);
        const int place = oy * w->out_width + ox;
        span s = span_at(w, oy, ox);
        const float *weight = tied ? weights : weights + (long)place * maps * depth;
        const float *bias = tied ? biases : biases + (long)place * maps;
        float *to = out + (long)place * maps * batch;
        int m = 0;
        for (; m + MANY <= maps; m += MANY) OVER_EXAMPLES(FORWARD, MANY, MANY_VECTORS);
        for (; m + 4 <= maps; m += 4) OVER_EXAMPLES(FORWARD, 4, VECTORS);
        switch (maps - m) {
            case 3: OVER_EXAMPLES(FORWARD, 3, VECTORS); break;
            case 2: OVER_EXAMPLES(FORWARD, 2, VECTORS); break;
            case 1: OVER_EXAMPLES(FORWARD, 1, VECTORS); break;
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

/* The windows that hold a pixel: rows and columns of places. */
typedef struct {
    int y0, y1, x0, x1;
} holders;

/* U inputs that follow each other x V vectors of examples; the inputs belong to pixels that the same windows hold. */
INLINE void input_tile(const int U, const int V, int some, const windows *w, int maps, int tied, int batch, int iy,
                       int ix, int unit, const holders *h, const float *weights, const float *gradient, float *to) {
    vec sums[UNITS][VECTORS] = {0};
    const long depth = (long)w->height * w->width * w->channels;
    for (int oy = h->y0; oy <= h->y1; oy++) {
        for (int ox = h->x0; ox <= h->x1; ox++) {
            const long place = (long)oy * w->out_width + ox;
            const int ky = iy - (oy * w->stride_y + w->top);
            const int kx = ix - (ox * w->stride_x + w->left);
            const float *weight = weights + (tied ? 0 : place * maps * depth)
                                  + ((long)ky * w->width + kx) * w->channels + unit;
            const float *g = gradient + place * maps * batch;
            for (int m = 0; m < maps; m++, weight += depth, g += batch) {
                vec value[VECTORS];
#pragma GCC unroll 8
                for (int v = 0; v < V; v++) {
                    value[v] = some && v == V - 1 ? load_some(g + v * LANES, some) : load(g + v * LANES);
                }
#pragma GCC unroll 8
                for (int u = 0; u < U; u++) {
                    vec factor = splat(weight[u]);
#pragma GCC unroll 8
                    for (int v = 0; v < V; v++) {
                        sums[u][v] = fma_(factor, value[v], sums[u][v]);
                    }
                }
            }
        }
    }
    for (int u = 0; u < U; u++) {
        for (int v = 0; v < V; v++) {
            float *at = to + (long)u * batch + v * LANES;
            if (some && v == V - 1) {
                store_some(at, sums[u][v], some);
            } else {
                store(at, sums[u][v]);
            }
        }
    }
}

#define INPUT(U, V, SOME)                                                                                   \
    input_tile(U, V, SOME, w, maps, tied, batch, iy, ix, u, &h, weights, gradient + b, to + (long)u * batch + b)

void FN(filter_input_gradient)(const windows *w, int maps, int tied, int batch, const float *weights,
                               const float *gradient, float *in_gradient) {
#pragma omp parallel for schedule(dynamic)
    for (int iy = 0; iy < w->in_height; iy++) {
        holders h;
        h.y0 = first_place(iy, w->top, w->height, w->stride_y);
        h.y1 = last_place(iy, w->top, w->stride_y, w->out_height);
        for (int ix = 0, next; ix < w->in_width; ix = next) {
            h.x0 = first_place(ix, w->left, w->width, w->stride_x);
            h.x1 = last_place(ix, w->left, w->stride_x, w->out_width);
            next = ix + 1;
            while (next < w->in_width && first_place(next, w->left, w->width, w->stride_x) == h.x0
                   && last_place(next, w->left, w->stride_x, w->out_width) == h.x1) {
                next++;
            }
            float *to = in_gradient + ((long)iy * w->in_width + ix) * w->channels * batch;
            const int units = (next - ix) * w->channels;
            int u = 0;
            for (; u + UNITS <= units; u += UNITS) OVER_EXAMPLES(INPUT, UNITS, VECTORS);
            switch (units - u) {
                case 5: OVER_EXAMPLES(INPUT, 5, VECTORS); break;
                case 4: OVER_EXAMPLES(INPUT, 4, VECTORS); break;
                case 3: OVER_EXAMPLES(INPUT, 3, VECTORS); break;
                case 2: OVER_EXAMPLES(INPUT, 2, VECTORS); break;
                case 1: OVER_EXAMPLES(INPUT, 1, VECTORS); break;
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

/* One set of weights for all places: each thread owns a window row of some maps and goes over all places in order. */
static void tied_weights(const windows *w, int maps, int batch, const float *in, const float *gradient, float scale,
                         float *weight_gradient) {
    const int depth = w->height * w->width * w->channels;
    const int blocks = (maps + MAPS - 1) / MAPS;
#pragma omp parallel for schedule(dynamic)
    for (int task = 0; task < w->height * blocks; task++) {
        const int y = task / blocks;
        const int m = task % blocks * MAPS;
        for (int place = 0; place < w->out_height * w->out_width; place++) {
            span s = span_at(w, place / w->out_width, place % w->out_width);
            if (y < s.y0 || y >= s.y1) {
                continue;
            }
            const int run = (s.x1 - s.x0) * w->channels;
            const float *x = in + (long)((s.y + y) * w->in_width + s.x + s.x0) * w->channels * batch;
            const float *g = gradient + ((long)place * maps + m) * batch;
            float *to = weight_gradient + (long)m * depth + (y * w->width + s.x0) * w->channels;
            product_rows(least(MAPS, maps - m), run, batch, g, x, depth, scale, 1, to);
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
