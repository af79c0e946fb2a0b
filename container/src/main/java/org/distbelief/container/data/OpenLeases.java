package org.distbelief.container.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.distbelief.container.master.Completed;

/** The account of the leases that are not drawn out. Safe for several threads. */
final class OpenLeases {
    private final Map<Long, OpenLease> open = new LinkedHashMap<>();
    private final List<Completed> drawnOut = new ArrayList<>();

    /**
     * Takes a lease.
     *
     * @return whether there is anything to read for it: it is not open already, and it holds an example
     */
    synchronized boolean add(OpenLease lease) {
        if (open.containsKey(lease.lease().id())) {
            return false;
        }
        open.put(lease.lease().id(), lease);
        closeIfDrawnOut(lease);
        return lease.left() > 0;
    }

    /** Counts examples as drawn. */
    synchronized void drawn(Map<OpenLease, Integer> examples) {
        examples.forEach((lease, count) -> {
            lease.drawn(count);
            closeIfDrawnOut(lease);
        });
    }

    private void closeIfDrawnOut(OpenLease lease) {
        if (lease.left() == 0) {
            open.remove(lease.lease().id());
            drawnOut.add(new Completed(lease.lease().id(), lease.portion().examples()));
        }
    }

    /** The leases drawn out since the last call. */
    synchronized List<Completed> takeDrawnOut() {
        List<Completed> taken = List.copyOf(drawnOut);
        drawnOut.clear();
        return taken;
    }

    /** Examples not drawn yet, read or not. */
    synchronized long left() {
        return open.values().stream().mapToLong(OpenLease::left).sum();
    }
}
