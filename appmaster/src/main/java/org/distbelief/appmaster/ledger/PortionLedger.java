package org.distbelief.appmaster.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Leases the portions of a data split to model replicas, each portion once per epoch, without barriers between epochs.
 * Every epoch has an order of its own, drawn from the seed. A replica gets, in that order, first what it read in an
 * earlier epoch, then what lies on its node, then anything. The leases of a lost replica return and are given out
 * again, so at the end every epoch has counted every example exactly once. Not safe for several threads.
 */
public final class PortionLedger {
    private final List<LeasablePortion> portions;
    private final int epochs;
    private final int shareOfOne;
    private final long seed;
    private final long examplesPerEpoch;
    /** Epochs that have begun and have portions left to lease or to complete, by number. */
    private final TreeMap<Integer, EpochState> open = new TreeMap<>();

    private final Map<Long, GrantedLease> leases = new TreeMap<>();
    private final Map<Integer, Integer> lastReader = new HashMap<>();
    private int nextEpoch = 1;
    private long nextLease = 1;
    private long examplesCompleted;
    private long portionsCompleted;
    private long leasesReturned;

    private static final class EpochState {
        final List<LeasablePortion> free;
        final List<Integer> completed = new ArrayList<>();

        EpochState(List<LeasablePortion> free) {
            this.free = free;
        }
    }

    /**
     * A ledger at the start of the first epoch.
     *
     * @param portions the split's portions, with ids 0, 1, ...; at least one
     * @param epochs how often each portion is leased, at least 1
     * @param replicas model replicas that share the work; one holds at most its share of an epoch at a time
     * @param seed seeds the order of each epoch
     */
    public PortionLedger(List<LeasablePortion> portions, int epochs, int replicas, long seed) {
        if (portions.isEmpty() || epochs < 1 || replicas < 1) {
            throw new IllegalArgumentException("expected at least one portion, epoch and replica, found "
                    + portions.size() + ", " + epochs + " and " + replicas);
        }
        for (int i = 0; i < portions.size(); i++) {
            if (portions.get(i).id() != i) {
                throw new IllegalArgumentException("expected portion ids 0, 1, ..., found "
                        + portions.get(i).id() + " at " + i);
            }
        }
        this.portions = List.copyOf(portions);
        this.epochs = epochs;
        this.shareOfOne = Math.max(1, (portions.size() + replicas - 1) / replicas);
        this.seed = seed;
        this.examplesPerEpoch =
                portions.stream().mapToLong(LeasablePortion::examples).sum();
    }

    /**
     * Goes to a position: one of an earlier run, or an earlier one of this run because the parameters went back to it.
     * Open leases are void; what was done since then is done again.
     *
     * @throws IllegalArgumentException if the position belongs to another data set
     */
    public void restore(LedgerPosition position) {
        if (position.portions() != portions.size() || position.examplesPerEpoch() != examplesPerEpoch) {
            throw new IllegalArgumentException("the checkpoint was taken on a split of " + position.portions()
                    + " portions and " + position.examplesPerEpoch() + " examples, but this one has "
                    + portions.size() + " portions and " + examplesPerEpoch
                    + " examples; resume with the data set that the job began with");
        }
        leasesReturned += leases.size();
        leases.clear();
        open.clear();
        examplesCompleted = position.examplesCompleted();
        portionsCompleted = position.portionsCompleted();
        nextEpoch = position.firstOpenEpoch();
        position.completed().forEach((epoch, done) -> {
            while (nextEpoch <= epoch) {
                begin(nextEpoch++);
            }
            EpochState state = open.get(epoch);
            if (state != null) {
                state.free.removeIf(p -> done.contains(p.id()));
                state.completed.addAll(done);
            }
        });
        close();
    }

    /**
     * Leases one portion.
     *
     * @param replica who asks
     * @param host the node it runs on, for affinity
     * @return empty when it holds its share, or nothing is free now; {@link #done} tells whether something may come
     *     back
     */
    public Optional<GrantedLease> lease(int replica, String host) {
        if (leasesOf(replica).size() >= shareOfOne) {
            return Optional.empty();
        }
        for (Map.Entry<Integer, EpochState> epoch : open.entrySet()) {
            if (!epoch.getValue().free.isEmpty()) {
                return Optional.of(grant(replica, host, epoch.getKey(), epoch.getValue()));
            }
        }
        if (nextEpoch > epochs) {
            return Optional.empty();
        }
        int epoch = nextEpoch++;
        begin(epoch);
        EpochState state = open.get(epoch);
        return state == null ? Optional.empty() : Optional.of(grant(replica, host, epoch, state));
    }

