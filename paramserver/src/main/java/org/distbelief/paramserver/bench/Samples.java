package org.distbelief.paramserver.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Figures that were taken again and again; the median counts.
 *
 * @param <K> what was measured
 */
final class Samples<K extends Enum<K>> {
    private final Map<K, double[]> taken;

    Samples(Class<K> kinds) {
        this.taken = new EnumMap<>(kinds);
    }

    void add(K kind, double figure) {
        double[] before = taken.getOrDefault(kind, new double[0]);
        double[] now = Arrays.copyOf(before, before.length + 1);
        now[before.length] = figure;
        taken.put(kind, now);
    }

    double median(K kind) {
        return Median.of(taken.getOrDefault(kind, new double[0]));
    }
}
