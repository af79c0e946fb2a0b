package org.distbelief.paramserver.rule;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFile;

/** Makes update rules and the arrays that they want. */
final class RuleArrays {
    private RuleArrays() {}

    /** The rule of a job file's {@code downpour.update}, on line 7 of {@code job.yaml}. */
    static UpdateRule rule(String update) {
        return UpdateRuleType.find(config(update));
    }

    /** The job file's {@code downpour.update}, on line 7 of {@code job.yaml}. */
    static ComponentConfig config(String update) {
        String yaml = """
                output: out
                model:
                  layers: [fullyConnected]
                data:
                  path: in
                downpour:
                  update: %s
                """.formatted(update);
        return JobFile.read("job.yaml", yaml, List.of()).config().downpour().update();
    }

    /** What a rule wants as its state at first; where it compares with what was fetched, that is a copy of these. */
    static float[][] of(UpdateRule rule, float[] parameters) {
        List<StateVector> vectors = rule.state();
        float[][] state = new float[vectors.size() + (rule.comparesWithFetched() ? 1 : 0)][parameters.length];
        for (int s = 0; s < vectors.size(); s++) {
            Arrays.fill(state[s], vectors.get(s).initial());
        }
        fetched(rule, state, parameters);
        return state;
    }

    /** Lets the replica have fetched these parameters, where the rule wants to know. */
    static void fetched(UpdateRule rule, float[][] state, float[] parameters) {
        if (rule.comparesWithFetched()) {
            state[rule.state().size()] = parameters.clone();
        }
    }

    static float[] gaussians(Random random, int length, double scale) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }
}
