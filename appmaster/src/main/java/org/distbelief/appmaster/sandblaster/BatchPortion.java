package org.distbelief.appmaster.sandblaster;

import java.util.List;

/**
 * A portion of the data that a batch may hold.
 *
 * @param id its index in the manifest's split, from 0
 * @param examples examples it holds, at least 1
 * @param hosts nodes that hold it on disk; may be empty
 */
public record BatchPortion(int id, long examples, List<String> hosts) {
    /** Copies the list. */
    public BatchPortion {
        hosts = List.copyOf(hosts);
        if (id < 0 || examples < 1) {
            throw new IllegalArgumentException("expected a portion's id from 0 and at least one example, found portion "
                    + id + " with " + examples + " examples");
        }
    }
}
