package org.distbelief.paramserver.rule;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Optional;
import org.distbelief.conf.SectionReader;

/**
 * Gradient descent that corrects a stale gradient: DC-ASGD-c of Zheng, Meng, Wang, Chen, Yu, Ma and Liu, "Asynchronous
 * Stochastic Gradient Descent with Delay Compensation", ICML 2017. To first order the gradient has changed by the
 * Hessian times what others did to the parameters since the replica fetched them; lambda * g * g stands for the
 * Hessian's diagonal: w -= rate * factor * (g + lambda * g * g * (w - fetched)), where the factor is the context's.
 * Without delay it is exactly {@link Sgd}.
 *
 * <p>The correction grows with the square of the gradient; g is the gradient of the mean loss of a mini-batch, or the
 * sum of {@code nPush} such. Where gradients can be far above 1, bound them with {@code downpour.clip}. What a
 * replica's steps on its own copy changed since its fetch is not in {@code fetched}; the rule is meant for nFetch and
 * nPush of 1.
 *
 * <p>In float32, each operation rounded: {@code rate = learningRate * factor} and {@code strength = lambda} are
 * computed in double and rounded once. Then {@code w = w - (rate * (g + (g * (strength * (g * (w - fetched))))))}.
 *
 * @param learningRate the rate, at least 0
 * @param lambda how much is corrected, at least 0; 0 makes it {@link Sgd}
 */
public record DelayCompensatedSgd(double learningRate, double lambda) implements UpdateRule {
    @Override
    public List<StateVector> state() {
        return List.of();
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
        float[] fetched = state[0];
        for (int i = 0; i < length; i++) {
            float g = gradient[i];
            float w = parameters[i];
            parameters[i] = w - rate * (g + g * (strength * (g * (w - fetched[i]))));
        }
    }

    @Override
    public Optional<CompiledUpdate> compiled(UpdateContext context) {
        return Optional.of(new CompiledUpdate(
                CompiledUpdate.Form.DELAY_COMPENSATED, (float) (learningRate * context.rateFactor()), (float) lambda));
    }

    /** In the job file: {@code delayCompensatedSgd: {learningRate: 0.01, lambda: 0.04}}. */
    @AutoService(UpdateRuleType.class)
    public static final class Type implements UpdateRuleType {
        @Override
        public String name() {
            return "delayCompensatedSgd";
        }

        @Override
        public UpdateRule read(SectionReader settings) {
            return new DelayCompensatedSgd(
                    settings.number("learningRate", 0.01, 0, 1e9), settings.number("lambda", 0.04, 0, 1e9));
        }
    }
}
