/* Pooling: one number for each window and map. Maps and examples are the inner, contiguous dimension. */
#include <omp.h>
#include "kernels.h"
#include "vector.h"

/* NativeKernels.java has the same numbers. */
enum { MAX, AVERAGE, L2 };

INLINE int most(int a, int b) { return a > b ? a : b; }
INLINE int least(int a, int b) { return a < b ? a : b; }

/* The part of a window that lies within the picture, in pixels of the picture. */
typedef struct {
    int y0, y1, x0, x1;
} box;

INLINE box box_at(const windows *w, int oy, int ox) {
    const int y = oy * w->stride_y + w->top;
    const int x = ox * w->stride_x + w->left;
    return (box){most(0, y), least(w->in_height, y + w->height), most(0, x), least(w->in_width, x + w->width)};
}

#define GET(p) (n == LANES ? load(p) : load_some(p, n))
#define PUT(p, x) do { if (n == LANES) store(p, x); else store_some(p, x, n); } while (0)

INLINE void pool_vector(const int kind, const windows *w, box b, long inner, const float *in, float *out, const int n) {
    vec y = {0};
    for (int iy = b.y0; iy < b.y1; iy++) {
        const float *at = in + ((long)iy * w->in_width + b.x0) * inner;
        for (int ix = b.x0; ix < b.x1; ix++, at += inner) {
            vec x = GET(at);
            if (kind == MAX) {
                y = iy == b.y0 && ix == b.x0 ? x : larger(y, x);
            } else {
                y += kind == L2 ? x * x : x;
            }
        }
    }
    if (kind == AVERAGE) y = y * (1.0f / ((b.y1 - b.y0) * (b.x1 - b.x0)));
    PUT(out, kind == L2 ? root(y) : y);
}

#define EACH_KIND(kind, call)                     \
    switch (kind) {                               \
        case MAX: call(MAX) break;                \
        case AVERAGE: call(AVERAGE) break;        \
        default: call(L2) break;                  \
    }

void FN(pool)(int kind, const windows *w, int batch, const float *in, float *out) {
    const long inner = (long)w->channels * batch;
#pragma omp parallel for schedule(static)
    for (int place = 0; place < w->out_height * w->out_width; place++) {
        const box b = box_at(w, place / w->out_width, place % w->out_width);
        float *to = out + place * inner;
        long i = 0;
#define FORWARD(K)                                                                                       \
    for (; i + LANES <= inner; i += LANES) pool_vector(K, w, b, inner, in + i, to + i, LANES);           \
    if (i < inner) pool_vector(K, w, b, inner, in + i, to + i, (int)(inner - i));
        EACH_KIND(kind, FORWARD)
    }
}

/* The pixels that no window met before: from this row on, and from this column on. */
typedef struct {
    int y, x;
} fresh;

enum { BLOCK = LANES == 16 ? 8 : 4 };
#define EACH_VECTOR _Pragma("GCC unroll 8") for (int v = 0; v < V; v++)
#define GET_AT(p) (some ? load_some(p, some) : load((p) + v * LANES))
#define PUT_AT(p, x) do { if (some) store_some(p, x, some); else store((p) + v * LANES, x); } while (0)

/*
 * Gives the gradient of one window to its pixels: stored in those that no window met before, else added. For V vectors,
 * as memory is read far faster in order; only `some` lanes count if not 0, and V is 1 then.
 */
INLINE void spread(const int V, int some, const int kind, const windows *w, box b, fresh new, long inner,
                   const float *in, const float *out, const float *gradient, float *in_gradient) {
    vec g[BLOCK], y[BLOCK];
    EACH_VECTOR {
        g[v] = GET_AT(gradient);
        if (kind == AVERAGE) g[v] = g[v] * (1.0f / ((b.y1 - b.y0) * (b.x1 - b.x0)));
        if (kind != AVERAGE) y[v] = GET_AT(out);
        if (kind == L2) g[v] = choose(y[v] > 0.0f, g[v] / y[v], splat(0));
    }
    for (int iy = b.y0; iy < b.y1; iy++) {
        long at = ((long)iy * w->in_width + b.x0) * inner;
        for (int ix = b.x0; ix < b.x1; ix++, at += inner) {
            const int add = iy < new.y || ix < new.x;
            EACH_VECTOR {
                vec share = g[v];
                if (kind == MAX) {
                    const ivec here = GET_AT(in + at) == y[v];
                    share = choose(here, g[v], splat(0));
                    g[v] = choose(here, splat(0), g[v]); /* the first of equal ones has it all */
                }
                if (kind == L2) share = g[v] * GET_AT(in + at);
                if (add) share += GET_AT(in_gradient + at);
                PUT_AT(in_gradient + at, share);
            }
        }
    }
}

/* Pixels that no window meets: of some rows, from one column to another. */
INLINE void clear(const windows *w, int y0, int y1, int x0, int x1, long inner, long count, float *in_gradient) {
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
            __builtin_memset(in_gradient + ((long)y * w->in_width + x) * inner, 0, sizeof(float) * count);
        }
    }
}

/* Each thread takes a part of the maps and examples, so that windows that overlap never meet in two threads. */
void FN(pool_gradient)(int kind, const windows *w, int batch, const float *in, const float *out, const float *gradient,
                       float *in_gradient) {
    const long inner = (long)w->channels * batch;
    /* Long pieces: pixels lie far apart, and short ones would meet in few lines of the cache. */
    const long part = (inner / omp_get_max_threads() / LANES + 1) * LANES;
#pragma omp parallel for schedule(static)
    for (long start = 0; start < inner; start += part) {
        const long end = start + part < inner ? start + part : inner;
        float *to = in_gradient + start;
        fresh new = {0, 0};
        for (int oy = 0; oy < w->out_height; oy++) {
            box b = box_at(w, oy, 0);
            clear(w, new.y, b.y0, 0, w->in_width, inner, end - start, to);
            new.x = 0;
            for (int ox = 0; ox < w->out_width; ox++) {
                b = box_at(w, oy, ox);
                const int top = most(new.y, b.y0);
                clear(w, top, b.y1, new.x, b.x0, inner, end - start, to);
                const long o = ((long)oy * w->out_width + ox) * inner;
                long i = start;
#define SPREAD(V, SOME, K) \
    spread(V, SOME, K, w, b, new, inner, in + i, out + o + i, gradient + o + i, in_gradient + i)
#define BACKWARD(K)                                                                  \
    for (; i + BLOCK * LANES <= end; i += BLOCK * LANES) SPREAD(BLOCK, 0, K);        \
    for (; i + LANES <= end; i += LANES) SPREAD(1, 0, K);                            \
    if (i < end) SPREAD(1, (int)(end - i), K);
                EACH_KIND(kind, BACKWARD)
                new.x = most(new.x, b.x1);
            }
            clear(w, most(new.y, b.y0), b.y1, new.x, w->in_width, inner, end - start, to);
            new.y = most(new.y, b.y1);
        }
        clear(w, new.y, w->in_height, 0, w->in_width, inner, end - start, to);
    }
}
