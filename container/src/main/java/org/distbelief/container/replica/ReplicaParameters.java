package org.distbelief.container.replica;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.Region;
import org.distbelief.container.model.Model;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;

/**
 * Off-heap memory for those parameters (or a gradient by them) that a replica's regions of the layers need: one piece
 * for each block, which holds the block's ranges in ascending order. Allocated once. Not synchronised.
 */
public final class ReplicaParameters implements ParameterBuffer {
    private final long size;
    private final List<List<FloatMemory>> layers = new ArrayList<>();
    private final TreeMap<Long, Segment> segments = new TreeMap<>();

    /** Consecutive parameters: {@code memory} holds the range from {@code offset} on. */
    private record Segment(Range range, FloatMemory memory, int offset) {}

    /**
     * Memory for regions of a model's layers, all 0.
     *
     * @param regions the region of each layer's output that is computed here
     */
    public ReplicaParameters(Model model, List<Region> regions) {
        this.size = model.parameters();
        for (int i = 0; i < model.layers().size(); i++) {
            Layer layer = model.layers().get(i);
            List<FloatMemory> blocks = new ArrayList<>();
            for (int b = 0; b < layer.blocks().size(); b++) {
                Block block = model.block(i, b);
                RangeSet needed = layer.parameters(b, regions.get(i));
                FloatMemory memory = FloatMemory.allocate(needed.size());
                int offset = 0;
                for (Range range : needed) {
                    Range global = new Range(
                            block.range().start() + range.start(), block.range().start() + range.end());
                    segments.put(global.start(), new Segment(global, memory, offset));
                    offset += (int) range.size();
                }
                blocks.add(memory);
            }
            layers.add(List.copyOf(blocks));
        }
    }

    /** Memory for all parameters of a model, all 0. */
    public static ReplicaParameters whole(Model model) {
        return new ReplicaParameters(
                model,
                model.layers().stream().map(layer -> layer.output().whole()).toList());
    }

    /** The memory of a layer's blocks, in the layer's order; unmodifiable. */
    public List<FloatMemory> layer(int layer) {
        return layers.get(layer);
    }

    /** Number of layers. */
    public int layers() {
        return layers.size();
    }

    /** Which parameters there is memory for. */
    public RangeSet ranges() {
        return RangeSet.of(segments.values().stream().map(Segment::range).toList());
    }

    /** Which of a layer's parameters there is memory for. */
    public RangeSet ranges(Model model, int layer) {
        List<Range> ranges = new ArrayList<>();
        for (int b = 0; b < layers.get(layer).size(); b++) {
            Range block = model.block(layer, b).range();
            ranges.add(block);
        }
        return RangeSet.of(ranges).intersect(ranges());
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
