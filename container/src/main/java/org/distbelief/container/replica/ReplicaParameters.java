package org.distbelief.container.replica;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.CutLayer;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/**
 * Off-heap memory for those parameters (or a gradient by them) that a replica's regions of the layers need: one piece
 * for each block, which holds the block's ranges in ascending order. Allocated once. Not synchronised.
 */
public final class ReplicaParameters implements ParameterBuffer {
    /** A segment with its range, and its place in the tree. */
    private static final long SEGMENT_BYTES = 144;

    private final long size;
    private final List<List<FloatMemory>> layers = new ArrayList<>();
    private final TreeMap<Long, Segment> segments = new TreeMap<>();

    /** Consecutive parameters: {@code memory} holds the range from {@code offset} on. */
    private record Segment(Range range, FloatMemory memory, int offset) {}

    /** Memory for the parameters that a partition needs, all 0. */
    public ReplicaParameters(PartitionPlan plan, int partition) {
        this.size = plan.model().parameters();
        for (CutLayer layer : plan.layers()) {
            List<FloatMemory> blocks = new ArrayList<>();
            for (int b = 0; b < layer.blocks().size(); b++) {
                RangeSet needed = layer.parameters(b, partition);
                FloatMemory memory = FloatMemory.allocate(needed.size());
                int offset = 0;
                for (Range range : needed) {
                    segments.put(range.start(), new Segment(range, memory, offset));
                    offset += (int) range.size();
                }
                if (!needed.isEmpty()) {
                    blocks.add(memory);
                }
            }
            layers.add(List.copyOf(blocks));
        }
    }

    /** Bytes off-heap for the parameters that a partition needs. */
    static long bytes(PartitionPlan plan, int partition) {
        return plan.layers().stream()
                .flatMapToLong(layer -> IntStream.range(0, layer.blocks().size())
                        .mapToLong(b -> FloatMemory.bytesFor(
                                layer.parameters(b, partition).size())))
                .sum();
    }

    /** Bytes of the Java heap, roughly, that say where the parameters of a partition lie. */
    static long heapBytes(PartitionPlan plan, int partition) {
        return plan.layers().stream()
                .flatMapToLong(layer -> IntStream.range(0, layer.blocks().size())
                        .mapToLong(b -> layer.parameters(b, partition).ranges().size()))
                .map(ranges -> ranges * SEGMENT_BYTES)
                .sum();
    }

    /** Memory for all parameters of a model, all 0. */
    public static ReplicaParameters whole(Model model) {
        return new ReplicaParameters(PartitionPlan.of(model, 1), 0);
    }

    /**
     * The memory of a layer's blocks, in the layer's order; unmodifiable, and empty where none is needed.
     *
     * @param layer of the plan
     */
    public List<FloatMemory> layer(int layer) {
        return layers.get(layer);
    }

    /** Number of the plan's layers. */
    public int layers() {
        return layers.size();
    }

    /** Which parameters there is memory for. */
    public RangeSet ranges() {
        return RangeSet.of(segments.values().stream().map(Segment::range).toList());
    }

    /** Sets every parameter to its first value under a seed. */
    public void initialise(Model model, long seed) {
        for (Block block : model.layout().blocks()) {
            for (Segment segment :
                    segments.subMap(block.range().start(), block.range().end()).values()) {
                for (int i = 0; i < segment.range().size(); i++) {
                    segment.memory()
                            .put(
                                    segment.offset() + i,
                                    block.initialisation()
                                            .at(seed, segment.range().start() + i));
                }
            }
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long segmentEnd(long start) {
        return segment(start).range().end();
    }

    @Override
    public ByteBuffer view(long start, int length) {
        Segment segment = segment(start);
        if (length < 0 || start + length > segment.range().end()) {
            throw new IndexOutOfBoundsException(
                    "expected a view within " + segment.range() + ", found [" + start + ", " + (start + length) + ")");
        }
        int from = segment.offset() + (int) (start - segment.range().start());
        return segment.memory()
                .bytes()
                .slice(from * Float.BYTES, length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private Segment segment(long start) {
        Map.Entry<Long, Segment> entry = segments.floorEntry(start);
        if (entry == null || start >= entry.getValue().range().end()) {
            throw new IndexOutOfBoundsException("no memory for parameter " + start + " here");
        }
        return entry.getValue();
    }
}
