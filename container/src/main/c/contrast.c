/*
 * Local contrast normalisation. Both directions go down the rows once, in three stages: a stage computes a row as soon
 * as the rows of the stage before that its window holds are there. So what is read twice still lies in the caches, and
 * what comes between the stages never leaves them.
 */
#include "contrast.h"
#include "kernels.h"

/*
 * A place's mean over the maps, and the mean square of what differs from it: one pass over memory. What is summed
 * differs from the first map, which is at most sqrt(maps) deviations from the mean: little cancels.
 */
INLINE void mean_and_square(const int V, int some, int maps, long batch, const float *x, float *mean, float *square) {
    const float share = 1.0f / maps;
    vec first[BLOCK], sums[BLOCK] = {0}, squares[BLOCK] = {0};
    EACH_VECTOR first[v] = GET(x);
    for (int k = 1; k < maps; k++) {
        EACH_VECTOR {
            const vec difference = GET(x + k * batch) - first[v];
            sums[v] += difference;
            squares[v] = fma_(difference, difference, squares[v]);
        }
    }
    EACH_VECTOR {
        const vec difference = sums[v] * share;
        const vec spread = squares[v] * share - difference * difference;
        PUT(mean, first[v] + difference);
        PUT(square, choose(spread < 0.0f, splat(0), spread));
    }
}

/* The mean square around another mean: both terms are positive, nothing cancels. */
INLINE void move_square(const int V, int some, const float *square, const float *own, const float *mean, float *over,
                        float *to) {
    EACH_VECTOR {
        const vec difference = GET(mean) - GET(own);
        PUT(over, difference);
        PUT(to, fma_(difference, difference, GET(square)));
    }
}

INLINE void divide(const int V, int some, int maps, long batch, float floor, const float *x, const float *mean,
                   float *divisor, float *y, int streamed) {
    vec means[BLOCK], factors[BLOCK];
    EACH_VECTOR {
        const vec d = larger(root(GET(divisor)), splat(floor));
        PUT(divisor, d);
        means[v] = GET(mean);
        factors[v] = 1.0f / d;
    }
    for (int k = 0; k < maps; k++, x += batch, y += batch) {
        WRITE(y, (GET(x) - means[v]) * factors[v]);
    }
}

/* The weighted means of a row of the middle, and the squares around them, summed along the row. */
static void middle_row(const contrast *c, long batch, int y, const ring *means, const ring *squares, float *line,
                       const planes *kept, float *spread) {
    const int below = move(c->top, 1, y, 0);
    float *mean = kept->mean + place(c, 1, y, 0) * batch, *over = kept->over + place(c, 1, y, 0) * batch;
    sum_rows(&c->rows[0], y, means, 0, means->row, line);
    sum_columns(&c->columns[0], batch, line, mean);
    for (int x = 0; x < c->width[1]; x++) {
        const long from = move(c->left, 1, x, 0) * batch, to = x * batch;
        const float *square = ring_row(squares, below) + from, *own = ring_row(means, below) + from;
#define MOVE(V, SOME) move_square(V, SOME, square + i, own + i, mean + to + i, over + to + i, line + to + i)
        OVER_EXAMPLES(batch, MOVE);
    }
    sum_columns(&c->columns[1], batch, line, spread);
}

static void input_piece(const contrast *c, long batch, piece at, const float *in, float *means, float *squares) {
    for (int x = at.from; x < at.to; x++) {
        const float *from = in + place(c, 0, at.y, x) * c->maps * batch;
        float *mean = means + x * batch, *square = squares + x * batch;
#define MEAN(V, SOME) mean_and_square(V, SOME, c->maps, batch, from + i, mean + i, square + i)
        OVER_EXAMPLES(batch, MEAN);
    }
}

static void output_piece(const contrast *c, long batch, piece at, const float *in, const ring *spread,
                         const planes *kept, float *out, int streamed) {
    const int below = move(c->top, 2, at.y, 0), middle = move(c->top, 2, at.y, 1);
    sum_rows(&c->rows[1], at.y, spread, at.from * batch, (at.to - at.from) * batch,
             kept->divisor + place(c, 2, at.y, at.from) * batch);
    for (int x = at.from; x < at.to; x++) {
        const float *from = in + place(c, 0, below, move(c->left, 2, x, 0)) * c->maps * batch;
        const float *mean = kept->mean + place(c, 1, middle, move(c->left, 2, x, 1)) * batch;
        const long here = place(c, 2, at.y, x) * batch;
        float *divisor = kept->divisor + here, *to = out + here * c->maps;
#define DIVIDE(V, SOME) divide(V, SOME, c->maps, batch, c->floor, from + i, mean + i, divisor + i, to + i, streamed)
        OVER_EXAMPLES(batch, DIVIDE);
    }
}

