package org.distbelief.appmaster.lbfgs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A direction as a linear combination of the remembered steps and changes and the gradient: the two-loop recursion
 * without vectors (Chen, Wang and Zhou, "Large-scale L-BFGS using MapReduce", 2014).
 *
 * @param steps factors of the steps, oldest first
 * @param changes factors of the changes, oldest first
 * @param gradient factor of the gradient
 */
record Direction(List<Double> steps, List<Double> changes, double gradient) {
    Direction {
        steps = List.copyOf(steps);
        changes = List.copyOf(changes);
    }

    /** Against the gradient. */
    static Direction steepest() {
        return new Direction(List.of(), List.of(), -1);
    }

    /** Minus the approximated inverse Hessian times the gradient. Steepest descent where nothing is remembered. */
    static Direction of(History history) {
        int pairs = history.pairs();
        if (pairs == 0) {
            return steepest();
        }
        List<Double> steps = new ArrayList<>(Collections.nCopies(pairs, 0.0));
        List<Double> changes = new ArrayList<>(Collections.nCopies(pairs, 0.0));
        for (int i = pairs - 1; i >= 0; i--) {
            double product = -history.stepGradient().get(i);
            for (int j = i + 1; j < pairs; j++) {
                product += changes.get(j) * history.stepChange().get(i).get(j);
            }
            changes.set(i, -product / curvature(history, i));
        }
        double scale = scale(history);
        List<Double> remembered = List.copyOf(changes);
        changes.replaceAll(factor -> factor * scale);
        for (int i = 0; i < pairs; i++) {
            double product = -scale * history.changeGradient().get(i);
            for (int j = 0; j < pairs; j++) {
                product += changes.get(j) * changeChange(history, i, j);
            }
            for (int j = 0; j < i; j++) {
                product += steps.get(j) * history.stepChange().get(j).get(i);
            }
            steps.set(i, -remembered.get(i) - product / curvature(history, i));
        }
        return new Direction(steps, changes, -scale);
    }

    /** The inverse curvature along the youngest change: what the recursion starts from. There must be a pair. */
    static double scale(History history) {
        int youngest = history.pairs() - 1;
        return curvature(history, youngest) / changeChange(history, youngest, youngest);
    }

    private static double curvature(History history, int pair) {
        return history.stepChange().get(pair).get(pair);
    }

    private static double changeChange(History history, int one, int other) {
        return history.changeChange().get(Math.max(one, other)).get(Math.min(one, other));
    }
}
