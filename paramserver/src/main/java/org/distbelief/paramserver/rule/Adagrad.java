package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.SectionReader;
import org.distbelief.paramserver.VectorName;

/**
 * Adagrad (paper, section 4.1): the rate of each parameter is gamma over the root of the sum of all its squared
 * gradients: s += g * g; w -= gamma * factor * g / (sqrt(s) + epsilon), where the factor is the context's.
 *
 * <p>In float32, each operation rounded: {@code rate = gamma * factor} and {@code guard = epsilon} are computed in
 * double and rounded once. Then {@code s = s + (g * g)}; {@code w = w - ((rate * g) / (sqrt(s) + guard))}.
 *
 * @param learningRate gamma, at least 0
 * @param epsilon keeps the divisor above 0 while a parameter has seen no gradient, at least 1e-20
 * @param initialAccumulator what the sum of squares starts with, at least 0
 */
public record Adagrad(double learningRate, double epsilon, double initialAccumulator) implements UpdateRule {
    /** The sum of squared gradients s. */
    public static final VectorName SQUARES = new VectorName("adagrad-squares");

    @Override
    public List<StateVector> state() {
        return List.of(new StateVector(SQUARES, (float) initialAccumulator));
    }

    /** A tenth of gamma, which is typically ten times the best fixed rate (paper, section 4.1). */
    @Override
    public double localLearningRate() {
        return learningRate / 10;
    }

    @Override
    public void apply(float[] parameters, float[][] state, float[] gradient, int length, UpdateContext context) {
        float gamma = (float) (learningRate * context.rateFactor());
        float guard = (float) epsilon;
        float[] squares = state[0];
        for (int i = 0; i < length; i++) {
            float g = gradient[i];
            float sum = squares[i] + g * g;
            squares[i] = sum;
            parameters[i] -= gamma * g / ((float) Math.sqrt(sum) + guard);
        }
    }

    @Override
    public Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.of(new CompiledUpdate(
                CompiledUpdate.Form.ADAGRAD, (float) (learningRate * context.rateFactor()), (float) epsilon));
    }

    /** In the job file: {@code adagrad: {learningRate: 0.1, epsilon: 1e-10, initialAccumulator: 0}}. */
    @AutoService(UpdateRuleType.class)
    public static final class Type implements UpdateRuleType {
        @Override
        public String name() {
            return "adagrad";
        }

        @Override
        public UpdateRule read(SectionReader settings) {
            return new Adagrad(
                    settings.number("learningRate", 0.1, 0, 1e9),
                    settings.number("epsilon", 1e-10, 1e-20, 1e9),
                    settings.number("initialAccumulator", 0, 0, 1e9));
        }
    }
}
