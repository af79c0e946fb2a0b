package org.distbelief.paramserver;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which shard holds which parameters. Immutable; every parameter is on exactly one shard. In JSON it is the list of the
 * shards' ranges.
 */
public final class ShardMap {
    /** Boundaries inside a block fall on multiples of this many floats (one cache line). */
    static final int ALIGNMENT = 16;

    /** A block with fewer floats per shard than this is not worth a message to every shard. */
    static final int SMALL = 4096;

    /** A message carries its floats in one field of at most 2 GiB. */
    public static final long MOST_FLOATS = Integer.MAX_VALUE / Float.BYTES;

    private final List<RangeSet> shards;

    /**
     * @param shards the ranges of shard 0, 1, ...
     * @throws IllegalArgumentException where two shards share a parameter, a parameter is missing, or a shard holds
     *     more than 2 GiB of floats
     */
    @JsonCreator
    public ShardMap(List<RangeSet> shards) {
        RangeSet all =
                RangeSet.of(shards.stream().flatMap(s -> s.ranges().stream()).toList());
        long sum = shards.stream().mapToLong(RangeSet::size).sum();
        if (all.ranges().size() != 1 || !all.contains(0) || all.size() != sum) {
            throw new IllegalArgumentException(
                    "expected shards that cover [0, n) with no parameter twice, found " + shards);
        }
        for (int shard = 0; shard < shards.size(); shard++) {
            if (shards.get(shard).size() > MOST_FLOATS) {
                throw new IllegalArgumentException("expected at most " + MOST_FLOATS + " parameters on a shard, found "
                        + shards.get(shard).size() + " on shard " + shard + "; use more shards");
            }
        }
        this.shards = List.copyOf(shards);
    }

    /**
     * Cuts every block evenly over the shards, so that the load is even at every moment of a step, which goes through
     * the layers one after the other. A small block goes whole to the shard that holds least.
     *
     * @param shards number of shards, from 1; with more shards than a tiny model has blocks, some stay empty
     */
    public static ShardMap of(ParameterLayout layout, int shards) {
        if (shards < 1) {
            throw new IllegalArgumentException("expected at least 1 shard, found " + shards);
        }
        List<List<Range>> ranges = new ArrayList<>();
        IntStream.range(0, shards).forEach(s -> ranges.add(new ArrayList<>()));
        long[] load = new long[shards];
        List<Range> small = new ArrayList<>();
        for (Block block : layout.blocks()) {
            if (block.range().size() < (long) SMALL * shards) {
                small.add(block.range());
                continue;
            }
            long start = block.range().start();
            for (int shard = 0; shard < shards; shard++) {
                long end = boundary(block.range(), shard + 1, shards);
                ranges.get(shard).add(new Range(start, end));
                load[shard] += end - start;
                start = end;
            }
        }
        for (Range range : small) {
            int least = IntStream.range(0, shards).reduce(0, (a, b) -> load[b] < load[a] ? b : a);
            ranges.get(least).add(range);
            load[least] += range.size();
        }
        return new ShardMap(ranges.stream().map(RangeSet::of).toList());
    }

    private static long boundary(Range range, int part, int parts) {
        if (part == parts) {
            return range.end();
        }
        long even = Math.multiplyExact(range.size(), (long) part) / parts;
        return range.start() + (even + ALIGNMENT / 2) / ALIGNMENT * ALIGNMENT;
    }

    /** The least number of shards that hold so many parameters, with room for boundaries that are not quite even. */
    public static int leastShards(long parameters) {
        long each = MOST_FLOATS - MOST_FLOATS / 1024;
        return Math.toIntExact(Math.max(1, (parameters + each - 1) / each));
    }

    /** Number of shards. */
    public int shards() {
        return shards.size();
    }

    /** What a shard holds. */
    public RangeSet ranges(int shard) {
        return shards.get(shard);
    }

    /** Number of parameters on all shards. */
    public long size() {
        return shards.stream().mapToLong(RangeSet::size).sum();
    }

    /** The ranges of every shard, in the order of the shards; unmodifiable. */
    @JsonValue
    public List<RangeSet> all() {
        return shards;
    }

    /**
     * Cuts a set of parameters by the shards that hold them.
     *
     * @return for each shard that holds some of them, which; in ascending order of the shards
     * @throws IllegalArgumentException where a parameter is on no shard
     */
    public Map<Integer, RangeSet> split(RangeSet ranges) {
        Map<Integer, RangeSet> parts = new TreeMap<>();
        long found = 0;
        for (int shard = 0; shard < shards.size(); shard++) {
            RangeSet part = shards.get(shard).intersect(ranges);
            if (!part.isEmpty()) {
                parts.put(shard, part);
                found += part.size();
            }
        }
        if (found != ranges.size()) {
            throw new IllegalArgumentException("expected parameters within [0, " + size() + "), found " + ranges);
        }
        return parts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShardMap map && shards.equals(map.shards);
    }

    @Override
    public int hashCode() {
        return shards.hashCode();
    }

    @Override
    public String toString() {
        return shards.toString();
    }
}
