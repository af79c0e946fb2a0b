package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.SectionReader;
import org.distbelief.paramserver.VectorName;

/**
 * Gradient descent that corrects a stale gradient by an amount of each parameter's own: DC-ASGD-a of the work that
 * {@link DelayCompensatedSgd} names, where the rest is said. s = decay * s + (1 - decay) * g * g; w -= rate * factor *
 * (g + lambda / sqrt(s + epsilon) * g * g * (w - fetched)). The correction grows with the gradient's size, no longer
 * with its square. Without delay it is exactly {@link Sgd}.
 *
 * <p>In float32, each operation rounded: {@code rate = learningRate * factor}, {@code strength = lambda}, {@code keep =
 * decay}, {@code add = 1 - decay} and {@code guard = epsilon} are computed in double and rounded once. Then {@code s =
 * (keep * s) + ((add * g) * g)}; {@code w = w - (rate * (g + (g * ((strength / sqrt(s + guard)) * (g * (w -
 * fetched))))))}.
 *
 * @param learningRate the rate, at least 0
 * @param lambda how much is corrected, at least 0; 0 makes it {@link Sgd}
 * @param decay what is kept of the mean square from update to update, in [0, 1)
 * @param epsilon keeps the divisor above 0 while a parameter has seen no gradient, at least 1e-20
 */
public record AdaptiveDelayCompensatedSgd(double learningRate, double lambda, double decay, double epsilon)
        implements UpdateRule {
    /** The running mean of squared gradients s. */
    public static final VectorName SQUARES = new VectorName("delay-squares");

    @Override
    public List<StateVector> state() {
        return List.of(new StateVector(SQUARES, 0));
    }

    @Override
    public boolean comparesWithFetched() {
        return true;
    }

    @Override
    public double localLearningRate() {
        return learningRate;
    }

    @Override
    public void apply(float[] parameters, float[][] state, float[] gradient, int length, UpdateContext context) {
        float rate = (float) (learningRate * context.rateFactor());
        float strength = (float) lambda;
        float keep = (float) decay;
        float add = (float) (1 - decay);
        float guard = (float) epsilon;
        float[] squares = state[0];
        float[] fetched = state[1];
        for (int i = 0; i < length; i++) {
            float g = gradient[i];
            float w = parameters[i];
            float mean = keep * squares[i] + add * g * g;
            squares[i] = mean;
            parameters[i] = w - rate * (g + g * (strength / (float) Math.sqrt(mean + guard) * (g * (w - fetched[i]))));
        }
    }

    @Override
    public Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.of(new CompiledUpdate(
                CompiledUpdate.Form.ADAPTIVE_DELAY_COMPENSATED,
                (float) (learningRate * context.rateFactor()),
                (float) lambda,
                (float) decay,
                (float) (1 - decay),
                (float) epsilon,
                0));
    }

    /**
     * In the job file: {@code adaptiveDelayCompensatedSgd: {learningRate: 0.01, lambda: 2, decay: 0.95, epsilon:
     * 1e-7}}.
     */
    @AutoService(UpdateRuleType.class)
    public static final class Type implements UpdateRuleType {
        @Override
        public String name() {
            return "adaptiveDelayCompensatedSgd";
        }

        @Override
        public UpdateRule read(SectionReader settings) {
            return new AdaptiveDelayCompensatedSgd(
                    settings.number("learningRate", 0.01, 0, 1e9),
                    settings.number("lambda", 2, 0, 1e9),
                    settings.number("decay", 0.95, 0, Momentum.MOST_KEPT),
                    settings.number("epsilon", 1e-7, 1e-20, 1e9));
        }
    }
}
