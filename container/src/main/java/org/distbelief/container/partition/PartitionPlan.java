package org.distbelief.container.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.layer.CutByInputs;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/**
 * How the units of a model are split over the partitions of a replica (paper, section 3). It follows from the model and
 * the number of partitions alone. Layers with a place for their units are cut by space, all alike, into a grid that is
 * nearly square; others by units. A fully connected layer is cut by its inputs where fewer bytes cross that way.
 * Immutable.
 */
public final class PartitionPlan {
    private final Model model;
    private final int partitions;
    private final List<Optional<Region>> inputs;
    private final List<CutLayer> layers;
    private final Exchange exchange;
    private final List<Boolean> tied;

    private PartitionPlan(
            Model model, int partitions, List<Optional<Region>> inputs, List<CutLayer> layers, Exchange exchange) {
        this.model = model;
        this.partitions = partitions;
        this.inputs = List.copyOf(inputs);
        this.layers = List.copyOf(layers);
        this.exchange = exchange;
        this.tied = layers.stream().map(CutLayer::tied).toList();
    }

    /**
     * The plan for a model.
     *
     * @param partitions from 1
     * @throws PartitionException where some partition would have nothing to do, or more parameters than fit in one
     *     piece of memory
     */
    public static PartitionPlan of(Model model, int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("expected at least 1 partition, found " + partitions);
        }
        List<Optional<Region>> inputs = new ArrayList<>();
        inputs.add(Optional.of(model.input().whole()));
        IntStream.range(1, partitions).forEach(p -> inputs.add(Optional.empty()));
        SpaceCut space =
                new SpaceCut(partitions, model.input().height(), model.input().width());
        List<CutLayer> layers = new ArrayList<>();
        List<Optional<Region>> below = inputs;
        for (int i = 0; i < model.layers().size(); i++) {
            layers.addAll(cut(model, i, space, partitions, below));
            below = layers.get(layers.size() - 1).regions();
        }
        requireWork(layers, partitions);
        requireMemory(layers, partitions);
        return new PartitionPlan(model, partitions, inputs, layers, new Exchange(inputs, layers));
    }

    private static List<CutLayer> cut(
            Model model, int index, SpaceCut space, int partitions, List<Optional<Region>> below) {
        Layer layer = model.layers().get(index);
        List<Block> blocks = model.blocks(index);
        String name = model.layerName(index);
        List<CutLayer> byUnits = List.of(new CutLayer(index, name, layer, blocks, regions(layer, space, partitions)));
        boolean lowest = index <= model.lowestWithParameters();
        // The input lies with partition 0, which would do all of the work.
        List<Region> owned = partitions == 1 || index == 0
                ? List.of()
                : below.stream().flatMap(Optional::stream).toList();
        Optional<CutByInputs> two = owned.isEmpty() ? Optional.empty() : layer.cutByInputs(owned);
        if (two.isEmpty()) {
            return byUnits;
        }
        List<CutLayer> byInputs = byInputs(index, name, two.get(), blocks, below);
        return crossingUnits(below, byInputs, lowest) < crossingUnits(below, byUnits, lowest) ? byInputs : byUnits;
    }

    private static List<CutLayer> byInputs(
            int number, String name, CutByInputs two, List<Block> blocks, List<Optional<Region>> below) {
        List<Optional<Region>> rows = new ArrayList<>();
        int row = 0;
        for (Optional<Region> owner : below) {
            rows.add(
                    owner.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new Region(
                                    row++,
                                    0,
                                    0,
                                    new Shape(1, 1, two.total().output().units()))));
        }
        int first = two.sums().blocks().size();
        return List.of(
                new CutLayer(number, name + ".sums", two.sums(), blocks.subList(0, first), rows),
                new CutLayer(
                        number,
                        name + ".total",
                        two.total(),
                        blocks.subList(first, blocks.size()),
                        byMaps(two.total().output(), below.size())));
    }

    /** Units that cross on the way through some layers, forward and, unless nobody needs the gradient, backward. */
    private static long crossingUnits(List<Optional<Region>> below, List<CutLayer> layers, boolean lowest) {
        Exchange exchange = new Exchange(below, layers);
        long sum = 0;
        for (int i = 0; i < layers.size(); i++) {
            long units = exchange.into(i).stream().mapToLong(Crossing::units).sum();
            sum += i == 0 && lowest ? units : 2 * units;
        }
        return sum;
    }

    private static List<Optional<Region>> regions(Layer layer, SpaceCut space, int partitions) {
        Shape output = layer.output();
        boolean hasPlaces = (long) output.height() * output.width() >= partitions || !layer.divisibleMaps();
        return hasPlaces && (output.height() > 1 || output.width() > 1 || !layer.divisibleMaps())
                ? IntStream.range(0, partitions)
                        .mapToObj(p -> space.region(p, output))
                        .toList()
                : byMaps(output, partitions);
    }

    /** Cuts the maps evenly; each partition has all places. */
    private static List<Optional<Region>> byMaps(Shape output, int partitions) {
        List<Optional<Region>> regions = new ArrayList<>();
        for (int p = 0; p < partitions; p++) {
            int from = (int) ((long) output.channels() * p / partitions);
            int to = (int) ((long) output.channels() * (p + 1) / partitions);
            regions.add(
                    from == to
                            ? Optional.empty()
                            : Optional.of(
                                    new Region(0, 0, from, new Shape(output.height(), output.width(), to - from))));
        }
        return regions;
    }

    private static void requireWork(List<CutLayer> layers, int partitions) {
        for (int p = 0; p < partitions; p++) {
            int partition = p;
            if (layers.stream().noneMatch(layer -> layer.region(partition).isPresent())) {
                long most = layers.stream()
                        .mapToLong(l ->
                                l.regions().stream().flatMap(Optional::stream).count())
                        .max()
                        .orElse(1);
                throw new PartitionException("the model cannot be cut into " + partitions + " partitions: partition "
                        + partition + " would have no units; use at most " + most);
            }
        }
    }

    private static void requireMemory(List<CutLayer> layers, int partitions) {
        for (CutLayer layer : layers) {
            for (int block = 0; block < layer.blocks().size(); block++) {
                for (int p = 0; p < partitions; p++) {
                    long size = layer.parameters(block, p).size();
                    if (size > FloatMemory.MOST) {
                        throw new PartitionException("partition " + p + " would hold " + size + " parameters of "
                                + layer.blocks().get(block).name() + ", more than the " + FloatMemory.MOST
                                + " that fit in one piece of memory; use more than " + partitions + " partitions");
                    }
                }
            }
        }
    }

    /** The model. */
    public Model model() {
        return model;
    }

    /** Number of partitions. */
    public int partitions() {
        return partitions;
    }

    /** Who has the model's input: partition 0 all of it; unmodifiable. */
    public List<Optional<Region>> inputs() {
        return inputs;
    }

    /** The layers from the input up; one that is cut by its inputs counts as two; unmodifiable. */
    public List<CutLayer> layers() {
        return layers;
    }

    /** What the partitions tell each other. */
    public Exchange exchange() {
        return exchange;
    }

    /** The lowest of the plan's layers that has parameters: nobody needs the gradient by its inputs. */
    public int lowestWithParameters() {
        int layer = 0;
        while (layers.get(layer).blocks().isEmpty()) {
            layer++;
        }
        return layer;
    }

    /**
     * {@link CutLayer#sharers} of one of the plan's layers.
     *
     * @param layer index of the plan's layer
     */
    public List<Integer> sharers(int layer, int partition) {
        return tied.get(layer) ? layers.get(layer).sharers(partition) : List.of(partition);
    }

    /** The parameters that a partition needs, and fetches. */
    public RangeSet parameters(int partition) {
        List<Range> ranges = new ArrayList<>();
        layers.forEach(layer -> ranges.addAll(layer.parameters(partition).ranges()));
        return RangeSet.of(ranges);
    }

    /** Whether a partition owns what it needs of a layer: no partition of lower number needs the same parameters. */
    public boolean isFirst(int layer, int partition) {
        return sharers(layer, partition).get(0) == partition;
    }

    /** The parameters whose gradient a partition pushes: of those that several need, it is the first one that does. */
    public RangeSet owned(int partition) {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            ranges.addAll(owned(i, partition).ranges());
        }
        return RangeSet.of(ranges);
    }

    /** Those of a layer's parameters whose gradient a partition pushes. */
    public RangeSet owned(int layer, int partition) {
        return isFirst(layer, partition) ? layers.get(layer).parameters(partition) : RangeSet.empty();
    }
}
