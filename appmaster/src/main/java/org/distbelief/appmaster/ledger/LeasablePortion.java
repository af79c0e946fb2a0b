package org.distbelief.appmaster.ledger;

import java.util.List;

/**
 * A portion of the data as the ledger sees it.
 *
 * @param id its index in the manifest's split, from 0
 * @param examples examples it holds, at least 1
 * @param hosts nodes that hold it on disk; may be empty
 */
public record LeasablePortion(int id, long examples, List<String> hosts) {
    public LeasablePortion {
        hosts = List.copyOf(hosts);
    }
}
