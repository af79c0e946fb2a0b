package org.distbelief.paramserver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/**
 * What every process of a job must agree on about its parameters; travels as {@value #FILE}.
 *
 * @param layout where the model's blocks lie
 * @param shards which shard holds what
 * @param seed seed of the first values
 */
public record ShardPlan(ParameterLayout layout, ShardMap shards, long seed) {
    /** Name of the file in a container's working directory. */
    public static final String FILE = "shards.json";

    /** @throws IllegalArgumentException where layout and shards are not of the same size */
    public ShardPlan {
        if (layout.size() != shards.size()) {
            throw new IllegalArgumentException("expected shards for the " + layout.size()
                    + " parameters of the layout, found shards for " + shards.size());
        }
    }

    /** The plan for a model and a number of shards. */
    public static ShardPlan of(ParameterLayout layout, int shards, long seed) {
        return new ShardPlan(layout, ShardMap.of(layout, shards), seed);
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
