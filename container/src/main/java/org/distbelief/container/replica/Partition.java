package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.layer.LayerBlock;
import org.distbelief.container.layer.LayerPart;
import org.distbelief.container.layer.Pass;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.WeightDecay;
import org.distbelief.container.loss.OtherRegions;
import org.distbelief.container.loss.OutputUnits;
import org.distbelief.container.partition.Crossing;
import org.distbelief.container.partition.CutLayer;
import org.distbelief.container.partition.PartitionPlan;
import org.jspecify.annotations.Nullable;

/**
 * The units of a model that one machine of a replica computes (paper, section 3), the memory of their activations, and
 * the passes over them. Layers compute regions and know nothing of machines; what regions need of each other comes and
 * goes between them, see {@link Level} and {@link GradientLevel}. All partitions of a replica make the same passes in
 * the same order. For one thread.
 */
final class Partition {
    private final PartitionPlan plan;
    private final Kernels kernels;
    private final List<Optional<LayerPart>> parts = new ArrayList<>();
    private final List<List<WeightDecay>> decays = new ArrayList<>();
    private final List<Level> levels = new ArrayList<>();
    private final List<GradientLevel> gradients = new ArrayList<>();
    private final List<Optional<TiedGradient>> tied = new ArrayList<>();
    private final @Nullable OutputUnits outputs;
    private final OtherRegions others;
    private final Pass pass = new Pass();
    private final int lowest;
    private int bound;
    private @Nullable FloatMemory boundInputs;

    /** What makes the noise of a layer differ from step to step. */
    @FunctionalInterface
    interface Keys {
        /** @param layer of the model */
        long of(int layer);
    }

    /**
     * Allocates all memory.
     *
     * @param kernels the arithmetic; stays the caller's
     */
    Partition(PartitionPlan plan, Neighbours neighbours, Kernels kernels, int maxBatch, boolean training) {
        this.plan = plan;
        this.kernels = kernels;
        this.lowest = plan.lowestWithParameters();
        PartitionShape shape = new PartitionShape(plan, neighbours.partition());
        Tags tags = new Tags(plan);
        for (int i = 0; i < plan.layers().size(); i++) {
            CutLayer layer = plan.layers().get(i);
            parts.add(shape.output(i).map(region -> layer.layer().part(region, kernels, maxBatch)));
            decays.add(layer.layer().blocks().stream().map(LayerBlock::decay).toList());
        }
        for (int i = 0; i <= plan.layers().size(); i++) {
            levels.add(new Level(
                    shape.owned(i),
                    shape.needed(i),
                    shape.reads(i),
                    i == 0 && shape.owned(0).isPresent(),
                    maxBatch,
                    plan.exchange().into(i),
                    tags.states(i),
                    neighbours));
        }
        if (training) {
            addGradients(shape, tags, maxBatch, neighbours);
        }
        int last = plan.layers().size();
        this.outputs = shape.owned(last)
                .map(region -> new OutputUnits(plan.model().output(), region))
                .orElse(null);
        List<Integer> owners = plan.layers().get(last - 1).owners();
        this.others =
                owners.size() == 1 ? OtherRegions.NONE : new LossExchange(owners, tags.loss(), maxBatch, neighbours);
    }

    private void addGradients(PartitionShape shape, Tags tags, int maxBatch, Neighbours neighbours) {
        int last = plan.layers().size();
        PartitionShape.GradientUnits units = shape.gradientUnits();
        List<FloatMemory> needed = List.of(memory(units.needed(0), maxBatch), memory(units.needed(1), maxBatch));
        List<FloatMemory> landing = List.of(memory(units.landing(0), maxBatch), memory(units.landing(1), maxBatch));
        FloatMemory owned = memory(units.owned(), maxBatch);
        for (int i = 0; i <= last; i++) {
            boolean travels = i > lowest && i < last;
            List<Crossing> crossings = travels ? plan.exchange().into(i) : List.of();
            gradients.add(new GradientLevel(
                    i > lowest ? shape.owned(i) : Optional.empty(),
                    i == last ? shape.owned(i) : i > lowest ? shape.needed(i) : Optional.empty(),
                    shape.reads(i),
                    new GradientLevel.Memory(needed.get(i % 2), owned, landing.get(i % 2)),
                    crossings,
                    tags.gradients(i),
                    neighbours));
        }
        for (int i = 0; i < last; i++) {
            List<Integer> sharers = plan.sharers(i, neighbours.partition());
            tied.add(
                    sharers.size() == 1
                            ? Optional.empty()
                            : Optional.of(
                                    new TiedGradient(shape.blockSizes(i), sharers, tags.parameters(i), neighbours)));
        }
    }

