package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.SectionReader;
import org.distbelief.paramserver.VectorName;

/**
 * Gradient descent with momentum: v = momentum * v + g; w -= rate * factor * v, where the factor is the context's.
 *
 * <p>In float32, each operation rounded: {@code keep = momentum} and {@code rate = learningRate * factor} are computed
 * in double and rounded once. Then {@code v = (keep * v) + g}; {@code w = w - (rate * v)}.
 *
 * @param learningRate the rate, at least 0
 * @param momentum what is kept of the velocity from update to update, in [0, 1)
 */
public record Momentum(double learningRate, double momentum) implements UpdateRule {
    /** The most of what a rule remembers that a job file may ask it to keep from update to update. */
    static final double MOST_KEPT = 0.999999;

    /** The velocity v. */
    public static final VectorName VELOCITY = new VectorName("velocity");

    @Override
    public List<StateVector> state() {
        return List.of(new StateVector(VELOCITY, 0));
    }

    @Override
    public double localLearningRate() {
        return learningRate;
    }

    @Override
    public void apply(float[] parameters, float[][] state, float[] gradient, int length, UpdateContext context) {
        float rate = (float) (learningRate * context.rateFactor());
        float keep = (float) momentum;
        float[] velocity = state[0];
        for (int i = 0; i < length; i++) {
            float v = keep * velocity[i] + gradient[i];
            velocity[i] = v;
            parameters[i] -= rate * v;
        }
    }

    @Override
    public Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.of(new CompiledUpdate(
                CompiledUpdate.Form.MOMENTUM, (float) (learningRate * context.rateFactor()), (float) momentum));
    }

    /** In the job file: {@code momentum: {learningRate: 0.01, momentum: 0.9}}. */
    @AutoService(UpdateRuleType.class)
    public static final class Type implements UpdateRuleType {
        @Override
        public String name() {
            return "momentum";
        }

        @Override
        public UpdateRule read(SectionReader settings) {
            return new Momentum(
                    settings.number("learningRate", 0.01, 0, 1e9), settings.number("momentum", 0.9, 0, MOST_KEPT));
        }
    }
}
