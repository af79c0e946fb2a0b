#ifndef RULES_H
#define RULES_H

/* Memory of different arguments does not overlap, but where said; n floats each. */
void rule_sgd(long n, float rate, float *w, const float *g);
void rule_momentum(long n, float rate, float momentum, float *w, float *v, const float *g);
void rule_adagrad(long n, float gamma, float guard, float *w, float *s, const float *g);
void rule_rms_prop(long n, float rate, float keep, float add, float guard, float *w, float *s, const float *g);
void rule_adam(long n, float rate, float keep1, float add1, float keep2, float add2, float guard, float *w, float *m,
               float *v, const float *g);

/* What was fetched may be the parameters themselves. */
void rule_delay_compensated(long n, float rate, float strength, float *w, const float *fetched, const float *g);
void rule_adaptive_delay_compensated(long n, float rate, float strength, float keep, float add, float guard, float *w,
                                     float *s, const float *fetched, const float *g);

int all_finite(long n, const float *x);

#endif
