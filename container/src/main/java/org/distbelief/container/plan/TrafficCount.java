package org.distbelief.container.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.distbelief.container.partition.Crossing;
import org.distbelief.container.partition.PartitionPlan;

/** Counts what the partitions of a plan send each other. */
final class TrafficCount {
    private final Map<Phase, long[]> in = new EnumMap<>(Phase.class);
    private final Map<Phase, long[]> out = new EnumMap<>(Phase.class);
    private final List<SortedSet<Integer>> neighbours = new ArrayList<>();

    private enum Phase {
        INPUTS,
        FORWARD,
        LOSS,
        BACKWARD,
        SCORES,
        TIED
    }

    TrafficCount(PartitionPlan plan) {
        for (Phase phase : Phase.values()) {
            in.put(phase, new long[plan.partitions()]);
            out.put(phase, new long[plan.partitions()]);
        }
        for (int p = 0; p < plan.partitions(); p++) {
            neighbours.add(new TreeSet<>());
        }
        units(plan);
        loss(plan);
        tied(plan);
    }

    private void units(PartitionPlan plan) {
        int last = plan.layers().size();
        for (int level = 0; level <= last; level++) {
            Phase phase = level == 0 ? Phase.INPUTS : level == last ? Phase.SCORES : Phase.FORWARD;
            boolean back = level > plan.lowestWithParameters() && level < last;
            for (Crossing crossing : plan.exchange().into(level)) {
                count(phase, crossing.from(), crossing.to(), crossing.units());
                if (back) {
                    count(Phase.BACKWARD, crossing.to(), crossing.from(), crossing.units());
                }
            }
        }
    }

    private void loss(PartitionPlan plan) {
        int floats = plan.model().loss().toldToOthers();
        List<Integer> owners = plan.layers().get(plan.layers().size() - 1).owners();
        for (int from : owners) {
            for (int to : owners) {
                if (from != to && floats > 0) {
                    count(Phase.LOSS, from, to, floats);
                }
            }
        }
    }

    private void tied(PartitionPlan plan) {
        for (int i = 0; i < plan.layers().size(); i++) {
            for (int p = 0; p < plan.partitions(); p++) {
                int first = plan.sharers(i, p).get(0);
                if (first != p) {
                    long floats = plan.layers().get(i).parameters(p).size();
                    count(Phase.TIED, p, first, floats);
                    count(Phase.TIED, first, p, floats);
                }
            }
        }
    }

    private void count(Phase phase, int from, int to, long floats) {
        bytes(out, phase)[from] += floats * Float.BYTES;
        bytes(in, phase)[to] += floats * Float.BYTES;
        neighbours.get(from).add(to);
        neighbours.get(to).add(from);
    }

    private static long[] bytes(Map<Phase, long[]> way, Phase phase) {
        long[] counts = way.get(phase);
        if (counts == null) {
            throw new IllegalStateException("expected a count for each phase");
        }
        return counts;
    }

    /** What one partition receives and sends. */
    Traffic of(int partition) {
        return new Traffic(
                bytes(Phase.INPUTS, partition),
                bytes(Phase.FORWARD, partition),
                bytes(Phase.LOSS, partition),
                bytes(Phase.BACKWARD, partition),
                bytes(Phase.SCORES, partition),
                bytes(Phase.TIED, partition));
    }

    private Traffic.Bytes bytes(Phase phase, int partition) {
        return new Traffic.Bytes(bytes(in, phase)[partition], bytes(out, phase)[partition]);
    }

    /** The partitions that one exchanges floats with, ascending. */
    List<Integer> neighbours(int partition) {
        return List.copyOf(neighbours.get(partition));
    }
}
