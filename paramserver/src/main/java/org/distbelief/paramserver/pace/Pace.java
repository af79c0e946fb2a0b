package org.distbelief.paramserver.pace;

/** Who may go on, and who must wait for whom, on one shard. Not for use by several threads. */
sealed interface Pace permits AsynchronousPace, BoundedPace, SynchronousPace {
    /** Whether a replica with this clock may go on. */
    boolean mayGo(long clock);

    /** Whether a replica with this clock, which may not go on, waits for that one. */
    boolean waitsFor(long clock, Members.Member other);

    /**
     * The clock with which a replica should go on.
     *
     * @param clock its own, or {@link Turn#UNKNOWN}
     */
    long clockFor(long clock);

    /** The least clock with which a replica is taken in, or {@link Turn#UNKNOWN} for whatever it says. */
    default long floor() {
        return Turn.UNKNOWN;
    }

    /** A replica asks for its turn. */
    void announced(long clock);
}
