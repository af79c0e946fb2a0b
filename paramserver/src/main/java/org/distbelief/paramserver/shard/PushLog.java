package org.distbelief.paramserver.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.storage.AppliedPushes;

/**
 * Remembers per (replica, partition) which pushes were applied, so that each is applied exactly once. The first push
 * that a shard's process sees of an incarnation sets its position; from then on none may be missing. A restored log
 * still recognises the pushes that its checkpoint contains, but lets the sequence jump once: pushes after the
 * checkpoint are lost, and known to be.
 */
final class PushLog {
    /** Far more than a job has containers. */
    static final int MOST_ENTRIES = 1 << 14;

    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();

    /** A log that goes on after a checkpoint. */
    void restore(List<AppliedPushes> pushes) {
        for (AppliedPushes push : pushes) {
            Entry entry = known(push.replica(), push.partition());
            entry.last = push;
            entry.mayJump = true;
        }
    }

    /** @throws ShardException where there are too many others */
    Entry entry(int replica, int partition) throws ShardException {
        long key = (long) replica << Integer.SIZE | partition;
        if (entries.size() >= MOST_ENTRIES && !entries.containsKey(key)) {
            throw new ShardException(
                    ShardException.Kind.BUSY,
                    "expected pushes of at most " + MOST_ENTRIES + " partitions of replicas, found those of replica "
                            + replica + ", partition " + partition + " besides");
        }
        return known(replica, partition);
    }

    /** The state of every (replica, partition), which must not change meanwhile. */
    List<LoggedPushes> logged() {
        return entries.values().stream()
                .map(entry -> new LoggedPushes(entry.last, entry.mayJump, entry.late, entry.dropped))
                .toList();
    }

    /** Becomes another shard's log. */
    void follow(List<LoggedPushes> pushes) {
        entries.clear();
        for (LoggedPushes push : pushes) {
            Entry entry = known(push.last().replica(), push.last().partition());
            entry.last = push.last();
            entry.mayJump = push.mayJump();
            entry.late = push.late();
            entry.dropped = push.dropped();
        }
    }

    Entry known(int replica, int partition) {
        return entries.computeIfAbsent((long) replica << Integer.SIZE | partition, k -> new Entry(replica, partition));
    }

    /** The state of every (replica, partition) that has pushed, in their order. */
    List<AppliedPushes> snapshot() {
        return sorted(entries.values().stream().map(e -> e.last).toList());
    }

    /**
     * {@link #snapshot} in which every push that was being applied when this was called has been applied. Taken after
     * copying vectors, it holds every push of which the copy holds any part.
     */
    List<AppliedPushes> settled() {
        List<AppliedPushes> settled = new ArrayList<>();
        for (Entry entry : entries.values()) {
            entry.lock.lock();
            try {
                settled.add(entry.last);
            } finally {
                entry.lock.unlock();
            }
        }
        return sorted(settled);
    }

    private static List<AppliedPushes> sorted(List<AppliedPushes> pushes) {
        return pushes.stream()
                .filter(a -> a.sequence() > 0)
                .sorted(Comparator.comparingInt(AppliedPushes::replica).thenComparingInt(AppliedPushes::partition))
                .toList();
    }

    /** One partition's pushes. Its lock is held from {@link #isDuplicate} until after {@link #applied}. */
    static final class Entry {
        final ReentrantLock lock = new ReentrantLock();
        private volatile AppliedPushes last;
        private boolean mayJump;
        private boolean late;

        /** Which of the last pushes did not count, the last one in the lowest bit. */
        private long dropped;

        Entry(int replica, int partition) {
            this.last = new AppliedPushes(replica, partition, -1, 0, 0);
        }

        /**
         * Whether the push was applied before.
         *
         * @throws ShardException where it is a zombie's or pushes before it are missing
         */
        boolean isDuplicate(PushId id) throws ShardException {
            AppliedPushes before = last;
            if (id.incarnation() < before.incarnation()) {
                throw new ShardException(
                        ShardException.Kind.ZOMBIE_PUSH,
                        "expected pushes of incarnation " + before.incarnation() + " or later, found " + id
                                + "; the process that sent it has been replaced");
            }
            if (id.incarnation() > before.incarnation()) {
                return false;
            }
            if (id.sequence() <= before.sequence()) {
                return true;
            }
            if (id.sequence() != before.sequence() + 1 && !mayJump) {
                throw new ShardException(
                        ShardException.Kind.SEQUENCE_GAP,
                        "expected the push after " + before.sequence() + ", found " + id);
            }
            return false;
        }

        /** Whether a {@link #isDuplicate duplicate} did not count when it came first; of old ones it is not known. */
        boolean wasDropped(PushId id) {
            long ago = last.sequence() - id.sequence();
            return ago < Long.SIZE && (dropped >>> ago & 1) != 0;
        }

        /**
         * Notes that a push is done with.
         *
         * @param drop whether it does not count
         * @return whether it ends an update of which a part came too late
         */
        boolean applied(PushId id, boolean endsUpdate, boolean drop) {
            boolean anyLate = drop || (late && id.incarnation() == last.incarnation());
            late = anyLate && !endsUpdate;
            long since = id.incarnation() == last.incarnation() ? id.sequence() - last.sequence() : Long.SIZE;
            dropped = (since < Long.SIZE ? dropped << since : 0) | (drop ? 1 : 0);
            last = new AppliedPushes(
                    last.replica(),
                    last.partition(),
                    id.incarnation(),
                    id.sequence(),
                    last.applied() + (endsUpdate ? 1 : 0));
            mayJump = false;
            return anyLate && endsUpdate;
        }
    }
}