void FN(contrast)(const float *table, int batch, const float *in, float *work, float *out) {
    const contrast c = read_table(table);
    const stages start = stages_of(c.height[0], &c.rows[0], &c.rows[1]);
    planes kept = planes_of(&c, batch, work);
    const long row = (long)c.width[0] * batch;
    const ring means = take(&kept.free, &start, 0, row), squares = take(&kept.free, &start, 0, row),
               spread = take(&kept.free, &start, 1, (long)c.width[2] * batch), lines = take(&kept.free, &start, 1, row);
    const int streamed = is_streamed(out, batch, (long)c.height[2] * c.width[2], c.maps);
#pragma omp parallel
    {
        stages s = start;
        int from, to;
        for (int stage = next(&s, &from, &to); stage >= 0; stage = next(&s, &from, &to)) {
            if (stage == 0) {
#pragma omp for schedule(static)
                for (int p = from * PIECES; p < to * PIECES; p++) {
                    const piece at = piece_at(p, c.width[0]);
                    input_piece(&c, batch, at, in, ring_row(&means, at.y), ring_row(&squares, at.y));
                }
            } else if (stage == 1) {
#pragma omp for schedule(static)
                for (int y = from; y < to; y++) {
                    middle_row(&c, batch, y, &means, &squares, ring_row(&lines, y), &kept, ring_row(&spread, y));
                }
            } else {
#pragma omp for schedule(static)
                for (int p = from * PIECES; p < to * PIECES; p++) {
                    output_piece(&c, batch, piece_at(p, c.width[2]), in, &spread, &kept, out, streamed);
                }
            }
        }
        stream_end();
    }
}

/* What reaches the maps' mean through v / d, and the variance through d. */
INLINE void sums_and_products(const int V, int some, int maps, long batch, float floor, const float *x,
                              const float *mean, const float *gradient, const float *divisor, float *by_mean,
                              float *by_variance) {
    const float share = 1.0f / maps;
    vec means[BLOCK], sums[BLOCK] = {0}, products[BLOCK] = {0};
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
    }
}

static void gradient_output_piece(const contrast *c, long batch, piece at, const float *in, const float *gradient,
                                  const planes *kept, float *sums, float *products) {
    const int below = move(c->top, 2, at.y, 0), middle = move(c->top, 2, at.y, 1);
    for (int x = at.from; x < at.to; x++) {
        const float *from = in + place(c, 0, below, move(c->left, 2, x, 0)) * c->maps * batch;
        const float *mean = kept->mean + place(c, 1, middle, move(c->left, 2, x, 1)) * batch;
        const long here = place(c, 2, at.y, x) * batch;
        const float *g = gradient + here * c->maps, *divisor = kept->divisor + here;
        float *sum = sums + x * batch, *product = products + x * batch;
#define SUMS(V, SOME)                                                                                       \
    sums_and_products(V, SOME, c->maps, batch, c->floor, from + i, mean + i, g + i, divisor + i, sum + i,   \
                      product + i)
        OVER_EXAMPLES(batch, SUMS);
    }
}

/* What reaches the mean over the maps, from all of v. */
INLINE void all_of_v(const int V, int some, const float *slope, const float *over, const float *by_mean, float *to) {
    EACH_VECTOR PUT(to, fma_(GET(slope), GET(over), by_mean ? GET(by_mean) : splat(0)));
}

/* A row of the middle: the slopes there, and what reaches the mean, summed along the input's row. */
static void gradient_middle_row(const contrast *c, long batch, int y, const ring *sums, const ring *products,
                                float *line, const planes *kept, float *slope, float *spread) {
    const int output = move(c->top, 1, y, 2);
    sum_rows(&c->rows_back[1], y, products, 0, products->row, line);
    sum_columns(&c->columns_back[1], batch, line, slope);
    for (int x = 0; x < c->width[1]; x++) {
        const int above = move(c->left, 1, x, 2);
        const float *over = kept->over + place(c, 1, y, x) * batch;
        const float *sum = inside(c, 2, output, above) ? ring_row(sums, output) + above * batch : 0;
        const long at = x * batch;
#define ALL(V, SOME) all_of_v(V, SOME, slope + at + i, over + i, sum ? sum + i : 0, line + at + i)
        OVER_EXAMPLES(batch, ALL);
    }
    sum_columns(&c->columns_back[0], batch, line, spread);
}

