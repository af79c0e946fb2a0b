/*
 * What both directions of local contrast normalisation are made of: the table, weighted sums, and stages of rows. See
 * the record Contrast in Java, which lays the table out. Three regions of places lie in one another: the input (0), the
 * middle (1), where the mean is taken away, and the output (2). What belongs to a place and not to a map is a plane:
 * places x examples.
 */
#ifndef DISTBELIEF_CONTRAST_H
#define DISTBELIEF_CONTRAST_H

#include <omp.h>
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

static inline const float *read_band(const float *from, band *b) {
    b->in = (int)from[0];
    b->out = (int)from[1];
    b->width = (int)from[2];
    b->rows = from + 3;
    return b->rows + (long)b->out * (b->width + 1);
}

static inline contrast read_table(const float *from) {
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

INLINE int most(int a, int b) { return a > b ? a : b; }
INLINE int least(int a, int b) { return a < b ? a : b; }

/* The first input of an output, the end of its inputs, and their weights. */
INLINE int first_of(const band *b, int output) { return (int)b->rows[(long)output * (b->width + 1)]; }
INLINE int end_of(const band *b, int output) { return first_of(b, output) + b->width; }
INLINE const float *weights_of(const band *b, int output) { return b->rows + (long)output * (b->width + 1) + 1; }

/*
 * Blocks of V vectors of examples; only `some` lanes count if not 0, and V is 1 then. Blocks are long: memory is read
 * far faster in order.
 */
enum { BLOCK = LANES == 16 ? 8 : 4 };
#define GET(p) (some ? load_some(p, some) : load((p) + v * LANES))
#define PUT(p, x) do { if (some) store_some(p, x, some); else store((p) + v * LANES, x); } while (0)
#define EACH_VECTOR _Pragma("GCC unroll 8") for (int v = 0; v < V; v++)

/* Runs `call(V, some)` for all of `count` examples; i is where the block begins. */
#define OVER_EXAMPLES(count, call)                                                                  \
    do {                                                                                            \
        long i = 0;                                                                                 \
        for (; i + BLOCK * LANES <= (count); i += BLOCK * LANES) { call(BLOCK, 0); }                \
        for (; BLOCK > 4 && i + 4 * LANES <= (count); i += 4 * LANES) { call(4, 0); }               \
        for (; i + LANES <= (count); i += LANES) { call(1, 0); }                                    \
        if (i < (count)) { call(1, (int)((count) - i)); }                                           \
    } while (0)

/* The last rows of a region. */
typedef struct {
    float *rows;
    int height;
    long row; /* floats of a row */
} ring;

INLINE float *ring_row(const ring *r, int y) { return r->rows + y % r->height * r->row; }

/* A weighted sum of what lies at one place of the rows of a window. */
INLINE void weigh_rows(const int V, int some, const band *b, int output, const float **rows, long at, float *to) {
    vec sums[BLOCK] = {0};
    for (int k = 0; k < b->width; k++) {
        const vec weight = splat(weights_of(b, output)[k]);
        EACH_VECTOR sums[v] = fma_(weight, GET(rows[k] + at), sums[v]);
    }
    EACH_VECTOR PUT(to, sums[v]);
}

/* A weighted sum of what lies `step` apart in a row. */
INLINE void weigh(const int V, int some, const float *weights, int width, long step, const float *from, float *to) {
    vec sums[BLOCK] = {0};
    for (int k = 0; k < width; k++, from += step) {
        const vec weight = splat(weights[k]);
        EACH_VECTOR sums[v] = fma_(weight, GET(from), sums[v]);
    }
    EACH_VECTOR PUT(to, sums[v]);
}

/* For `count` floats of a row, from `start` on; a ring has more rows than a window. */
static inline void sum_rows(const band *b, int output, const ring *from, long start, long count, float *to) {
    const float *rows[b->width];
    for (int k = 0; k < b->width; k++) {
        rows[k] = ring_row(from, first_of(b, output) + k) + start;
    }
#define DOWN(V, SOME) weigh_rows(V, SOME, b, output, rows, i, to + i)
    OVER_EXAMPLES(count, DOWN);
}

static inline void sum_columns(const band *b, long batch, const float *row, float *to) {
    for (int o = 0; o < b->out; o++, to += batch) {
        const float *from = row + first_of(b, o) * batch;
#define ALONG(V, SOME) weigh(V, SOME, weights_of(b, o), b->width, batch, from + i, to + i)
        OVER_EXAMPLES(batch, ALONG);
    }
}

/* The row (with `top`) or column (with `left`) of region `to` at one of region `from`; it may lie outside. */
INLINE int move(const int corner[3], int from, int at, int to) { return at + corner[from] - corner[to]; }

INLINE int inside(const contrast *c, int region, int y, int x) {
    return y >= 0 && x >= 0 && y < c->height[region] && x < c->width[region];
}

INLINE long place(const contrast *c, int region, int y, int x) { return (long)y * c->width[region] + x; }

/* Three stages of rows; each but the first needs windows of rows of the one before. */
typedef struct {
    int group;            /* so many rows of a stage are computed at once */
    int rows;             /* of the first stage */
    const band *bands[2]; /* to the second and the third */
    int done[3];
} stages;

static inline stages stages_of(int rows, const band *first, const band *second) {
    return (stages){4 * omp_get_max_threads(), rows, {first, second}, {0}};
}

/* The next rows and their stage, the last one that can go on; the rows before are done then. -1 at the end. */
static inline int next(stages *s, int *from, int *to) {
    for (int stage = 2; stage > 0; stage--) {
        const band *b = s->bands[stage - 1];
        *from = *to = s->done[stage];
        while (*to < b->out && *to < *from + s->group && end_of(b, *to) <= s->done[stage - 1]) {
            ++*to;
        }
        if (*to > *from) {
            s->done[stage] = *to;
            return stage;
        }
    }
    *from = s->done[0];
    *to = s->done[0] = least(*from + s->group, s->rows);
    return *to > *from ? 0 : -1;
}

/* A ring of the memory to work in, for rows that lie in windows of band `stage`, or for a group of its results. */
static inline ring take(float **free, const stages *s, int stage, long row) {
    const band *b = s->bands[stage];
    const ring r = {*free, least(most(b->in, b->out), b->width + s->group), row};
    *free += r.height * row;
    return r;
}

/* A piece of a row. */
enum { PIECES = 4 };
typedef struct {
    int y, from, to;
} piece;

INLINE piece piece_at(int index, int width) {
    const int part = index % PIECES;
    return (piece){index / PIECES, width * part / PIECES, width * (part + 1) / PIECES};
}

/* For arrays of 8 MiB and more, which leave the caches before they are read: they are written past them. */
static inline int is_streamed(const float *to, long batch, long places, int maps) {
    return batch % 16 == 0 && (uintptr_t)to % 64 == 0 && places * maps * batch >= 1 << 21;
}

#define WRITE(p, x)                                             \
    do {                                                        \
        if (streamed) EACH_VECTOR stream((p) + v * LANES, x);   \
        else EACH_VECTOR PUT(p, x);                             \
    } while (0)

/* The first three planes of the memory to work in are kept for the gradient. */
typedef struct {
    float *mean;    /* the weighted mean, in the middle */
    float *over;    /* how far it lies above the mean over the maps at that place */
    float *divisor; /* of the output */
    float *free;
} planes;

static inline planes planes_of(const contrast *c, long batch, float *work) {
    const long plane = (long)c->height[0] * c->width[0] * batch;
    return (planes){work, work + plane, work + 2 * plane, work + 3 * plane};
}

#endif
