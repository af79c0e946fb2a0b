package org.distbelief.appmaster.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.distbelief.conf.SandblasterConfig.Curvature;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.InMemoryAlgebra;
import org.distbelief.paramserver.client.VectorAlgebra;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LbfgsTest {
    private static final int LENGTH = 20;

    private final InMemoryAlgebra algebra = new InMemoryAlgebra(LENGTH);

    private Objective objective(Problem.Function function) {
        return (point, gradient) -> {
            double[] values = new double[LENGTH];
            double loss = function.at(algebra.get(point), values);
            algebra.set(gradient, values);
            return loss;
        };
    }

    /** Half of sum of c (x - centre)^2, with c from 1 to {@code condition}. */
    private Objective quadratic(double condition, double centre) {
        return objective((x, gradient) -> {
            double sum = 0;
            for (int i = 0; i < LENGTH; i++) {
                double c = Math.pow(condition, i / (LENGTH - 1.0));
                gradient[i] = c * (x[i] - centre);
                sum += gradient[i] * (x[i] - centre) / 2;
            }
            return sum;
        });
    }

    private void startAt(double value) {
        double[] start = new double[LENGTH];
        Arrays.fill(start, value);
        algebra.set(VectorName.PARAMETERS, start);
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "100, 130", "1000, 370"})
    void aQuadraticsMinimumIsFound(double condition, int evaluations) throws Exception {
        startAt(2);
        Lbfgs lbfgs = new Lbfgs(Minimisation.stopping(500, 1e-9, 0), algebra);

        Minimisation.End end = Minimisation.run(lbfgs, quadratic(condition, -1));
        LbfgsState settled = lbfgs.settle(end.state());

        assertThat(end.stop()).isEqualTo(Stop.GRADIENT);
        assertThat(end.state().totalEvaluations()).isLessThan(evaluations);
        assertThat(settled.point()).isEqualTo(VectorName.PARAMETERS);
        assertThat(Arrays.stream(algebra.get(VectorName.PARAMETERS))).allMatch(x -> Math.abs(x + 1) < 1e-8);
        assertThat(settled.pointNorm()).isCloseTo(Math.sqrt(LENGTH), within(1e-8));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 30})
    void anyHistoryDoesAndNoMoreVectorsAreMadeThanWasSaid(int history) throws Exception {
        startAt(2);
        Lbfgs lbfgs = new Lbfgs(Minimisation.withHistory(history), algebra);

        Minimisation.End end = Minimisation.run(lbfgs, quadratic(50, 1));

        assertThat(end.stop()).isEqualTo(Stop.GRADIENT);
        assertThat(end.state().history().pairs()).isLessThanOrEqualTo(history);
        assertThat(algebra.names()).containsAll(lbfgs.vectors(end.state()));
        assertThat(algebra.names()).hasSizeLessThanOrEqualTo(Lbfgs.vectors(history));
        assertThat(Lbfgs.vectors(10)).isEqualTo(26);
    }

    @Test
    void anEvaluationTakesAProgramBeforeItAndOneAfterIt() throws Exception {
        startAt(2);
        AtomicInteger programs = new AtomicInteger();
        VectorAlgebra counting = program -> {
            programs.incrementAndGet();
            return algebra.run(program);
        };
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), counting);
        Objective objective = quadratic(100, 0);
        LbfgsState state = lbfgs.begin(objective);
        assertThat(programs.get()).isEqualTo(1);
        for (int i = 0; i < 15; i++) {
            programs.set(0);
            state = lbfgs.iterate(state, objective);
            assertThat(programs.get()).isEqualTo(2 * state.evaluations());
        }
    }

    @Test
    void theL2TermIsPartOfLossAndGradient() throws Exception {
        startAt(2);
        Lbfgs lbfgs = new Lbfgs(Minimisation.withL2(3), algebra);
        Objective objective = quadratic(1, 1);

        LbfgsState first = lbfgs.begin(objective);
        assertThat(first.loss()).isCloseTo(LENGTH * (0.5 + 3 * 4 / 2.0), within(1e-9));
        assertThat(first.gradientNorm()).isCloseTo(Math.sqrt(LENGTH) * (1 + 3 * 2), within(1e-9));
        assertThat(first.pointNorm()).isCloseTo(Math.sqrt(LENGTH) * 2, within(1e-9));

        Minimisation.End end = Minimisation.run(lbfgs, objective, first);
        lbfgs.settle(end.state());

        // (x - 1) + 3 x = 0.
        assertThat(Arrays.stream(algebra.get(VectorName.PARAMETERS))).allMatch(x -> Math.abs(x - 0.25) < 1e-9);
        assertThat(end.state().loss()).isCloseTo(LENGTH * (0.75 * 0.75 / 2 + 3 * 0.0625 / 2), within(1e-9));
    }

    @Test
    void whereTheLossCannotBeComputedStepsAreShorter() throws Exception {
        startAt(0.01);
        // x - log(x), which has no value below 0, and a gradient of nonsense there.
        Objective objective = objective((x, gradient) -> {
            double sum = 0;
            for (int i = 0; i < LENGTH; i++) {
                gradient[i] = x[i] > 0 ? 1 - 1 / x[i] : Double.NaN;
                sum += x[i] - Math.log(x[i]);
            }
            return sum;
        });
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), algebra);

        Minimisation.End end = Minimisation.run(lbfgs, objective);

        assertThat(end.state().loss()).isCloseTo(LENGTH, within(1e-9));
        assertThat(Arrays.stream(algebra.get(end.state().point()))).allMatch(x -> Math.abs(x - 1) < 1e-6);
    }

    @Test
    void aStartWhereNothingCanBeComputedIsRefused() {
        startAt(1);
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), algebra);

        assertThatThrownBy(() -> lbfgs.begin((point, gradient) -> Double.NaN))
                .asInstanceOf(type(ShardException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.NOT_FINITE))
                .extracting(Throwable::getMessage)
                .asString()
                .contains("expected a finite loss at the parameters after 0 iterations, found NaN");
        assertThatThrownBy(() -> lbfgs.begin(objective((x, gradient) -> {
                    Arrays.fill(gradient, Double.POSITIVE_INFINITY);
                    return 1;
                })))
                .hasMessageContaining("expected a finite gradient");
    }

    /** A double well, whose curvature between the wells is negative, looked at where steps are cut short. */
    @ParameterizedTest
    @EnumSource(Curvature.class)
    void aPairWithoutPositiveCurvatureIsSkippedOrDamped(Curvature curvature) throws Exception {
        startAt(0.01);
        Objective objective = objective((x, gradient) -> {
            double sum = 0;
            for (int i = 0; i < LENGTH; i++) {
                gradient[i] = 4 * x[i] * x[i] * x[i] - 4 * x[i];
                // Beyond, nothing can be computed, so that the first steps end where the curvature is negative.
                sum += Math.abs(x[i]) < 0.4 ? Math.pow(x[i], 4) - 2 * x[i] * x[i] : Double.NaN;
            }
            return sum;
        });
        Lbfgs lbfgs = new Lbfgs(Minimisation.withCurvature(curvature), algebra);

        LbfgsState state = lbfgs.iterate(lbfgs.begin(objective), objective);

        assertThat(state.step()).isPositive();
        if (curvature == Curvature.SKIP) {
            assertThat(state.history()).isEqualTo(History.none());
        } else {
            assertThat(state.history().pairs()).isEqualTo(1);
            VectorName step = Names.step(state.history().slots().get(0));
            VectorName change = Names.change(state.history().slots().get(0));
            double[] products = algebra.run(ShardProgram.begin()
                    .dot(step, change)
                    .norm(step)
                    .norm(change)
                    .dot(step, state.gradient())
                    .dot(change, state.gradient())
                    .end());
            assertThat(products[0] / (products[1] * products[2]))
                    .isCloseTo(0.2, within(0.8 + 1e-9))
                    .isPositive();
            assertThat(state.history().stepChange().get(0).get(0)).isEqualTo(products[0]);
            assertThat(state.history().stepGradient().get(0)).isEqualTo(products[3]);
            assertThat(state.history().changeGradient().get(0)).isEqualTo(products[4]);
        }
        Objective whole = objective((x, gradient) -> {
            double sum = 0;
            for (int i = 0; i < LENGTH; i++) {
                gradient[i] = 4 * x[i] * x[i] * x[i] - 4 * x[i];
                sum += Math.pow(x[i], 4) - 2 * x[i] * x[i];
            }
            return sum;
        });
        assertThat(Minimisation.run(lbfgs, whole, state).state().loss()).isCloseTo(-LENGTH, within(1e-9));
    }

    @Test
    void again() throws Exception {
        startAt(3);
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), algebra);
        LbfgsState state = lbfgs.begin(quadratic(10, 0));
        for (int i = 0; i < 5; i++) {
            state = lbfgs.iterate(state, quadratic(10, 0));
        }
        Objective other = quadratic(10, 7);

        LbfgsState changed = lbfgs.again(state, other);

        assertThat(changed.point()).isEqualTo(state.point());
        assertThat(changed.gradient()).isNotEqualTo(state.gradient());
        assertThat(changed.iteration()).isEqualTo(state.iteration());
        assertThat(changed.totalEvaluations()).isEqualTo(state.totalEvaluations() + 1);
        assertThat(changed.history().slots()).isEqualTo(state.history().slots()).hasSize(5);
        assertThat(changed.loss()).isEqualTo(other.evaluate(state.point(), new VectorName("scratch")));
        for (int i = 0; i < 5; i++) {
            int slot = state.history().slots().get(i);
            assertThat(algebra.run(ShardProgram.begin()
                            .dot(Names.step(slot), changed.gradient())
                            .dot(Names.change(slot), changed.gradient())
                            .end()))
                    .containsExactly(
                            changed.history().stepGradient().get(i),
                            changed.history().changeGradient().get(i));
        }
        Minimisation.End end = Minimisation.run(lbfgs, other, changed);
        assertThat(end.stop()).isEqualTo(Stop.GRADIENT);
        assertThat(Arrays.stream(algebra.get(end.state().point()))).allMatch(x -> Math.abs(x - 7) < 1e-9);
    }

    @Test
    void settleCopiesOnlyWhatIsElsewhere() throws Exception {
        startAt(3);
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), algebra);
        Objective objective = quadratic(10, 0);
        LbfgsState start = lbfgs.begin(objective);
        assertThat(lbfgs.settle(start)).isSameAs(start);

        LbfgsState moved = lbfgs.iterate(start, objective);
        double[] point = algebra.get(moved.point());
        LbfgsState settled = lbfgs.settle(moved);

        assertThat(moved.point()).isNotEqualTo(VectorName.PARAMETERS);
        assertThat(settled).isEqualTo(moved.at(VectorName.PARAMETERS));
        assertThat(algebra.get(VectorName.PARAMETERS)).containsExactly(point);
        assertThat(Minimisation.run(lbfgs, objective, settled).state().loss()).isLessThan(1e-20);
    }

    @Test
    void aStateIsReadFromJsonAsItWasWritten() throws Exception {
        startAt(3);
        Lbfgs lbfgs = new Lbfgs(Minimisation.settings(), algebra);
        Objective objective = quadratic(100, 0);
        LbfgsState state = lbfgs.begin(objective);
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readValue(json.writeValueAsString(state), LbfgsState.class))
                .isEqualTo(state);
        for (int i = 0; i < 12; i++) {
            state = lbfgs.iterate(state, objective);
        }
        String text = json.writeValueAsString(state);

        assertThat(json.readValue(text, LbfgsState.class)).isEqualTo(state);
        assertThat(state.history().pairs()).isEqualTo(10);
        assertThat(text).hasSizeLessThan(8192);
    }
}