/* At a place of the input within `region`: what is there only further inside counts not. */
INLINE void input_gradient(const int V, int some, const int region, int maps, long batch, const float *x,
                           const float *gradient, const float *less, const float *mean, const float *slope,
                           const float *divisor, float *to, int streamed) {
    vec offsets[BLOCK], slopes[BLOCK], factors[BLOCK];
    EACH_VECTOR {
        slopes[v] = region >= 1 ? GET(slope) : splat(0);
        offsets[v] = (region >= 1 ? slopes[v] * GET(mean) : splat(0)) - GET(less);
        factors[v] = region >= 2 ? 1.0f / GET(divisor) : splat(0);
    }
    for (int k = 0; k < maps; k++, x += batch, gradient += batch, to += batch) {
        vec dx[BLOCK];
        EACH_VECTOR {
            dx[v] = offsets[v];
            if (region >= 1) dx[v] -= slopes[v] * GET(x);
            if (region >= 2) dx[v] = fma_(GET(gradient), factors[v], dx[v]);
        }
        WRITE(to, dx[v]);
    }
}

static void gradient_input_piece(const contrast *c, long batch, piece at, const float *in, const float *gradient,
                                 const ring *spread, const ring *slopes, const planes *kept, float *line,
                                 float *in_gradient, int streamed) {
    const int middle_y = move(c->top, 0, at.y, 1), output_y = move(c->top, 0, at.y, 2);
    sum_rows(&c->rows_back[0], at.y, spread, at.from * batch, (at.to - at.from) * batch, line + at.from * batch);
    for (int x = at.from; x < at.to; x++) {
        const int middle_x = move(c->left, 0, x, 1), output_x = move(c->left, 0, x, 2);
        const long here = place(c, 0, at.y, x) * c->maps * batch, output = place(c, 2, output_y, output_x) * batch;
        const int has_mean = inside(c, 1, middle_y, middle_x), has_output = inside(c, 2, output_y, output_x);
        const float *from = in + here, *g = gradient + output * c->maps, *less = line + x * batch;
        const float *mean = kept->mean + place(c, 1, middle_y, middle_x) * batch, *divisor = kept->divisor + output;
        const float *slope = ring_row(slopes, has_mean ? middle_y : 0) + middle_x * batch;
        float *to = in_gradient + here;
#define DX_IN(REGION, V, SOME)                                                                                     \
    input_gradient(V, SOME, REGION, c->maps, batch, from + i, g + i, less + i, mean + i, slope + i, divisor + i,   \
                   to + i, streamed)
#define DX(V, SOME)                        \
    if (has_output) DX_IN(2, V, SOME);     \
    else if (has_mean) DX_IN(1, V, SOME);  \
    else DX_IN(0, V, SOME)
        OVER_EXAMPLES(batch, DX);
    }
}

void FN(contrast_gradient)(const float *table, int batch, const float *in, float *work, const float *gradient,
                           float *in_gradient) {
    const contrast c = read_table(table);
    const stages start = stages_of(c.height[2], &c.rows_back[1], &c.rows_back[0]);
    planes kept = planes_of(&c, batch, work);
    const long row = (long)c.width[0] * batch;
    const ring sums = take(&kept.free, &start, 0, (long)c.width[2] * batch),
               products = take(&kept.free, &start, 0, (long)c.width[2] * batch),
               slopes = take(&kept.free, &start, 1, row), spread = take(&kept.free, &start, 1, row),
               lines = take(&kept.free, &start, 1, row);
    const int streamed = is_streamed(in_gradient, batch, (long)c.height[0] * c.width[0], c.maps);
#pragma omp parallel
    {
        stages s = start;
        int from, to;
        for (int stage = next(&s, &from, &to); stage >= 0; stage = next(&s, &from, &to)) {
            if (stage == 0) {
#pragma omp for schedule(static)
                for (int p = from * PIECES; p < to * PIECES; p++) {
                    const piece at = piece_at(p, c.width[2]);
                    gradient_output_piece(&c, batch, at, in, gradient, &kept, ring_row(&sums, at.y),
                                          ring_row(&products, at.y));
                }
            } else if (stage == 1) {
#pragma omp for schedule(static)
                for (int y = from; y < to; y++) {
                    gradient_middle_row(&c, batch, y, &sums, &products, ring_row(&lines, y), &kept,
                                        ring_row(&slopes, y), ring_row(&spread, y));
                }
            } else {
#pragma omp for schedule(static)
                for (int p = from * PIECES; p < to * PIECES; p++) {
                    const piece at = piece_at(p, c.width[0]);
                    gradient_input_piece(&c, batch, at, in, gradient, &spread, &slopes, &kept, ring_row(&lines, at.y),
                                         in_gradient, streamed);
                }
            }
        }
        stream_end();
    }
}
