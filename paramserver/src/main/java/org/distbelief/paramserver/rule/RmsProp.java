package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.SectionReader;
import org.distbelief.paramserver.VectorName;

/**
 * RMSProp (Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5, 2012): the rate of each parameter
 * is divided by the root of a running mean of its squared gradients: s = decay * s + (1 - decay) * g * g; w -= rate *
 * factor * g / (sqrt(s) + epsilon), where the factor is the context's. Unlike Adagrad's sum the mean forgets, so that
 * the steps do not shrink for ever. It has no momentum: stale updates bring some of their own.
 *
 * <p>In float32, each operation rounded, from left to right: {@code keep = decay}, {@code add = 1 - decay}, {@code rate
 * = learningRate * factor} and {@code guard = epsilon} are computed in double and rounded once. Then {@code s = (keep *
 * s) + ((add * g) * g)}; {@code w = w - ((rate * g) / (sqrt(s) + guard))}.
 *
 * @param learningRate about how far a parameter goes in a step, at least 0
 * @param decay what is kept of the mean from update to update, in [0, 1)
 * @param epsilon keeps the divisor above 0 while a parameter has seen no gradient, at least 1e-20
 */
public record RmsProp(double learningRate, double decay, double epsilon) implements UpdateRule {
    /** The running mean of squared gradients s. */
    public static final VectorName SQUARES = new VectorName("rmsprop-squares");

    @Override
    public List<StateVector> state() {
        return List.of(new StateVector(SQUARES, 0));
    }

    /** The rate itself: the shard's steps are longer than that of plain descent where gradients are small. */
    @Override
    public double localLearningRate() {
        return learningRate;
    }

    @Override
    public void apply(float[] parameters, float[][] state, float[] gradient, int length, UpdateContext context) {
        float rate = (float) (learningRate * context.rateFactor());
        float keep = (float) decay;
        float add = (float) (1 - decay);
        float guard = (float) epsilon;
        float[] squares = state[0];
        for (int i = 0; i < length; i++) {
            float g = gradient[i];
            float mean = keep * squares[i] + add * g * g;
            squares[i] = mean;
            parameters[i] -= rate * g / ((float) Math.sqrt(mean) + guard);
        }
    }

    @Override
    public Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.of(new CompiledUpdate(
                CompiledUpdate.Form.RMS_PROP,
                (float) (learningRate * context.rateFactor()),
                (float) decay,
                (float) (1 - decay),
                (float) epsilon,
                0,
                0));
    }

    /** In the job file: {@code rmsProp: {learningRate: 0.001, decay: 0.9, epsilon: 1e-8}}. */
    @AutoService(UpdateRuleType.class)
    public static final class Type implements UpdateRuleType {
        @Override
        public String name() {
            return "rmsProp";
        }

        @Override
        public UpdateRule read(SectionReader settings) {
            return new RmsProp(
                    settings.number("learningRate", 0.001, 0, 1e9),
                    settings.number("decay", 0.9, 0, Momentum.MOST_KEPT),
                    settings.number("epsilon", 1e-8, 1e-20, 1e9));
        }
    }
}
