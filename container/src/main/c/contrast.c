/*
 * Local contrast normalisation; see the record Contrast in Java, which lays out the table that is read here. Three
 * regions of places lie in one another: the input (0), the middle (1), where the mean is taken away, and the output
 * (2). What belongs to a place and not to a map is a plane: places x examples.
 */
#include "kernels.h"
#include "vector.h"

typedef struct {
    int in, out, width;
    const float *rows; /* for each output: its first input, then the weights */
} band;

typedef struct {
    int height[3], width[3];
    int top[3], left[3]; /* corner in the input */
    int maps;
    float floor;
    band rows[2], columns[2];                       /* from region i to region i + 1 */
    band rows_back[2], columns_back[2];             /* their transposes */
} contrast;

static const float *read_band(const float *from, band *b) {
    b->in = (int)from[0];
    b->out = (int)from[1];
    b->width = (int)from[2];
    b->rows = from + 3;
    return b->rows + (long)b->out * (b->width + 1);
}

static contrast read_table(const float *from) {
    contrast c;
    for (int i = 0; i < 3; i++) {
        c.height[i] = (int)*from++;
        c.width[i] = (int)*from++;
        c.top[i] = (int)*from++;
        c.left[i] = (int)*from++;
    }
    c.maps = (int)*from++;
    c.floor = *from++;
    for (int i = 0; i < 2; i++) {
        from = read_band(from, &c.rows[i]);
        from = read_band(from, &c.columns[i]);
        from = read_band(from, &c.rows_back[i]);
        from = read_band(from, &c.columns_back[i]);
    }
    return c;
}

/* Blocks of V vectors of examples; only `some` lanes count if not 0, and V is 1 then. */
#define GET(p) (some ? load_some(p, some) : load((p) + v * LANES))
#define PUT(p, x) do { if (some) store_some(p, x, some); else store((p) + v * LANES, x); } while (0)
#define EACH_VECTOR _Pragma("GCC unroll 4") for (int v = 0; v < V; v++)

/* Runs `call(V, some)` for all of `count` examples; i is where the block begins. */
#define OVER_EXAMPLES(count, call)                                             \
    do {                                                                       \
        long i = 0;                                                            \
        for (; i + 4 * LANES <= (count); i += 4 * LANES) { call(4, 0); }       \
        for (; i + LANES <= (count); i += LANES) { call(1, 0); }               \
        if (i < (count)) { call(1, (int)((count) - i)); }                      \
    } while (0)

INLINE void weigh(const int V, int some, const float *row, int width, long inner, const float *from, float *to) {
    vec sums[4] = {0};
    for (int k = 0; k < width; k++, from += inner) {
        const vec weight = splat(row[k]);
        EACH_VECTOR sums[v] = fma_(weight, GET(from), sums[v]);
    }
    EACH_VECTOR PUT(to, sums[v]);
}

/* Weighted sums along the middle one of three dimensions; the inner one in pieces that stay in the fastest cache. */
static void smooth(int outer, const band *b, long inner, const float *in, float *out) {
    const long piece = 32 * LANES;
    const long pieces = (inner + piece - 1) / piece;
#pragma omp parallel for schedule(static)
    for (long task = 0; task < outer * pieces; task++) {
        const long start = task % pieces * piece;
        const long count = start + piece < inner ? piece : inner - start;
        const float *piece_in = in + task / pieces * b->in * inner + start;
        float *to = out + task / pieces * b->out * inner + start;
        for (int o = 0; o < b->out; o++, to += inner) {
            const float *row = b->rows + (long)o * (b->width + 1);
            const float *from = piece_in + (int)row[0] * inner;
#define WEIGH(V, SOME) weigh(V, SOME, row + 1, b->width, inner, from + i, to + i)
            OVER_EXAMPLES(count, WEIGH);
        }
    }
}

/* The index in region `to` of a place of region `from`, or -1 where it lies outside. */
INLINE long place_in(const contrast *c, int from, int place, int to) {
    const int y = place / c->width[from] + c->top[from] - c->top[to];
    const int x = place % c->width[from] + c->left[from] - c->left[to];
    return y < 0 || x < 0 || y >= c->height[to] || x >= c->width[to] ? -1 : (long)y * c->width[to] + x;
}