    /** Bytes off-heap that one takes. */
    static long bytes(PartitionPlan plan, int partition, int maxBatch, boolean training) {
        PartitionShape shape = new PartitionShape(plan, partition);
        int last = plan.layers().size();
        long bytes = training ? shape.gradientUnits().bytes(maxBatch) : 0;
        for (int i = 0; i <= last; i++) {
            boolean foreign = i == 0 && shape.owned(0).isPresent();
            bytes += Level.bytes(shape.owned(i), shape.needed(i), foreign, maxBatch);
        }
        for (int i = 0; i < last; i++) {
            CutLayer layer = plan.layers().get(i);
            bytes += shape.output(i)
                    .map(region -> layer.layer().partBytes(region, maxBatch))
                    .orElse(0L);
            List<Integer> sharers = plan.sharers(i, partition);
            if (training && sharers.size() > 1) {
                long floats =
                        shape.blockSizes(i).stream().mapToLong(size -> size).sum();
                bytes += TiedGradient.bytes(floats, sharers, partition);
            }
        }
        List<Integer> owners = plan.layers().get(last - 1).owners();
        return owners.size() == 1 ? bytes : bytes + LossExchange.bytes(owners, partition, maxBatch);
    }

    private static FloatMemory memory(int units, int maxBatch) {
        return FloatMemory.allocate((long) units * maxBatch);
    }

    /** Prepares for mini-batches of another size; {@code inputs} are partition 0's, and null elsewhere. */
    private void bind(int batch, @Nullable FloatMemory inputs) {
        if (batch == bound && inputs == boundInputs) {
            return;
        }
        for (int i = 0; i < levels.size(); i++) {
            levels.get(i).bind(batch, i == 0 ? inputs : null);
        }
        gradients.forEach(level -> level.bind(batch));
        bound = batch;
        boundInputs = inputs;
    }

    /**
     * Computes the partition's outputs.
     *
     * @param inputs of the whole model, at partition 0; null elsewhere
     */
    void forward(int batch, @Nullable FloatMemory inputs, ReplicaParameters parameters, boolean training, Keys keys) {
        bind(batch, inputs);
        int last = parts.size();
        for (int i = 0; i <= last; i++) {
            if (i < last || !training) {
                levels.get(i).open();
            }
        }
        for (int i = 0; i < last; i++) {
            forward(i, batch, parameters, training, keys);
        }
        levels.get(0).awaitSent();
        if (!training) {
            levels.get(last).send(batch);
            levels.get(last).await();
        }
    }

    private void forward(int i, int batch, ReplicaParameters parameters, boolean training, Keys keys) {
        Level below = levels.get(i);
        below.send(batch);
        LayerPart part = parts.get(i).orElse(null);
        if (part == null) {
            return;
        }
        Level above = levels.get(i + 1);
        above.awaitSent();
        pass.set(batch, training, training ? keys.of(plan.layers().get(i).number()) : 0);
        Region early = below.early();
        if (early == null) {
            below.await();
            part.forward(pass, parameters.layer(i), below.need(), above.own());
            return;
        }
        // What needs nothing of the neighbours is computed while their states are on the way.
        part.begin(pass, parameters.layer(i), below.need(), early, above.own());
        below.await();
        part.finish(pass, parameters.layer(i), below.need(), early, above.own());
    }

    /** All outputs of the model, at partition 0, after a forward pass that does not train. */
    FloatMemory scores() {
        return levels.get(parts.size()).need();
    }

    /**
     * Carries the loss of the last forward pass back to the parameters.
     *
     * @return the part of the loss that this partition's outputs account for
     */
    double backward(
            int[] labels,
            ReplicaParameters parameters,
            ReplicaParameters into,
            float scale,
            boolean add,
            Keys keys,
            GradientListener listener) {
        int last = parts.size();
        gradients.get(last - 1).open();
        if (last > 1) {
            gradients.get(last - 2).open();
        }
        for (int i = 0; i < last; i++) {
            TiedGradient sum = tied.get(i).orElse(null);
            if (sum != null) {
                sum.open();
            }
        }
        double loss = loss(labels);
        listener.lost(loss);
        for (int i = last - 1; i >= lowest; i--) {
            backward(i, parameters, into, scale, add, keys, listener);
            if (i > lowest) {
                gradients.get(i).addUp(kernels, bound);
                if (i > 1) {
                    gradients.get(i - 2).open();
                }
            }
        }
        for (int i = last - 1; i >= lowest; i--) {
            TiedGradient sum = tied.get(i).orElse(null);
            if (sum != null) {
                sum.sum(kernels);
                take(i, sum.blocks(), parameters, into, scale, add);
                listener.ready(i);
            }
        }
        return loss;
    }

