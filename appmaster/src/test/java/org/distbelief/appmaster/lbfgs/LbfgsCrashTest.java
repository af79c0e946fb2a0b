package org.distbelief.appmaster.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.distbelief.conf.LineSearchConfig;
import org.distbelief.conf.SandblasterConfig.Curvature;
import org.distbelief.paramserver.VectorName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A coordinator dies during any call; another one goes on from the last state, and nothing is different. */
class LbfgsCrashTest {
    private static final int SHARDS = 3;
    private static final int SHARD_LENGTH = 2;
    private static final int ITERATIONS = 12;
    private static final int EVALUATIONS = 3;
    private static final int CHANGED = 6;
    private static final int WALL = 9;
    private static final LbfgsSettings SETTINGS = new LbfgsSettings(
            ITERATIONS,
            2,
            Curvature.DAMP,
            1e-3,
            0,
            0,
            new LineSearchConfig(1e-4, 0.9, EVALUATIONS),
            Minimisation.settings().noise());

    /** Three tries, and one of them again. */
    private static final String AGAIN = "\"evaluations\":" + (EVALUATIONS + 1);

    private static final VectorName TRIAL = Names.otherPoint(VectorName.PARAMETERS);

    private final ObjectMapper json = new ObjectMapper();

    /** A job: iterations, in their midst another objective, at the end everything in its place. */
    private final class Job {
        private final TornAlgebra algebra = new TornAlgebra(SHARDS, SHARD_LENGTH);
        private final List<String> states = new ArrayList<>();
        private int deaths;

        Job() {
            algebra.set(VectorName.PARAMETERS, new double[] {0.01, -0.01, 0.01, 0.011, -0.01, 0.01});
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
            Objective objective = objective(step);
            if (step == 0) {
                return lbfgs.begin(objective);
            }
            LbfgsState state = json.readValue(states.get(step - 1), LbfgsState.class);
            if (step == CHANGED) {
                return lbfgs.again(state, objective);
            }
            return step == ITERATIONS + 2 ? lbfgs.settle(state) : lbfgs.iterate(state, objective);
        }

        private Objective objective(int step) {
            if (step < 3) {
                return algebra.objective(LbfgsCrashTest::ridge);
            }
            Objective whole = algebra.objective(step < CHANGED ? LbfgsCrashTest::crooked : SmallProblems::rosenbrock);
            // Nothing that is lower.
            return step == WALL ? (point, gradient) -> whole.evaluate(point, gradient) + 1000 : whole;
        }

        LbfgsState state(int step) throws IOException {
            return json.readValue(states.get(step), LbfgsState.class);
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

    /** Between two wells, which can't be reached: the curvature is negative wherever it can be computed. */
    private static double ridge(double[] x, double[] gradient) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += Math.abs(x[i]) < 0.55 ? Math.pow(x[i], 4) - 2 * x[i] * x[i] : Double.NaN;
            gradient[i] = 4 * Math.pow(x[i], 3) - 4 * x[i];
        }
        return sum;
    }

    /** Wells everywhere. */
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

        assertThat(undisturbed.state(1).history().pairs()).as("damped").isEqualTo(1);
        assertThat(undisturbed.states).as("evaluated once more").anyMatch(state -> state.contains(AGAIN));
        assertThat(undisturbed.state(WALL - 1).history().pairs()).isPositive();
        assertThat(undisturbed.state(WALL).step()).as("no decrease").isZero();
        assertThat(undisturbed.state(ITERATIONS + 1).point())
                .as("to be settled")
                .isEqualTo(TRIAL);

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
