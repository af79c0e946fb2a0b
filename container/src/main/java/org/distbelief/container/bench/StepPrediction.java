package org.distbelief.container.bench;

import java.util.List;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.Region;
import org.distbelief.container.partition.Crossing;
import org.distbelief.container.partition.CutLayer;
import org.distbelief.container.partition.PartitionPlan;

/**
 * How long a training step of a split replica takes, from what its layers take in one piece and what messages cost. All
 * partitions go through the layers together: each layer takes as long as its largest part, and as long as the partition
 * that sends or receives most. On the way back, the gradient by the parameters is computed while that by the inputs
 * travels. Work and bytes are those of the real plan.
 *
 * @param layers of the model, in one piece on one core
 * @param link what messages cost at least
 */
record StepPrediction(List<LayerTime> layers, LinkTime link) {
    /** Seconds of a step on links of so many bytes a second. */
    double seconds(PartitionPlan plan, int batch, double linkBytesPerSecond) {
        double speed = Math.min(link.bytesPerSecond(), linkBytesPerSecond);
        int lowest = plan.lowestWithParameters();
        double sum = 0;
        for (int i = 0; i < plan.layers().size(); i++) {
            CutLayer layer = plan.layers().get(i);
            LayerTime whole = layers.get(layer.number());
            double share = largestShare(plan, layer);
            double travel = travel(plan, plan.exchange().into(i), batch, speed);
            sum += travel + share * whole.forward();
            if (i >= lowest) {
                double back = i > lowest ? travel : 0;
                sum += share * whole.inputGradient() + Math.max(share * whole.parameterGradient(), back);
            }
        }
        return sum;
    }

    /** The largest part of the model's layer that a partition computes in this layer of the plan. */
    private static double largestShare(PartitionPlan plan, CutLayer cut) {
        Layer whole = plan.model().layers().get(cut.number());
        double all = whole.flops(whole.output().whole());
        long most = 0;
        for (int p = 0; p < plan.partitions(); p++) {
            Region region = cut.region(p).orElse(null);
            most = Math.max(most, region == null ? 0 : cut.layer().flops(region));
        }
        return Math.min(1, most / all);
    }

    private double travel(PartitionPlan plan, List<Crossing> crossings, int batch, double speed) {
        if (crossings.isEmpty()) {
            return 0;
        }
        long[] out = new long[plan.partitions()];
        long[] in = new long[plan.partitions()];
        int[] messages = new int[plan.partitions()];
        for (Crossing crossing : crossings) {
            out[crossing.from()] += crossing.units();
            in[crossing.to()] += crossing.units();
            messages[crossing.from()]++;
            messages[crossing.to()]++;
        }
        double longest = 0;
        for (int p = 0; p < plan.partitions(); p++) {
            double bytes = (double) Math.max(out[p], in[p]) * batch * Float.BYTES;
            longest = Math.max(longest, link.latency() + messages[p] * link.perMessage() + bytes / speed);
        }
        return longest;
    }
}
