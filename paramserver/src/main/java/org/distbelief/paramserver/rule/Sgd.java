package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.SectionReader;

/**
 * Stochastic gradient descent: w -= rate * factor * g, where the factor is the context's.
 *
 * <p>In float32, each operation rounded: {@code rate = learningRate * factor} is computed in double and rounded once.
 * Then {@code w = w - (rate * g)}.
 *
 * @param learningRate the rate, at least 0
 */
public record Sgd(double learningRate) implements UpdateRule {
    @Override
    public List<StateVector> state() {
        return List.of();
    }

    @Override
    public double localLearningRate() {
        return learningRate;
    }

    @Override
    public void apply(float[] parameters, float[][] state, float[] gradient, int length, UpdateContext context) {
        float rate = (float) (learningRate * context.rateFactor());
        for (int i = 0; i < length; i++) {
            parameters[i] -= rate * gradient[i];
        }
    }

    @Override
    public Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.of(
                new CompiledUpdate(CompiledUpdate.Form.SGD, (float) (learningRate * context.rateFactor()), 0));
    }

    /** In the job file: {@code sgd: {learningRate: 0.01}}. */
    @AutoService(UpdateRuleType.class)
    public static final class Type implements UpdateRuleType {
        @Override
        public String name() {
            return "sgd";
        }

        @Override
        public UpdateRule read(SectionReader settings) {
            return new Sgd(settings.number("learningRate", 0.01, 0, 1e9));
        }
    }
}
