package org.distbelief.appmaster.lbfgs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectionTest {
    private static final int LENGTH = 40;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 30})
    void theRecursionOnScalarsIsTheOneOnVectors(int pairs) {
        Random random = new Random(pairs);
        for (int round = 0; round < 20; round++) {
            List<double[]> steps = new ArrayList<>();
            List<double[]> changes = new ArrayList<>();
            double[] scales = random.doubles(LENGTH, 0.5, 2).toArray();
            for (int i = 0; i < pairs; i++) {
                double[] step = random.doubles(LENGTH, -1, 1).toArray();
                steps.add(step);
                changes.add(IntStream.range(0, LENGTH)
                        .mapToDouble(j -> step[j] * scales[j] + 0.1 * random.nextGaussian())
                        .toArray());
            }
            double[] gradient = random.doubles(LENGTH, -1, 1).toArray();

            double[] found = combined(Direction.of(history(steps, changes, gradient)), steps, changes, gradient);
            double[] expected = textbook(steps, changes, gradient);

            double length = Math.sqrt(dot(expected, expected));
            for (int i = 0; i < LENGTH; i++) {
                assertThat(found[i])
                        .as("round %d, element %d", round, i)
                        .isCloseTo(expected[i], within(1e-12 * length));
            }
            assertThat(dot(found, gradient)).isNegative();
        }
    }

    @Test
    void withoutHistoryItIsTheSteepestDescent() {
        assertThat(Direction.of(History.none())).isEqualTo(new Direction(List.of(), List.of(), -1));
    }

    @Test
    void theOldestPairsGoWithTheirProducts() {
        Random random = new Random(5);
        List<double[]> steps = new ArrayList<>();
        List<double[]> changes = new ArrayList<>();
        double[] gradient = random.doubles(LENGTH).toArray();
        History history = History.none();
        for (int i = 0; i < 7; i++) {
            steps.add(random.doubles(LENGTH).toArray());
            changes.add(random.doubles(LENGTH).toArray());
            int from = Math.max(0, steps.size() - 3);
            history = history.with(pair(i, history, steps, changes, gradient), 3);

            assertThat(history.pairs()).isEqualTo(steps.size() - from);
            assertThat(history)
                    .isEqualTo(history(
                            steps.subList(from, i + 1), changes.subList(from, i + 1), gradient, history.slots()));
        }
        assertThat(history.slots()).containsExactly(4, 5, 6);
        assertThat(history.freeSlot(8)).isZero();
    }

    @Test
    void productsThatDoNotFitThePairsAreRefused() {
        assertThatThrownBy(() -> new History(
                        List.of(0), List.of(List.of(1.0, 2.0)), List.of(List.of(1.0)), List.of(1.0), List.of(1.0)))
                .hasMessageContaining("expected products for 1 pairs");
    }

    private static History history(List<double[]> steps, List<double[]> changes, double[] gradient) {
        return history(
                steps,
                changes,
                gradient,
                IntStream.range(0, steps.size()).boxed().toList());
    }

    private static History history(
            List<double[]> steps, List<double[]> changes, double[] gradient, List<Integer> slots) {
        return new History(
                slots,
                steps.stream().map(step -> products(step, changes)).toList(),
                IntStream.range(0, changes.size())
                        .mapToObj(i -> products(changes.get(i), changes.subList(0, i + 1)))
                        .toList(),
                products(gradient, steps),
                products(gradient, changes));
    }

    /** The newest of the pairs, to those of a history. */
    private static History.Pair pair(
            int slot, History history, List<double[]> steps, List<double[]> changes, double[] gradient) {
        int last = steps.size() - 1;
        double[] step = steps.get(last);
        double[] change = changes.get(last);
        List<double[]> olderSteps = steps.subList(last - history.pairs(), last);
        List<double[]> olderChanges = changes.subList(last - history.pairs(), last);
        return new History.Pair(
                slot,
                dot(step, step),
                dot(step, change),
                dot(change, change),
                products(step, olderChanges),
                products(change, olderSteps),
                products(change, olderChanges),
                dot(step, gradient),
                dot(change, gradient));
    }

    private static List<Double> products(double[] vector, List<double[]> others) {
        return others.stream().map(other -> dot(other, vector)).toList();
    }

    private static double[] combined(
            Direction direction, List<double[]> steps, List<double[]> changes, double[] gradient) {
        double[] sum = new double[LENGTH];
        add(direction.gradient(), gradient, sum);
        for (int i = 0; i < steps.size(); i++) {
            add(direction.steps().get(i), steps.get(i), sum);
            add(direction.changes().get(i), changes.get(i), sum);
        }
        return sum;
    }

    /** Nocedal and Wright, algorithm 7.4. */
    private static double[] textbook(List<double[]> steps, List<double[]> changes, double[] gradient) {
        int pairs = steps.size();
        double[] q = gradient.clone();
        double[] alpha = new double[pairs];
        for (int i = pairs - 1; i >= 0; i--) {
            alpha[i] = dot(steps.get(i), q) / dot(steps.get(i), changes.get(i));
            add(-alpha[i], changes.get(i), q);
        }
        double[] newest = changes.get(pairs - 1);
        double scale = dot(steps.get(pairs - 1), newest) / dot(newest, newest);
        double[] r = new double[LENGTH];
        add(scale, q, r);
        for (int i = 0; i < pairs; i++) {
            double beta = dot(changes.get(i), r) / dot(steps.get(i), changes.get(i));
            add(alpha[i] - beta, steps.get(i), r);
        }
        double[] direction = new double[LENGTH];
        add(-1, r, direction);
        return direction;
    }

    private static void add(double factor, double[] from, double[] to) {
        for (int i = 0; i < LENGTH; i++) {
            to[i] += factor * from[i];
        }
    }

    private static double dot(double[] left, double[] right) {
        return IntStream.range(0, left.length)
                .mapToDouble(i -> left[i] * right[i])
                .sum();
    }
}
