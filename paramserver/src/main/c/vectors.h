#ifndef VECTORS_H
#define VECTORS_H

/* Floats of a block: all steps are done on one before the next, so that it stays in a core's cache. */
#define BLOCK 4096

/* The numbers of the constants of VectorStep.Kind. */
enum vector_operation { FILL, COPY, SCALE, AXPY, MULTIPLY, DOT };

/* The two stretches of a step are the same memory or do not overlap. */
struct vector_step {
    enum vector_operation operation;
    double factor;
    float *to;
    const float *from;
};

/* Steps one after the other, on n floats of each vector; the dot products are added to results, in order. */
void vectors_run(long n, int count, const struct vector_step *steps, double *results);

#endif
