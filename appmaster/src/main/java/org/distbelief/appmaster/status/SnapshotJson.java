package org.distbelief.appmaster.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.UncheckedIOException;

/** Snapshots as JSON text and back. */
public final class SnapshotJson {
    private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The snapshot as indented JSON. */
    public String write(JobSnapshot snapshot) {
        try {
            return mapper.writeValueAsString(snapshot);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads what {@link #write} wrote; unknown fields are passed over.
     *
     * @throws UncheckedIOException if it is not a snapshot
     */
    public JobSnapshot read(String json) {
        try {
            return mapper.readValue(json, JobSnapshot.class);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
