package org.distbelief.appmaster.lbfgs;

import java.util.ArrayList;
import java.util.List;

/** A program's results, one after the other. For one thread. */
final class Results {
    private final double[] values;
    private int next;

    Results(double[] values) {
        this.values = values;
    }

    double next() {
        return values[next++];
    }

    List<Double> next(int count) {
        List<Double> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(next());
        }
        return taken;
    }
}