    private double loss(int[] labels) {
        OutputUnits units = outputs;
        if (units == null) {
            return 0;
        }
        GradientLevel top = gradients.get(parts.size());
        awaitSent(parts.size());
        top.own().write(0, levels.get(parts.size()).own(), 0, units.count() * bound);
        return plan.model().loss().gradient(kernels, units, bound, top.own(), labels, others);
    }

    /** Waits until nobody reads the memory that the gradient of a level is about to overwrite. */
    private void awaitSent(int level) {
        for (int other = level % 2; other < gradients.size(); other += 2) {
            gradients.get(other).awaitSent();
        }
    }

    private void backward(
            int i,
            ReplicaParameters parameters,
            ReplicaParameters into,
            float scale,
            boolean add,
            Keys keys,
            GradientListener listener) {
        LayerPart part = parts.get(i).orElse(null);
        if (part == null) {
            return;
        }
        FloatMemory in = levels.get(i).need();
        FloatMemory outGradient = gradients.get(i + 1).own();
        FloatMemory inGradient = null;
        if (i > lowest) {
            awaitSent(i);
            inGradient = gradients.get(i).need();
        }
        pass.set(bound, true, keys.of(plan.layers().get(i).number()));
        part.backward(pass, parameters.layer(i), in, levels.get(i + 1).own(), outGradient, inGradient);
        if (i > lowest) {
            gradients.get(i).send();
        }
        if (into.layer(i).isEmpty()) {
            return;
        }
        TiedGradient sum = tied.get(i).orElse(null);
        if (sum != null) {
            sum.awaitSent();
            part.parameterGradient(pass, in, outGradient, 1, false, sum.blocks());
            sum.send();
            return;
        }
        // The decay is that of the weights as they were, also where the product changes them.
        if (add) {
            addDecay(i, parameters, into, scale);
        }
        part.parameterGradient(pass, in, outGradient, scale, add, into.layer(i));
        if (!add) {
            addDecay(i, parameters, into, scale);
        }
        listener.ready(i);
    }

    private void take(
            int layer,
            List<FloatMemory> sum,
            ReplicaParameters parameters,
            ReplicaParameters into,
            float scale,
            boolean add) {
        if (!add) {
            into.layer(layer).forEach(block -> block.clear(0, block.size()));
        }
        addDecay(layer, parameters, into, scale);
        for (int block = 0; block < sum.size(); block++) {
            FloatMemory to = into.layer(layer).get(block);
            kernels.axpy(to.size(), scale, sum.get(block), to);
        }
    }

    /**
     * {@code l2 / 2} times the sum of the squares of the weights, without regard to {@code l1}.
     *
     * @param counted which of the plan's layers to count
     */
    double penalty(ReplicaParameters parameters, IntPredicate counted) {
        double sum = 0;
        for (int layer = 0; layer < parts.size(); layer++) {
            List<FloatMemory> blocks = counted.test(layer) ? parameters.layer(layer) : List.of();
            for (int block = 0; block < blocks.size(); block++) {
                double l2 = decays.get(layer).get(block).l2();
                if (l2 > 0) {
                    FloatMemory weights = blocks.get(block);
                    sum += l2 / 2 * kernels.sumOfSquares(weights.size(), weights);
                }
            }
        }
        return sum;
    }

    private void addDecay(int layer, ReplicaParameters parameters, ReplicaParameters into, float scale) {
        for (int block = 0; block < decays.get(layer).size(); block++) {
            WeightDecay decay = decays.get(layer).get(block);
            if (!decay.isNone()) {
                FloatMemory weights = parameters.layer(layer).get(block);
                FloatMemory gradient = into.layer(layer).get(block);
                kernels.decay(
                        weights.size(), scale * (float) decay.l1(), scale * (float) decay.l2(), weights, gradient);
            }
        }
    }
}
