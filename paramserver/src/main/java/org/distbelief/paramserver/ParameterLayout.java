package org.distbelief.paramserver;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where each block of a model's parameters lies in the flat vector. It depends on the model alone, never on shards or
 * partitions.
 *
 * @param blocks in ascending order, contiguous from 0, with distinct names; at least one
 */
public record ParameterLayout(List<Block> blocks) {
    /** @throws IllegalArgumentException where blocks leave a gap, overlap, or share a name */
    @JsonCreator
    public ParameterLayout(@JsonProperty("blocks") List<Block> blocks) {
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException("expected at least one block of parameters, found none");
        }
        long next = 0;
        Set<String> names = new HashSet<>();
        for (Block block : blocks) {
            if (block.range().start() != next) {
                throw new IllegalArgumentException("expected block '" + block.name() + "' to start at " + next
                        + " where the block before it ends, found " + block.range());
            }
            if (!names.add(block.name())) {
                throw new IllegalArgumentException("expected distinct names, found block '" + block.name() + "' twice");
            }
            next = block.range().end();
        }
        this.blocks = List.copyOf(blocks);
    }

    /** Number of parameters. */
    public long size() {
        return blocks.get(blocks.size() - 1).range().end();
    }

    /** All indices: [0, size). */
    public RangeSet ranges() {
        return RangeSet.of(0, size());
    }
}
