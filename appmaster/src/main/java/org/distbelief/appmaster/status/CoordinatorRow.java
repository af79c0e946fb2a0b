package org.distbelief.appmaster.status;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/**
 * A coordinator of Sandblaster, for a job's page and history.
 *
 * @param index its number
 * @param state where it stands
 * @param container its container; null while it waits for one
 * @param host node of the container; likewise
 * @param logs address of the container's logs; likewise
 * @param start number of its present start
 * @param restarts how often it was lost and started again
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CoordinatorRow(
        int index,
        String state,
        @Nullable String container,
        @Nullable String host,
        @Nullable String logs,
        long start,
        int restarts) {}