INLINE long places(const contrast *c, int region) { return (long)c->height[region] * c->width[region]; }

/* A place's mean over the maps, and the mean square of what differs from it: one pass over memory. */
INLINE void mean_and_square(const int V, int some, int maps, int batch, const float *x, float *mean, float *square) {
    const float share = 1.0f / maps;
    vec means[4] = {0}, squares[4] = {0};
    for (int k = 0; k < maps; k++) {
        EACH_VECTOR means[v] += GET(x + (long)k * batch);
    }
    EACH_VECTOR means[v] *= share;
    for (int k = 0; k < maps; k++) {
        EACH_VECTOR {
            const vec difference = GET(x + (long)k * batch) - means[v];
            squares[v] = fma_(difference, difference, squares[v]);
        }
    }
    EACH_VECTOR PUT(mean, means[v]);
    EACH_VECTOR PUT(square, squares[v] * share);
}

/* The mean square around another mean: both terms are positive, nothing cancels. */
INLINE void move_square(const int V, int some, const float *square, const float *own, const float *mean, float *to) {
    EACH_VECTOR {
        const vec difference = GET(own) - GET(mean);
        PUT(to, fma_(difference, difference, GET(square)));
    }
}

INLINE void divide(const int V, int some, int maps, int batch, float floor, const float *x, const float *mean,
                   float *divisor, float *y) {
    vec means[4], factors[4];
    EACH_VECTOR {
        const vec d = larger(root(GET(divisor)), splat(floor));
        PUT(divisor, d);
        means[v] = GET(mean);
        factors[v] = 1.0f / d;
    }
    for (int k = 0; k < maps; k++, x += batch, y += batch) {
        EACH_VECTOR PUT(y, (GET(x) - means[v]) * factors[v]);
    }
}

/* work: six planes of the input's places; the first three are kept for the gradient: mean over the maps, weighted
 * mean, divisor. */
void FN(contrast)(const float *table, int batch, const float *in, float *work, float *out) {
    const contrast c = read_table(table);
    const long plane = places(&c, 0) * batch;
    float *s = work, *m = work + plane, *d = work + 2 * plane, *q = work + 3 * plane, *a = work + 4 * plane,
          *b = work + 5 * plane;
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 0); p++) {
        const float *x = in + p * c.maps * batch;
#define MEAN(V, SOME) mean_and_square(V, SOME, c.maps, batch, x + i, s + p * batch + i, q + p * batch + i)
        OVER_EXAMPLES(batch, MEAN);
    }
    smooth(1, &c.rows[0], (long)c.width[0] * batch, s, a);
    smooth(c.height[1], &c.columns[0], batch, a, m);
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 1); p++) {
        const long at = place_in(&c, 1, (int)p, 0) * batch;
#define MOVE(V, SOME) move_square(V, SOME, q + at + i, s + at + i, m + p * batch + i, a + p * batch + i)
        OVER_EXAMPLES(batch, MOVE);
    }
    smooth(1, &c.rows[1], (long)c.width[1] * batch, a, b);
    smooth(c.height[2], &c.columns[1], batch, b, d);
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 2); p++) {
        const float *x = in + place_in(&c, 2, (int)p, 0) * c.maps * batch;
        const float *mean = m + place_in(&c, 2, (int)p, 1) * batch;
        float *y = out + p * c.maps * batch;
#define DIVIDE(V, SOME) divide(V, SOME, c.maps, batch, c.floor, x + i, mean + i, d + p * batch + i, y + i)
        OVER_EXAMPLES(batch, DIVIDE);
    }
}

