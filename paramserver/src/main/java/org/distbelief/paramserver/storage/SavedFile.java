package org.distbelief.paramserver.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.distbelief.paramserver.RangeSet;

/**
 * What one shard has written.
 *
 * @param file name within the directory, such as {@code shard-00000.f32}
 * @param bytes length of the file
 * @param shard index of the shard
 * @param ranges what the shard holds
 * @param version updates that the shard had applied when the file was finished
 * @param job names the job whose pushes are meant; pushes of another job are not recognised by them
 * @param pushes the pushes of which the file may hold a part
 * @param slices what the file holds, in its order
 */
public record SavedFile(
        String file,
        long bytes,
        int shard,
        RangeSet ranges,
        long version,
        String job,
        List<AppliedPushes> pushes,
        List<Slice> slices) {
    public SavedFile {
        pushes = List.copyOf(pushes);
        slices = List.copyOf(slices);
    }

    /** The record as JSON. */
    public String toJson() {
        try {
            return new ObjectMapper().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a saved file must have a JSON form", e);
        }
    }

    /**
     * Reads {@link #toJson} back.
     *
     * @throws IllegalArgumentException where the text is none
     */
    public static SavedFile fromJson(String json) {
        try {
            return new ObjectMapper().readValue(json, SavedFile.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "expected a shard's description of a saved file, found: " + e.getMessage(), e);
        }
    }
}
