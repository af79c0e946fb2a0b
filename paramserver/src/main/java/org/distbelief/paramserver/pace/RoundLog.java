package org.distbelief.paramserver.pace;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.pace.RoundState.Participant;

/**
 * Keeps a {@link RoundState} up to date from what happens, so that whoever takes a shard over knows what its sum holds
 * and for whom it waits. For any number of threads.
 */
public final class RoundLog {
    private final Map<RangeSet, Unit> units = new LinkedHashMap<>();
    private final Map<Integer, Participant> participants = new TreeMap<>();
    private long round = Turn.UNKNOWN;

    private static final class Unit {
        private final Set<Integer> givers = new HashSet<>();
        private int gradients;
        private boolean closed;
    }

    /** A replica takes part from now on. */
    public synchronized void joined(Participant participant) {
        participants.put(participant.replica(), participant);
    }

    /** It does not any more. */
    public synchronized void left(int replica) {
        participants.remove(replica);
    }

    /** A push shows that its replica is at least this far, if it takes part. */
    public synchronized void heard(int replica, long incarnation, long clock) {
        participants.computeIfPresent(
                replica,
                (r, known) -> known.incarnation() == incarnation && known.clock() < clock
                        ? new Participant(replica, incarnation, clock)
                        : known);
    }

    /**
     * A replica's gradient has been added to the sum.
     *
     * @param now the present round
     */
    public synchronized void gathered(RangeSet ranges, int replica, long now) {
        round = now;
        Unit unit = units.computeIfAbsent(ranges, r -> new Unit());
        unit.givers.add(replica);
        unit.gradients++;
    }

    /** The mean of what was gathered has been applied. */
    public synchronized void closed(RangeSet ranges) {
        units.computeIfAbsent(ranges, r -> new Unit()).closed = true;
    }

    /** The round is over. */
    public synchronized void over(long next) {
        round = next;
        units.values().forEach(unit -> {
            unit.givers.clear();
            unit.gradients = 0;
            unit.closed = false;
        });
    }

    /** Where it stands now. */
    public synchronized RoundState state() {
        return new RoundState(
                round,
                units.entrySet().stream()
                        .map(e -> new RoundState.Unit(
                                e.getKey(), e.getValue().givers, e.getValue().gradients, e.getValue().closed))
                        .toList(),
                participants.values().stream().toList());
    }

    /** Goes on where another has come to. */
    public synchronized void restore(RoundState state) {
        round = state.round();
        units.clear();
        for (RoundState.Unit known : state.units()) {
            Unit unit = new Unit();
            unit.givers.addAll(known.givers());
            unit.gradients = known.gradients();
            unit.closed = known.closed();
            units.put(known.ranges(), unit);
        }
        participants.clear();
        state.participants().forEach(p -> participants.put(p.replica(), p));
    }
}
