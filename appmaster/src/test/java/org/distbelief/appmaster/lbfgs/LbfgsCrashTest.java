package org.distbelief.appmaster.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.distbelief.conf.SandblasterConfig.Curvature;
import org.distbelief.paramserver.VectorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A coordinator dies during any call; another one goes on from the last state, and nothing is different. */
class LbfgsCrashTest {
    private static final int SHARDS = 3;
    private static final int SHARD_LENGTH = 2;
    private static final int ITERATIONS = 9;
    private static final LbfgsSettings SETTINGS = new LbfgsSettings(
            ITERATIONS,
            2,
            Curvature.DAMP,
            1e-3,
            0,
            0,
            Minimisation.settings().lineSearch(),
            Minimisation.settings().noise());

    private final ObjectMapper json = new ObjectMapper();

    /** A job: iterations, in their midst another objective, at the end everything in its place. */
    private final class Job {
        private final TornAlgebra algebra = new TornAlgebra(SHARDS, SHARD_LENGTH);
        private final List<String> states = new ArrayList<>();
        private int deaths;

        Job() {
            algebra.set(VectorName.PARAMETERS, new double[] {-1.2, 1, -1.1, 0.8, -1.3, 1.2});
        }

        /** Does all steps, each again where the coordinator died, by another one that has the state's text alone. */
        void run() throws Exception {
            int steps = ITERATIONS + 3;
            for (int step = 0; step < steps; ) {
                try {
                    states.add(json.writeValueAsString(step(step)));
                    step++;
                } catch (IOException died) {
                    deaths++;
                }
            }
        }

        private LbfgsState step(int step) throws Exception {
            Lbfgs lbfgs = new Lbfgs(SETTINGS, algebra);
            Objective first = algebra.objective(LbfgsCrashTest::crooked);
            Objective second = algebra.objective(SmallProblems::rosenbrock);
            if (step == 0) {
                return lbfgs.begin(first);
            }
            LbfgsState state = json.readValue(states.get(step - 1), LbfgsState.class);
            if (step == 5) {
                return lbfgs.again(state, second);
            }
            if (step == ITERATIONS + 2) {
                return lbfgs.settle(state);
            }
            return lbfgs.iterate(state, step < 5 ? first : second);
        }

        /** The vectors that the last state names, by their bits. */
        Map<VectorName, List<Double>> vectors() throws Exception {
            Map<VectorName, List<Double>> vectors = new HashMap<>();
            LbfgsState last = json.readValue(states.get(states.size() - 1), LbfgsState.class);
            for (VectorName name : new Lbfgs(SETTINGS, algebra).vectors(last)) {
                vectors.put(name, Arrays.stream(algebra.get(name)).boxed().toList());
            }
            return vectors;
        }
    }

    /** Not convex, so that pairs are damped and steps are tried more than once. */
    private static double crooked(double[] x, double[] gradient) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += Math.pow(x[i], 4) - 3 * x[i] * x[i] + Math.sin(9 * x[i]);
            gradient[i] = 4 * Math.pow(x[i], 3) - 6 * x[i] + 9 * Math.cos(9 * x[i]);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, SHARDS})
    void whoeverDiesWheneverTheResultIsTheSameBitForBit(int shardsAhead) throws Exception {
        Job undisturbed = new Job();
        undisturbed.run();
        assertThat(undisturbed.deaths).isZero();
        int calls = undisturbed.algebra.calls();
        assertThat(calls).isGreaterThan(50);

        for (int call = 1; call <= calls; call++) {
            Job disturbed = new Job();
            disturbed.algebra.dieAt(call, shardsAhead);
            disturbed.run();

            assertThat(disturbed.deaths).as("call %d", call).isEqualTo(1);
            assertThat(disturbed.states).as("call %d", call).isEqualTo(undisturbed.states);
            assertThat(disturbed.vectors()).as("call %d", call).isEqualTo(undisturbed.vectors());
        }
    }

    @Test
    void aStepLeavesTheVectorsOfItsStateAsTheyAre() throws Exception {
        Job job = new Job();
        Lbfgs lbfgs = new Lbfgs(SETTINGS, job.algebra);
        Objective objective = job.algebra.objective(SmallProblems::rosenbrock);
        LbfgsState state = lbfgs.begin(objective);
        for (int i = 0; i < 20; i++) {
            Map<VectorName, double[]> before = new HashMap<>();
            for (VectorName name : lbfgs.vectors(state)) {
                before.put(name, job.algebra.get(name));
            }
            state = i % 5 == 4 ? lbfgs.again(state, objective) : lbfgs.iterate(state, objective);
            for (Map.Entry<VectorName, double[]> vector : before.entrySet()) {
                assertThat(job.algebra.get(vector.getKey()))
                        .as("%s, step %d", vector.getKey(), i)
                        .isEqualTo(vector.getValue());
            }
        }
        assertThat(job.algebra.names()).hasSizeLessThanOrEqualTo(Lbfgs.vectors(2));
    }
}
