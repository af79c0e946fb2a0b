package org.distbelief.appmaster.submit.console;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.distbelief.container.plan.PartitionReport;

/**
 * Which partitions are worth a line: all of a few; of many the first, the last, and those with the most and the least
 * memory, work and traffic.
 *
 * @param all in order
 */
record ShownPartitions(List<PartitionReport> all) {
    private static final int ALL = 16;

    List<PartitionReport> list() {
        if (all.size() <= ALL) {
            return all;
        }
        TreeSet<Integer> shown = new TreeSet<>(List.of(0, all.size() - 1));
        extremes(shown, part -> part.memory().containerBytes());
        extremes(shown, PartitionReport::trainingFlops);
        extremes(shown, part -> part.traffic().training().in());
        extremes(shown, part -> part.traffic().training().out());
        return shown.stream().map(all::get).toList();
    }

    private void extremes(TreeSet<Integer> shown, ToLongFunction<PartitionReport> measure) {
        Comparator<PartitionReport> order =
                Comparator.comparingLong(measure).thenComparing(PartitionReport::partition, Comparator.reverseOrder());
        shown.add(all.stream().max(order).orElseThrow().partition());
        shown.add(all.stream()
                .min(Comparator.comparingLong(measure).thenComparing(PartitionReport::partition))
                .orElseThrow()
                .partition());
    }
}
