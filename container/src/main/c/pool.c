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

/* Gives the gradient of one window to its pixels: stored where windows lie apart, else added. */
INLINE void spread(const int kind, const windows *w, box b, long inner, int apart, const float *in, const float *out,
                   const float *gradient, float *in_gradient, const int n) {
    vec g = GET(gradient);
    vec y = {0};
    if (kind == AVERAGE) g = g * (1.0f / ((b.y1 - b.y0) * (b.x1 - b.x0)));
    if (kind == MAX) y = GET(out);
    if (kind == L2) {
        y = GET(out);
        g = choose(y > 0.0f, g / y, splat(0));
    }
#if LANES == 16
    __mmask16 open = 0xffff; /* the examples whose greatest pixel was not met yet */
#endif
    for (int iy = b.y0; iy < b.y1; iy++) {
        long at = ((long)iy * w->in_width + b.x0) * inner;
        for (int ix = b.x0; ix < b.x1; ix++, at += inner) {
#if LANES == 16
            if (kind == MAX && n == LANES) {
                const __mmask16 here =
                    _mm512_mask_cmp_ps_mask(open, (__m512)load(in + at), (__m512)y, _CMP_EQ_OQ);
                const __m512 old = apart ? _mm512_setzero_ps() : (__m512)load(in_gradient + at);
                open &= ~here;
                store(in_gradient + at, (vec)_mm512_mask_add_ps(old, here, old, (__m512)g));
                continue;
            }
#endif
            vec share = g;
            if (kind == MAX) {
                const ivec here = GET(in + at) == y;
                share = choose(here, g, splat(0));
                g = choose(here, splat(0), g); /* the first of equal ones has it all */
            }
            if (kind == L2) share = g * GET(in + at);
            PUT(in_gradient + at, apart ? share : GET(in_gradient + at) + share);
        }
    }
}

INLINE void clear_rows(const windows *w, int from, int to, long inner, long start, long count, float *in_gradient) {
    for (long pixel = (long)from * w->in_width; pixel < (long)to * w->in_width; pixel++) {
        __builtin_memset(in_gradient + pixel * inner + start, 0, sizeof(float) * count);
    }
}

/* Each thread takes a part of the maps and examples, so that windows that overlap never meet in two threads. */
void FN(pool_gradient)(int kind, const windows *w, int batch, const float *in, const float *out, const float *gradient,
                       float *in_gradient) {
    const long inner = (long)w->channels * batch;
    const int apart = w->height <= w->stride_y && w->width <= w->stride_x;
    const int whole = apart && w->height == w->stride_y && w->width == w->stride_x && w->top == 0 && w->left == 0
                      && w->out_height * w->stride_y == w->in_height && w->out_width * w->stride_x == w->in_width;
    /* Long pieces: pixels lie far apart, and short ones would meet in few lines of the cache. */
    const long part = (inner / omp_get_max_threads() / LANES + 1) * LANES;
#pragma omp parallel for schedule(static)
    for (long start = 0; start < inner; start += part) {
        const long end = start + part < inner ? start + part : inner;
        int cleared = 0;
        for (int oy = 0; oy < w->out_height; oy++) {
            const int reach = box_at(w, oy, 0).y1;
            if (!whole && reach > cleared) {
                clear_rows(w, cleared, reach, inner, start, end - start, in_gradient);
                cleared = reach;
            }
            for (int ox = 0; ox < w->out_width; ox++) {
                const box b = box_at(w, oy, ox);
                const long o = ((long)oy * w->out_width + ox) * inner;
                long i = start;
#define BACKWARD(K)                                                                                              \
    for (; i + LANES <= end; i += LANES)                                                                         \
        spread(K, w, b, inner, apart, in + i, out + o + i, gradient + o + i, in_gradient + i, LANES);            \
    if (i < end)                                                                                                 \
        spread(K, w, b, inner, apart, in + i, out + o + i, gradient + o + i, in_gradient + i, (int)(end - i));
                EACH_KIND(kind, BACKWARD)
            }
        }
        if (!whole) clear_rows(w, cleared, w->in_height, inner, start, end - start, in_gradient);
    }
}
