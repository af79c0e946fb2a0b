package org.distbelief.container.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.distbelief.container.master.Completed;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Progress;
import org.distbelief.container.master.Reply;
import org.distbelief.container.master.Report;
import org.distbelief.container.master.Scored;

/**
 * The leases of a replica: held, completed and not yet heard by the master, done with. Makes reports and takes replies;
 * any of them may be lost. Not synchronised.
 */
public final class LeaseBook {
    private final int replica;
    private final long incarnation;
    private final Map<Long, Lease> held = new LinkedHashMap<>();
    private final Map<Long, Completed> completed = new LinkedHashMap<>();
    private final Map<Long, Scored> scored = new LinkedHashMap<>();
    private long sequence;

    /**
     * @param replica number of the model replica
     * @param incarnation which life of it this is
     */
    public LeaseBook(int replica, long incarnation) {
        this.replica = replica;
        this.incarnation = incarnation;
    }

    /** Notes that a training portion is done. */
    public void complete(Completed done) {
        if (held.remove(done.lease()) == null) {
            throw new IllegalStateException("expected a lease that is held, found " + done);
        }
        completed.put(done.lease(), done);
    }

    /** Notes that an evaluation portion is done. */
    public void score(Scored done) {
        if (held.remove(done.lease()) == null) {
            throw new IllegalStateException("expected a lease that is held, found " + done);
        }
        scored.put(done.lease(), done);
    }

    /** Whether the master has yet to hear of something. */
    public boolean hasNews() {
        return !completed.isEmpty() || !scored.isEmpty();
    }

    /** The next report, with everything that no reply has confirmed yet. */
    public Report report(int wanted, Progress progress) {
        return new Report(
                replica,
                incarnation,
                ++sequence,
                wanted,
                List.copyOf(held.keySet()),
                List.copyOf(completed.values()),
                List.copyOf(scored.values()),
                progress);
    }

    /**
     * Takes the reply to a report.
     *
     * @return leases that are new here
     */
    public List<Lease> accept(Report report, Reply reply) {
        report.completed().forEach(done -> completed.remove(done.lease()));
        report.scored().forEach(done -> scored.remove(done.lease()));
        List<Lease> fresh = new ArrayList<>();
        for (Lease lease : reply.leases()) {
            boolean known =
                    held.containsKey(lease.id()) || completed.containsKey(lease.id()) || scored.containsKey(lease.id());
            if (!known) {
                held.put(lease.id(), lease);
                fresh.add(lease);
            }
        }
        return fresh;
    }
}
