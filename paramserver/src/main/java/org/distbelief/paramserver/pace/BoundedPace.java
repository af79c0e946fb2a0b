package org.distbelief.paramserver.pace;

/** Nobody begins a step when he is more than some steps ahead of the slowest one. */
final class BoundedPace implements Pace {
    private final Members members;
    private final long steps;
    private final int nPush;

    /**
     * @param steps how many one may be ahead
     * @param nPush steps of an update
     */
    BoundedPace(Members members, long steps, int nPush) {
        this.members = members;
        this.steps = steps;
        this.nPush = nPush;
    }

    @Override
    public boolean mayGo(long clock) {
        return members.all().stream().noneMatch(member -> waitsFor(clock, member));
    }

    @Override
    public boolean waitsFor(long clock, Members.Member other) {
        return clock != Turn.UNKNOWN && (clock - other.clock()) * nPush > steps;
    }

    @Override
    public long clockFor(long clock) {
        return clock == Turn.UNKNOWN ? Math.max(0, members.leastClock()) : clock;
    }

    /** Nobody is taken in behind the slowest: the others would have to wait until he has caught up. */
    @Override
    public long floor() {
        return members.leastClock();
    }

    @Override
    public void announced(long clock) {}
}
