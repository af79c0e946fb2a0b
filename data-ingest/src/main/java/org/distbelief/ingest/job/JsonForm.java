package org.distbelief.ingest.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** One record type as a line of JSON: how the job's parts hand values to each other. */
final class JsonForm<T> {
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Class<T> type;

    JsonForm(Class<T> type) {
        this.type = type;
    }

    String write(T value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + type.getSimpleName() + " can always be written", e);
        }
    }

    T read(String text, String where) throws IOException {
        try {
            return mapper.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    where + ": expected a " + type.getSimpleName() + ", found " + e.getOriginalMessage(), e);
        }
    }
}
