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

#define GET(p) (n == LANES ? load(p) : load_some(p, n))
#define PUT(p, x) do { if (n == LANES) store(p, x); else store_some(p, x, n); } while (0)

/* Runs a block on each vector of examples: i is its place, n its lanes. */
#define OVER_BATCH(...)                                                         \
    do {                                                                        \
        int i = 0;                                                              \
        { const int n = LANES; for (; i + LANES <= batch; i += LANES) { __VA_ARGS__; } } \
        if (i < batch) { const int n = batch - i; __VA_ARGS__; }                       \
    } while (0)

INLINE void weigh(const float *row, int width, long inner, const float *from, float *to, const int n) {
    vec s = {0};
    for (int k = 0; k < width; k++) s = fma_(splat(row[k]), GET(from + k * inner), s);
    PUT(to, s);
}

/* Weighted sums along the middle one of three dimensions. */
static void smooth(int outer, const band *b, long inner, const float *in, float *out) {
#pragma omp parallel for schedule(static)
    for (int place = 0; place < outer * b->out; place++) {
        const float *row = b->rows + (long)(place % b->out) * (b->width + 1);
        const float *from = in + ((long)(place / b->out) * b->in + (int)row[0]) * inner;
        float *to = out + place * inner;
        long i = 0;
        for (; i + LANES <= inner; i += LANES) weigh(row + 1, b->width, inner, from + i, to + i, LANES);
        if (i < inner) weigh(row + 1, b->width, inner, from + i, to + i, (int)(inner - i));
    }
}

/* The index in region `to` of a place of region `from`, or -1 where it lies outside. */
INLINE long place_in(const contrast *c, int from, int place, int to) {
    const int y = place / c->width[from] + c->top[from] - c->top[to];
    const int x = place % c->width[from] + c->left[from] - c->left[to];
    return y < 0 || x < 0 || y >= c->height[to] || x >= c->width[to] ? -1 : (long)y * c->width[to] + x;
}

INLINE long places(const contrast *c, int region) { return (long)c->height[region] * c->width[region]; }

/* work: six planes of the input's places; the first three are kept for the gradient: mean over the maps, weighted
 * mean, divisor. */
void FN(contrast)(const float *table, int batch, const float *in, float *work, float *out) {
    const contrast c = read_table(table);
    const long plane = places(&c, 0) * batch;
    float *s = work, *m = work + plane, *d = work + 2 * plane, *a = work + 4 * plane, *b = work + 5 * plane;
    const float share = 1.0f / c.maps;
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 0); p++) {
        const float *x = in + p * c.maps * batch;
        OVER_BATCH({
            vec t = {0};
            for (int k = 0; k < c.maps; k++) t += GET(x + (long)k * batch + i);
            PUT(s + p * batch + i, t * share);
        });
    }
    smooth(1, &c.rows[0], (long)c.width[0] * batch, s, a);
    smooth(c.height[1], &c.columns[0], batch, a, m);
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 1); p++) {
        const float *x = in + place_in(&c, 1, (int)p, 0) * c.maps * batch;
        OVER_BATCH({
            vec mean = GET(m + p * batch + i);
            vec t = {0};
            for (int k = 0; k < c.maps; k++) {
                vec v = GET(x + (long)k * batch + i) - mean;
                t = fma_(v, v, t);
            }
            PUT(a + p * batch + i, t * share);
        });
    }
    smooth(1, &c.rows[1], (long)c.width[1] * batch, a, b);
    smooth(c.height[2], &c.columns[1], batch, b, d);
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 2); p++) {
        const float *x = in + place_in(&c, 2, (int)p, 0) * c.maps * batch;
        const float *mean = m + place_in(&c, 2, (int)p, 1) * batch;
        float *y = out + p * c.maps * batch;
        OVER_BATCH({
            vec divisor = larger(root(GET(d + p * batch + i)), splat(c.floor));
            PUT(d + p * batch + i, divisor);
            vec factor = 1.0f / divisor;
            vec t = GET(mean + i);
            for (int k = 0; k < c.maps; k++) {
                PUT(y + (long)k * batch + i, (GET(x + (long)k * batch + i) - t) * factor);
            }
        });
    }
}

void FN(contrast_gradient)(const float *table, int batch, const float *in, float *work, const float *gradient,
                           float *in_gradient) {
    const contrast c = read_table(table);
    const long plane = places(&c, 0) * batch;
    float *s = work, *m = work + plane, *d = work + 2 * plane;
    float *e = work + 3 * plane, *a = work + 4 * plane, *b = work + 5 * plane;
    const float share = 1.0f / c.maps;
    /* e: what reaches the maps' mean through v / d; a: what reaches the variance through d. */
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 2); p++) {
        const float *x = in + place_in(&c, 2, (int)p, 0) * c.maps * batch;
        const float *mean = m + place_in(&c, 2, (int)p, 1) * batch;
        const float *g = gradient + p * c.maps * batch;
        OVER_BATCH({
            vec t = GET(mean + i), divisor = GET(d + p * batch + i);
            if (n < LANES) divisor = choose(divisor == 0.0f, splat(1), divisor);
            vec sums = {0}, products = {0};
            for (int k = 0; k < c.maps; k++) {
                vec dy = GET(g + (long)k * batch + i);
                sums += dy;
                products = fma_(dy, GET(x + (long)k * batch + i) - t, products);
            }
            vec factor = 1.0f / divisor;
            PUT(e + p * batch + i, sums * factor * share);
            PUT(a + p * batch + i,
                choose(divisor > c.floor, products * factor * factor * factor * share, splat(0)));
        });
    }
    smooth(c.height[2], &c.columns_back[1], batch, a, b);
    smooth(1, &c.rows_back[1], (long)c.width[1] * batch, b, a);
    /* b: what reaches the mean over the maps, from all of v. */
#pragma omp parallel for schedule(static)
    for (long p = 0; p < places(&c, 1); p++) {
        const float *over = s + place_in(&c, 1, (int)p, 0) * batch;
        const long inside = place_in(&c, 1, (int)p, 2);
        OVER_BATCH({
            vec t = GET(a + p * batch + i) * (GET(over + i) - GET(m + p * batch + i));
            PUT(b + p * batch + i, inside < 0 ? -t : GET(e + inside * batch + i) - t);
        });
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
        OVER_BATCH({
            vec less = GET(b + p * batch + i);
            vec factor = {0}, t = {0}, mean = {0};
            if (middle >= 0) {
                t = GET(a + middle * batch + i);
                mean = GET(m + middle * batch + i);
            }
            if (last >= 0) factor = 1.0f / GET(d + last * batch + i);
            for (int k = 0; k < c.maps; k++) {
                vec dx = -less;
                if (middle >= 0) dx -= t * (GET(x + (long)k * batch + i) - mean);
                if (last >= 0) dx = fma_(GET(g + (long)k * batch + i), factor, dx);
                PUT(to + (long)k * batch + i, dx);
            }
        });
    }
}
