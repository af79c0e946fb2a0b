package org.distbelief.paramserver.wire;

import java.util.concurrent.atomic.AtomicInteger;

/** The connections that are open at a server, for those who tell of it. For any number of threads. */
public final class OpenConnections {
    private final AtomicInteger count = new AtomicInteger();

    void opened() {
        count.incrementAndGet();
    }

    void closed() {
        count.decrementAndGet();
    }

    /** How many, without those whose other end has not proved yet who it is. */
    public int count() {
        return count.get();
    }
}
