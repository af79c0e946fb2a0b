package org.distbelief.appmaster.lbfgs;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pairs of a step and the change of the gradient over it, oldest first, by the slots in which their vectors are, with
 * the inner products that the recursion needs. Immutable.
 *
 * @param slots the pairs' slots
 * @param stepChange the products of each step with each change: a row for each step
 * @param changeChange the products of each change with itself and those before it: a row for each change
 * @param stepGradient the products of each step with the state's gradient
 * @param changeGradient the products of each change with the state's gradient
 */
public record History(
        List<Integer> slots,
        List<List<Double>> stepChange,
        List<List<Double>> changeChange,
        List<Double> stepGradient,
        List<Double> changeGradient) {
    /** Copies the lists, checks their lengths. */
    public History {
        slots = List.copyOf(slots);
        stepChange = stepChange.stream().map(List::copyOf).toList();
        changeChange = changeChange.stream().map(List::copyOf).toList();
        stepGradient = List.copyOf(stepGradient);
        changeGradient = List.copyOf(changeGradient);
        int pairs = slots.size();
        boolean fits = stepChange.size() == pairs
                && changeChange.size() == pairs
                && stepGradient.size() == pairs
                && changeGradient.size() == pairs;
        for (int i = 0; fits && i < pairs; i++) {
            fits = stepChange.get(i).size() == pairs && changeChange.get(i).size() == i + 1;
        }
        if (!fits) {
            throw new IllegalArgumentException("expected products for " + pairs + " pairs, found steps with changes "
                    + stepChange + ", changes " + changeChange + ", steps with the gradient " + stepGradient
                    + ", changes with it " + changeGradient);
        }
    }

    /** No pairs. */
    public static History none() {
        return new History(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** How many pairs. */
    public int pairs() {
        return slots.size();
    }

    /** A slot that none of the pairs is in, of {@code slots} ones; there must be one. */
    int freeSlot(int slots) {
        return IntStream.range(0, slots)
                .filter(slot -> !this.slots.contains(slot))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("expected a slot below " + slots + " beside " + this.slots));
    }

    /** The same pairs with another gradient. */
    History withGradient(List<Double> stepProducts, List<Double> changeProducts) {
        return new History(slots, stepChange, changeChange, stepProducts, changeProducts);
    }

    /** With a new pair as the youngest, and without the oldest ones that are more than {@code most}. */
    History with(Pair pair, int most) {
        int pairs = pairs();
        List<Integer> moreSlots = plus(slots, pair.slot());
        List<List<Double>> steps = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            steps.add(plus(stepChange.get(i), pair.change().get(i)));
        }
        steps.add(plus(pair.step(), pair.stepChange()));
        List<List<Double>> changes = plus(changeChange, plus(pair.changeChanges(), pair.changeChange()));
        int from = Math.max(0, pairs + 1 - most);
        return new History(
                moreSlots.subList(from, pairs + 1),
                tails(steps.subList(from, pairs + 1), from),
                tails(changes.subList(from, pairs + 1), from),
                plus(stepGradient, pair.stepGradient()).subList(from, pairs + 1),
                plus(changeGradient, pair.changeGradient()).subList(from, pairs + 1));
    }

    private static <T> List<T> plus(List<T> list, T last) {
        List<T> longer = new ArrayList<>(list);
        longer.add(last);
        return longer;
    }

    private static List<List<Double>> tails(List<List<Double>> rows, int from) {
        return rows.stream().map(row -> row.subList(from, row.size())).toList();
    }

    /**
     * A pair that comes to these ones.
     *
     * @param slot where its vectors are
     * @param stepStep its step's squared length
     * @param stepChange the product of its step and change: the curvature
     * @param changeChange its change's squared length
     * @param step its step with the older changes
     * @param change its change with the older steps
     * @param changeChanges its change with the older changes
     * @param stepGradient its step with the gradient
     * @param changeGradient its change with the gradient
     */
    record Pair(
            int slot,
            double stepStep,
            double stepChange,
            double changeChange,
            List<Double> step,
            List<Double> change,
            List<Double> changeChanges,
            double stepGradient,
            double changeGradient) {}
}
