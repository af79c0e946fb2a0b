package org.distbelief.paramserver.pace;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * All take the same steps. An update comes in several pushes, and every replica cuts it alike: what one push covers is
 * a {@link Unit}. The shard is at a <em>round</em>, the clock of the update that it gathers. In each round a unit is
 * closed once, when all members but the backups have given their gradient of it; those that have left after giving
 * theirs are not waited for, and count. The round is over when all units are closed.
 *
 * <p>What comes for an earlier round, or for a closed unit, is too late. A member whose clock is past the round has
 * given all that it will: the shard was started anew, or the replica has skipped rounds that it missed.
 */
final class SynchronousPace implements Pace {
    private static final long NONE = Turn.UNKNOWN;

    private final Members members;
    private final int backups;
    private final long parameters;
    private final Map<RangeSet, Unit> units = new LinkedHashMap<>();
    private RangeSet covered = RangeSet.empty();
    private long round = NONE;
    private boolean updated;

    /** The parameters of one push, and who has given a gradient of them in the present round. */
    static final class Unit {
        private final RangeSet ranges;
        private final Set<Integer> givers = new HashSet<>();
        private int gradients;
        private boolean closed;

        private Unit(RangeSet ranges) {
            this.ranges = ranges;
        }

        RangeSet ranges() {
            return ranges;
        }

        /** Gradients that have come for the present round. */
        int gradients() {
            return gradients;
        }

        private void reset() {
            givers.clear();
            gradients = 0;
            closed = false;
        }
    }

    /**
     * @param backups members that are not waited for
     * @param parameters how many the shard holds
     */
    SynchronousPace(Members members, int backups, long parameters) {
        this.members = members;
        this.backups = backups;
        this.parameters = parameters;
    }

    /**
     * The unit of a push.
     *
     * @throws IllegalArgumentException where an earlier push covered some of it, but not just that
     */
    Unit unit(RangeSet ranges) {
        Unit known = units.get(ranges);
        if (known != null) {
            return known;
        }
        RangeSet both = covered.intersect(ranges);
        if (!both.isEmpty()) {
            throw new IllegalArgumentException("expected an update that is cut like those before it, found a push for "
                    + ranges + " when others have brought " + both + " together with other parameters");
        }
        covered = covered.union(ranges);
        Unit unit = new Unit(ranges);
        units.put(ranges, unit);
        return unit;
    }

    /** Goes on where another has come to. */
    void restore(RoundState state) {
        round = state.round();
        for (RoundState.Unit known : state.units()) {
            Unit unit = unit(known.ranges());
            unit.givers.addAll(known.givers());
            unit.gradients = known.gradients();
            unit.closed = known.closed();
            updated |= known.closed();
        }
    }

    /**
     * Whether a gradient that has come counts; then {@link #given} must follow.
     *
     * @param clock of the update that it is of; {@link Turn#UNKNOWN} for the present one
     */
    boolean takes(Unit unit, long clock) {
        if (round == NONE) {
            round = Math.max(0, clock);
        }
        return !unit.closed && (clock == Turn.UNKNOWN || clock >= round);
    }

    /** A gradient has been added to the sum. */
    void given(Unit unit, int replica) {
        unit.givers.add(replica);
        unit.gradients++;
    }

    /** Whether nobody is waited for any more, so that the mean of what there is should be applied. */
    boolean complete(Unit unit) {
        if (round == NONE || unit.closed) {
            return false;
        }
        if (unit.gradients == 0) {
            return allPast();
        }
        List<Members.Member> without = members.all().stream()
                .filter(member -> !unit.givers.contains(member.replica()))
                .toList();
        return without.size() <= backups || without.stream().allMatch(member -> member.clock() > round);
    }

    private boolean allPast() {
        return members.leastClock() > round;
    }

    /** A unit that is {@link #complete}; null where there is none. */
    @Nullable
    Unit firstComplete() {
        return units.values().stream().filter(this::complete).findFirst().orElse(null);
    }

    /** The mean of a unit's gradients has been applied, if there were any. */
    void close(Unit unit) {
        unit.closed = true;
        updated |= unit.gradients > 0;
    }

    /**
     * Goes on to the next round if this one is over.
     *
     * @return whether the parameters have changed in the round that is over
     */
    boolean advance() {
        if (round == NONE || !over()) {
            return false;
        }
        boolean changed = updated;
        updated = false;
        units.values().forEach(Unit::reset);
        // Where all are further already, nobody will give anything for the rounds in between.
        round = Math.max(round + 1, members.leastClock());
        return changed;
    }

    private boolean over() {
        return units.values().stream().allMatch(unit -> unit.closed) && (covered.size() == parameters || allPast());
    }

    /** The present round; -1 before the first. */
    long round() {
        return round;
    }

    @Override
    public boolean mayGo(long clock) {
        return clock == Turn.UNKNOWN || clock <= round;
    }

    @Override
    public boolean waitsFor(long clock, Members.Member other) {
        boolean owes = covered.size() < parameters
                || units.values().stream().anyMatch(unit -> !unit.closed && !unit.givers.contains(other.replica()));
        return owes && other.clock() <= round;
    }

    @Override
    public long clockFor(long clock) {
        return Math.max(Math.max(0, clock), round);
    }

    @Override
    public void announced(long clock) {
        if (round == NONE && clock != Turn.UNKNOWN) {
            round = clock;
        }
    }
}
