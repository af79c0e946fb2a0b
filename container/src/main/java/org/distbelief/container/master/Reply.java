package org.distbelief.container.master;

import java.util.List;

/**
 * The master's answer to a report; all completions and scores in the report are taken over.
 *
 * @param phase what the job is doing
 * @param leases leases that the replica does not list as held
 * @param retryAfterMillis in how many milliseconds the next report is due at the latest, from 1
 * @param drain there are no training portions for this replica now: it trains on what it has, to the last example, and
 *     pushes it
 */
public record Reply(Phase phase, List<Lease> leases, long retryAfterMillis, boolean drain) {
    public Reply {
        leases = List.copyOf(leases);
        if (retryAfterMillis < 1) {
            throw new IllegalArgumentException("expected the next report in at least 1 ms, found " + retryAfterMillis);
        }
    }
}
