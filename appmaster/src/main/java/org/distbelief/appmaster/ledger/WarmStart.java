package org.distbelief.appmaster.ledger;

import java.util.Collection;

/**
 * The warm start (paper, section 4.1): a single model replica trains alone on the first examples, then the others are
 * let loose. If that replica is lost, another goes on in its place.
 */
public final class WarmStart {
    private final long examples;
    private int leader = -1;

    /** @param examples how many examples one replica trains on alone; 0 for no warm start */
    public WarmStart(long examples) {
        this.examples = examples;
    }

    /** Whether one replica still trains alone. */
    public boolean underWay(long examplesDone) {
        return examplesDone < examples;
    }

    /**
     * Whether a replica may work now.
     *
     * @param replica who asks
     * @param running the replicas that are running; contains {@code replica}
     * @param examplesDone examples that all replicas have trained on
     */
    public boolean mayWork(int replica, Collection<Integer> running, long examplesDone) {
        if (!underWay(examplesDone)) {
            return true;
        }
        if (!running.contains(leader)) {
            leader = replica;
        }
        return replica == leader;
    }
}