/* What reaches the maps' mean through v / d, and the variance through d; the divisor becomes 1 / d. */
INLINE void sums_and_products(const int V, int some, int maps, int batch, float floor, const float *x,
                              const float *mean, const float *gradient, float *divisor, float *by_mean,
                              float *by_variance) {
    const float share = 1.0f / maps;
    vec means[4], sums[4] = {0}, products[4] = {0};
    EACH_VECTOR means[v] = GET(mean);
    for (int k = 0; k < maps; k++, x += batch, gradient += batch) {
        EACH_VECTOR {
            const vec g = GET(gradient);
            sums[v] += g;
            products[v] = fma_(g, GET(x) - means[v], products[v]);
        }
    }
    EACH_VECTOR {
        const vec d = GET(divisor);
        const vec factor = 1.0f / d;
        PUT(by_mean, sums[v] * factor * share);
        PUT(by_variance, choose(d > floor, products[v] * factor * factor * factor * share, splat(0)));
        PUT(divisor, factor);
    }
}

INLINE void input_gradient(const int V, int some, int maps, int batch, const float *x, const float *gradient,
                           const float *less, const float *mean, const float *by_variance, const float *factor,
                           float *to) {
    vec offsets[4], slopes[4], factors[4];
    EACH_VECTOR {
        slopes[v] = by_variance ? GET(by_variance) : splat(0);
        offsets[v] = (by_variance ? slopes[v] * GET(mean) : splat(0)) - GET(less);
        factors[v] = factor ? GET(factor) : splat(0);
    }
    for (int k = 0; k < maps; k++, x += batch, gradient += batch, to += batch) {
        EACH_VECTOR {
            vec dx = offsets[v];
            if (by_variance) dx -= slopes[v] * GET(x);
            if (factor) dx = fma_(GET(gradient), factors[v], dx);
            PUT(to, dx);
        }
    }
}

void FN(contrast_gradient)(const float *table, int batch, const float *in, float *work, const float *gradient,
                           float *in_gradient) {
    const contrast c = read_table(table);
    const long plane = places(&c, 0) * batch;
    float *s = work, *m = work + plane, *d = work + 2 * plane, *e = work + 3 * plane, *a = work + 4 * plane,
          *b = work + 5 * plane;
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 2); p++) {
        const float *x = in + place_in(&c, 2, (int)p, 0) * c.maps * batch;
        const float *mean = m + place_in(&c, 2, (int)p, 1) * batch;
        const float *g = gradient + p * c.maps * batch;
        const long at = p * batch;
#define SUMS(V, SOME) \
    sums_and_products(V, SOME, c.maps, batch, c.floor, x + i, mean + i, g + i, d + at + i, e + at + i, a + at + i)
        OVER_EXAMPLES(batch, SUMS);
    }
    smooth(c.height[2], &c.columns_back[1], batch, a, b);
    smooth(1, &c.rows_back[1], (long)c.width[1] * batch, b, a);
    /* b: what reaches the mean over the maps, from all of v. */
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 1); p++) {
        const float *over = s + place_in(&c, 1, (int)p, 0) * batch;
        const float *mean = m + p * batch;
        const long inside = place_in(&c, 1, (int)p, 2) * batch;
        for (int i = 0; i < batch; i++) {
            b[p * batch + i] = a[p * batch + i] * (mean[i] - over[i]) + (inside < 0 ? 0 : e[inside + i]);
        }
    }
    smooth(c.height[1], &c.columns_back[0], batch, b, e);
    smooth(1, &c.rows_back[0], (long)c.width[0] * batch, e, b);
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 0); p++) {
        const long middle = place_in(&c, 0, (int)p, 1);
        const long last = middle < 0 ? -1 : place_in(&c, 0, (int)p, 2);
        const float *x = in + p * c.maps * batch;
        const float *g = gradient + last * c.maps * batch;
        float *to = in_gradient + p * c.maps * batch;
        const float *less = b + p * batch, *mean = m + middle * batch, *slope = a + middle * batch,
                    *factor = d + last * batch;
#define DX(V, SOME)                                                                                           \
    if (last >= 0)                                                                                            \
        input_gradient(V, SOME, c.maps, batch, x + i, g + i, less + i, mean + i, slope + i, factor + i, to + i); \
    else if (middle >= 0)                                                                                     \
        input_gradient(V, SOME, c.maps, batch, x + i, x + i, less + i, mean + i, slope + i, 0, to + i);       \
    else                                                                                                      \
        input_gradient(V, SOME, c.maps, batch, x + i, x + i, less + i, 0, 0, 0, to + i)
        OVER_EXAMPLES(batch, DX);
    }
}
