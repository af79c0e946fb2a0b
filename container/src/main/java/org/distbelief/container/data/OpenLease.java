package org.distbelief.container.data;

import org.distbelief.container.master.Lease;
import org.distbelief.dataset.Portion;

/** How far a leased portion has come. Guarded by {@link OpenLeases}. */
final class OpenLease {
    private final Lease lease;
    private final Portion portion;
    private long drawn;

    OpenLease(Lease lease, Portion portion) {
        this.lease = lease;
        this.portion = portion;
    }

    Lease lease() {
        return lease;
    }

    Portion portion() {
        return portion;
    }

    /** Counts examples as drawn. */
    void drawn(int examples) {
        drawn += examples;
    }

    /** Examples not drawn yet, read or not. */
    long left() {
        return portion.examples() - drawn;
    }
}
