#ifndef RULES_H
#define RULES_H

/* Memory of different arguments does not overlap; n floats each. */
void rule_sgd(long n, float rate, float *w, const float *g);
void rule_momentum(long n, float rate, float momentum, float *w, float *v, const float *g);
void rule_adagrad(long n, float gamma, float guard, float *w, float *s, const float *g);

int all_finite(long n, const float *x);

#endif
