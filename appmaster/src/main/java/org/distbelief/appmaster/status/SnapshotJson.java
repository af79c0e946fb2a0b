package org.distbelief.appmaster.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.distbelief.appmaster.status.SandblasterWork.BatchWork;

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

    /** A coordinator's figures as JSON. */
    public String write(BatchWork figures) {
        try {
            return mapper.writeValueAsString(figures);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a coordinator's figures; empty where they are none. */
    public Optional<BatchWork> readBatch(String text) {
        try {
            return Optional.of(mapper.readValue(text, BatchWork.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
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
