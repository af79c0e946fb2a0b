package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.SectionReader;
import org.distbelief.paramserver.VectorName;

/**
 * Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1), with running means of the
 * gradient and of its square: m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g * g; w -= rate * factor
 * * (m / c1) / (sqrt(v / c2) + epsilon), where c1 = 1 - beta1^t and c2 = 1 - beta2^t make up for means that begin with
 * 0, and the factor is the context's.
 *
 * <p>t is the shard's version + 1. Updates come from many replicas and without order, so t is how many the shard has
 * applied, not how many this parameter has seen. The two differ a little while updates run side by side, and where the
 * partitions of a replica push parts of one update, of which one counts. The correction is then that of a neighbouring
 * update: at worst a few of the first steps are up to a few times too long or too short. Once beta2^t is near 0 there
 * is nothing left to correct, and nothing of this matters. The gradients in m are stale ones, which act like more
 * momentum: with many replicas a beta1 below 0.9 may do better.
 *
 * <p>A checkpoint holds m, v and the version, so that a restored shard goes on with a t that fits its means: what it
 * lost is missing in all three. Where the shards are cut otherwise than before, t is the greatest of the old shards'.
 *
 * <p>In float32, each operation rounded, from left to right: {@code keep1 = beta1}, {@code add1 = 1 - beta1},
 * {@code keep2 = beta2}, {@code add2 = 1 - beta2}, {@code rate = learningRate * factor * sqrt(c2) / c1} and
 * {@code guard = epsilon * sqrt(c2)} are computed in double and rounded once. Then {@code m = (keep1 * m) + (add1 *
 * g)}; {@code v = (keep2 * v) + ((add2 * g) * g)}; {@code w = w - ((rate * m) / (sqrt(v) + guard))}.
 *
 * @param learningRate about how far a parameter goes in a step, at least 0
 * @param beta1 what is kept of the mean gradient from update to update, in [0, 1)
 * @param beta2 what is kept of the mean square, in [0, 1)
 * @param epsilon keeps the divisor above 0 while a parameter has seen no gradient, at least 1e-20
 */
public record Adam(double learningRate, double beta1, double beta2, double epsilon) implements UpdateRule {
    /** The running mean of gradients m. */
    public static final VectorName MEAN = new VectorName("adam-mean");

    /** The running mean of squared gradients v. */
    public static final VectorName SQUARES = new VectorName("adam-squares");

    @Override
    public List<StateVector> state() {
        return List.of(new StateVector(MEAN, 0), new StateVector(SQUARES, 0));
    }

    /** The rate itself: the shard's steps are longer than that of plain descent where gradients are small. */
    @Override
    public double localLearningRate() {
        return learningRate;
    }

    @Override
    public void apply(float[] parameters, float[][] state, float[] gradient, int length, UpdateContext context) {
        float rate = rate(context);
        float guard = guard(context);
        float keep1 = (float) beta1;
        float add1 = (float) (1 - beta1);
        float keep2 = (float) beta2;
        float add2 = (float) (1 - beta2);
        float[] means = state[0];
        float[] squares = state[1];
        for (int i = 0; i < length; i++) {
            float g = gradient[i];
            float mean = keep1 * means[i] + add1 * g;
            float square = keep2 * squares[i] + add2 * g * g;
            means[i] = mean;
            squares[i] = square;
            parameters[i] -= rate * mean / ((float) Math.sqrt(square) + guard);
        }
    }

    private float rate(UpdateContext context) {
        double missing = 1 - Math.pow(beta1, updates(context));
        return (float) (learningRate * context.rateFactor() * missingRoot(context) / missing);
    }

    private float guard(UpdateContext context) {
        return (float) (epsilon * missingRoot(context));
    }

    private double missingRoot(UpdateContext context) {
        return Math.sqrt(1 - Math.pow(beta2, updates(context)));
    }

    private static double updates(UpdateContext context) {
        return context.version() + 1.0;
    }

    @Override
    public Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.of(new CompiledUpdate(
                CompiledUpdate.Form.ADAM,
                rate(context),
                (float) beta1,
                (float) (1 - beta1),
                (float) beta2,
                (float) (1 - beta2),
                guard(context)));
    }

    /** In the job file: {@code adam: {learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8}}. */
    @AutoService(UpdateRuleType.class)
    public static final class Type implements UpdateRuleType {
        @Override
        public String name() {
            return "adam";
        }

        @Override
        public UpdateRule read(SectionReader settings) {
            return new Adam(
                    settings.number("learningRate", 0.001, 0, 1e9),
                    settings.number("beta1", 0.9, 0, Momentum.MOST_KEPT),
                    settings.number("beta2", 0.999, 0, Momentum.MOST_KEPT),
                    settings.number("epsilon", 1e-8, 1e-20, 1e9));
        }
    }
}