    /**
     * Counts a lease's portion as done. A lease that is not held (any more) by this replica is passed over.
     *
     * @return whether it counted
     */
    public boolean complete(long lease, int replica) {
        GrantedLease held = leases.get(lease);
        if (held == null || held.replica() != replica) {
            return false;
        }
        leases.remove(lease);
        LeasablePortion portion = portions.get(held.portion());
        EpochState state = open.get(held.epoch());
        if (state == null) {
            throw new IllegalStateException("lease " + lease + " of the closed epoch " + held.epoch());
        }
        state.completed.add(portion.id());
        examplesCompleted += portion.examples();
        portionsCompleted++;
        close();
        return true;
    }

    /**
     * Takes back all leases of a replica that was lost.
     *
     * @return how many
     */
    public int takeBack(int replica) {
        int count = 0;
        for (Iterator<GrantedLease> all = leases.values().iterator(); all.hasNext(); ) {
            GrantedLease lease = all.next();
            if (lease.replica() == replica) {
                all.remove();
                EpochState state = open.get(lease.epoch());
                if (state != null) {
                    state.free.add(0, portions.get(lease.portion()));
                }
                count++;
            }
        }
        leasesReturned += count;
        return count;
    }

    /** The leases that a replica holds, oldest first. */
    public List<GrantedLease> leasesOf(int replica) {
        return leases.values().stream().filter(l -> l.replica() == replica).toList();
    }

    /** Whether every portion of every epoch is complete. */
    public boolean done() {
        return open.isEmpty() && nextEpoch > epochs;
    }

    /** What is done now; open leases count as not done. */
    public LedgerPosition position() {
        Map<Integer, List<Integer>> completed = new TreeMap<>();
        open.forEach((epoch, state) ->
                completed.put(epoch, state.completed.stream().sorted().toList()));
        int first = open.isEmpty() ? nextEpoch : open.firstKey();
        return new LedgerPosition(
                portions.size(), examplesPerEpoch, examplesCompleted, portionsCompleted, first, completed);
    }

    /** The earliest epoch that is not complete, from 1; the last one when all are. */
    public int epoch() {
        return Math.min(epochs, open.isEmpty() ? nextEpoch : open.firstKey());
    }

    /** Portions of one epoch. */
    public int portions() {
        return portions.size();
    }

    /** Examples of all epochs. */
    public long examplesTotal() {
        return examplesPerEpoch * epochs;
    }

    /** Examples of completed portions. */
    public long examplesCompleted() {
        return examplesCompleted;
    }

    /** Portions completed. */
    public long portionsCompleted() {
        return portionsCompleted;
    }

    /** Leases held now. */
    public int leasesOpen() {
        return leases.size();
    }

    /** Leases that came back from lost replicas. */
    public long leasesReturned() {
        return leasesReturned;
    }

    private GrantedLease grant(int replica, String host, int epoch, EpochState state) {
        int chosen = firstMatch(state.free, p -> Integer.valueOf(replica).equals(lastReader.get(p.id())));
        if (chosen < 0) {
            chosen = firstMatch(state.free, p -> p.hosts().contains(host) && !lastReader.containsKey(p.id()));
        }
        LeasablePortion portion = state.free.remove(Math.max(0, chosen));
        lastReader.put(portion.id(), replica);
        GrantedLease lease = new GrantedLease(nextLease++, epoch, portion.id(), replica);
        leases.put(lease.id(), lease);
        return lease;
    }

    private static int firstMatch(List<LeasablePortion> free, java.util.function.Predicate<LeasablePortion> wanted) {
        return IntStream.range(0, free.size())
                .filter(i -> wanted.test(free.get(i)))
                .findFirst()
                .orElse(-1);
    }

    private void begin(int epoch) {
        List<LeasablePortion> order = new ArrayList<>(portions);
        Collections.shuffle(order, new Random(seed * 31 + epoch));
        open.put(epoch, new EpochState(order));
    }

    /** Forgets the epochs that are complete. */
    private void close() {
        Collection<EpochState> states = open.values();
        states.removeIf(state -> state.completed.size() == portions.size());
    }
}
