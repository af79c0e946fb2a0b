package org.distbelief.paramserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;

/**
 * What every process of a job must agree on about its parameters; travels as {@value #FILE}.
 *
 * @param layout where the model's blocks lie
 * @param shards which shard holds what
 * @param seed seed of the first values
 * @param largestPushes for each shard, the most of its parameters that a push may hold
 */
public record ShardPlan(ParameterLayout layout, ShardMap shards, long seed, List<Long> largestPushes) {
    /** Name of the file in a container's working directory. */
    public static final String FILE = "shards.json";

    /** @throws IllegalArgumentException where layout and shards are not of the same size */
    public ShardPlan {
        largestPushes = List.copyOf(largestPushes);
        if (largestPushes.size() != shards.shards()) {
            throw new IllegalArgumentException("expected the largest push to each of " + shards.shards()
                    + " shards, found " + largestPushes.size());
        }
        if (layout.size() != shards.size()) {
            throw new IllegalArgumentException("expected shards for the " + layout.size()
                    + " parameters of the layout, found shards for " + shards.size());
        }
    }

    /** The plan for a model and a number of shards. */
    public static ShardPlan of(ParameterLayout layout, int shards, long seed) {
        return of(layout, shards, seed, List.of(layout.ranges()));
    }

    /**
     * The plan where replicas push in parts.
     *
     * @param parts what each partition of a replica pushes
     */
    public static ShardPlan of(ParameterLayout layout, int shards, long seed, List<RangeSet> parts) {
        ShardMap map = ShardMap.of(layout, shards);
        List<Long> largest = map.all().stream()
                .map(held -> parts.stream()
                        .mapToLong(part -> part.intersect(held).size())
                        .max()
                        .orElse(0))
                .toList();
        return new ShardPlan(layout, map, seed, largest);
    }

    /** The plan as JSON. */
    public String toJson() {
        try {
            return mapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a shard plan must have a JSON form", e);
        }
    }

    /**
     * Reads {@link #toJson} back.
     *
     * @param source where the text comes from, for the message
     * @throws IllegalArgumentException where the text is no shard plan
     */
    public static ShardPlan fromJson(String source, String json) {
        try {
            return mapper().readValue(json, ShardPlan.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    source + ": expected a shard plan written by the job's client, found: " + e.getMessage(), e);
        }
    }

    private static ObjectMapper mapper() {
        return new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
    }
}
