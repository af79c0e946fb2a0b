/* The operations of vectors.c for one kind of processor: VERSION, whose vectors have WIDTH doubles. */

#define SUMS (LANES / WIDTH)
/* Dot products with a common factor that are computed at the same time: as many as there are registers for. */
#define GROUP (WIDTH / 2)

#if WIDTH == 8
#define DOUBLES __m512d
#define WIDENED(from) _mm512_cvtps_pd(_mm256_loadu_ps(from))
#define STORED(to, x) _mm256_storeu_ps(to, _mm512_cvtpd_ps(x))
#define ALL(x) _mm512_set1_pd(x)
#define FUSED(a, b, sum) _mm512_fmadd_pd(a, b, sum)
#elif WIDTH == 4
#define DOUBLES __m256d
#define WIDENED(from) _mm256_cvtps_pd(_mm_loadu_ps(from))
#define STORED(to, x) _mm_storeu_ps(to, _mm256_cvtpd_ps(x))
#define ALL(x) _mm256_set1_pd(x)
#define FUSED(a, b, sum) _mm256_fmadd_pd(a, b, sum)
#else
#define DOUBLES __m128d
#define WIDENED(from) _mm_set_pd((from)[1], (from)[0])
#define STORED(to, x) _mm_storel_pi((__m64 *)(void *)(to), _mm_cvtpd_ps(x))
#define ALL(x) _mm_set1_pd(x)
#define FUSED(a, b, sum) ((sum) + (a) * (b))
#endif

static void NAME(scale)(long n, double factor, float *to) {
    const DOUBLES all = ALL(factor);
    long i = 0;
    for (; i + WIDTH <= n; i += WIDTH) STORED(to + i, all * WIDENED(to + i));
    for (; i < n; i++) to[i] = (float)(factor * (double)to[i]);
}

static void NAME(axpy)(long n, double factor, const float *from, float *to) {
    const DOUBLES all = ALL(factor);
    long i = 0;
    for (; i + WIDTH <= n; i += WIDTH) STORED(to + i, WIDENED(to + i) + all * WIDENED(from + i));
    for (; i < n; i++) to[i] = (float)((double)to[i] + factor * (double)from[i]);
}

/* The compiler checks at run time whether the two are the same; an iteration is right either way. */
static void NAME(multiply)(long n, const float *by, float *to) {
    for (long i = 0; i < n; i++) to[i] = to[i] * by[i];
}

static void NAME(fill)(long n, float value, float *to) {
    for (long i = 0; i < n; i++) to[i] = value;
}

/* The products of a with count vectors, which is known where this is called; at most GROUP. */
static inline __attribute__((always_inline)) void NAME(dots_of)(long n, int count, const float *a, const float *const *b,
                                                               double *results) {
    DOUBLES sums[GROUP][SUMS];
#pragma GCC unroll 8
    for (int dot = 0; dot < count; dot++) {
#pragma GCC unroll 8
        for (int s = 0; s < SUMS; s++) sums[dot][s] = ALL(0);
    }
    long i = 0;
    for (; i + LANES <= n; i += LANES) {
#pragma GCC unroll 8
        for (int s = 0; s < SUMS; s++) {
            const DOUBLES x = WIDENED(a + i + s * WIDTH);
#pragma GCC unroll 8
            for (int dot = 0; dot < count; dot++) {
                sums[dot][s] = FUSED(x, WIDENED(b[dot] + i + s * WIDTH), sums[dot][s]);
            }
        }
    }
    for (int dot = 0; dot < count; dot++) {
        double lanes[LANES];
        memcpy(lanes, sums[dot], sizeof lanes);
        for (long j = i, lane = 0; j < n; j++, lane++) lanes[lane] += (double)a[j] * (double)b[dot][j];
        for (long width = LANES / 2; width > 0; width /= 2) {
            for (long lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
        }
        results[dot] += lanes[0];
    }
}

/* Has the first of some steps and those after it that are dot products with the same factor done; says how many. */
static int NAME(dots)(long n, int count, const struct vector_step *steps, long offset, double *results) {
    const float *common = steps[0].to;
    if (count > 1 && steps[1].operation == DOT && steps[1].to != common && steps[1].from != common) {
        common = steps[0].from;
    }
    const float *others[GROUP] = {(steps[0].to == common ? steps[0].from : steps[0].to) + offset};
    int found = 1;
    for (; found < count && found < GROUP && steps[found].operation == DOT; found++) {
        if (steps[found].to == common) others[found] = steps[found].from + offset;
        else if (steps[found].from == common) others[found] = steps[found].to + offset;
        else break;
    }
    switch (found) {
#if GROUP >= 4
    case 4:
        NAME(dots_of)(n, 4, common + offset, others, results);
        break;
    case 3:
        NAME(dots_of)(n, 3, common + offset, others, results);
        break;
#endif
#if GROUP >= 2
    case 2:
        NAME(dots_of)(n, 2, common + offset, others, results);
        break;
#endif
    default:
        NAME(dots_of)(n, 1, common + offset, others, results);
        break;
    }
    return found;
}

static void NAME(vectors_run)(long n, int count, const struct vector_step *steps, double *results) {
    for (long offset = 0; offset < n; offset += BLOCK) {
        const long length = n - offset < BLOCK ? n - offset : BLOCK;
        double *result = results;
        for (int s = 0; s < count;) {
            const struct vector_step *step = steps + s;
            float *to = step->to + offset;
            int done = 1;
            switch (step->operation) {
            case FILL:
                NAME(fill)(length, (float)step->factor, to);
                break;
            case COPY:
                memmove(to, step->from + offset, (size_t)length * sizeof(float));
                break;
            case SCALE:
                NAME(scale)(length, step->factor, to);
                break;
            case AXPY:
                NAME(axpy)(length, step->factor, step->from + offset, to);
                break;
            case MULTIPLY:
                NAME(multiply)(length, step->from + offset, to);
                break;
            case DOT:
                done = NAME(dots)(length, count - s, step, offset, result);
                result += done;
                break;
            }
            s += done;
        }
    }
}

#undef SUMS
#undef GROUP
#undef DOUBLES
#undef WIDENED
#undef STORED
#undef ALL
#undef FUSED
