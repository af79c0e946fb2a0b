package org.distbelief.container.downpour;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.ShardException;

/**
 * Keeps a replica's place among the others, where their job bounds how far they may run apart: counts its updates, asks
 * the shards for its turn before it fetches, and tells them when it has nothing to do. Partition 0 speaks for the
 * replica; the others count along. Where replicas run as far apart as they like, nothing happens.
 *
 * <p>For one thread, but {@link #await} may run in another one meanwhile.
 */
final class Pacer {
    private final Consistency consistency;
    private final ShardedParameters shards;
    private final int replica;
    private final long incarnation;
    private final boolean leads;
    private final LongConsumer onChange;

    /** Number of the update that is begun next. */
    private long next;

    /** Updates that all shards have taken, as partition 0 knows. */
    private long taken;

    private boolean member;
    private volatile boolean leaving;

    /**
     * @param leads whether this is partition 0
     * @param onChange hears of a number of the next update that does not follow from the one before
     */
    Pacer(DownpourSettings settings, ShardedParameters shards, boolean leads, LongConsumer onChange) {
        this.consistency = settings.consistency();
        this.shards = shards;
        this.replica = settings.replica();
        this.incarnation = settings.incarnation();
        this.leads = leads;
        this.onChange = onChange;
    }

    private boolean counts() {
        return !(consistency instanceof Consistency.Asynchronous);
    }

    /** Whether this partition asks for turns. */
    boolean asks() {
        return leads && counts();
    }

    /** Whether a turn may be asked for only when all partitions have their pushes acknowledged. */
    boolean inStep() {
        return consistency instanceof Consistency.Synchronous;
    }

    /** What {@link #await} needs to know. */
    record Place(long taken, boolean member) {}

    /** Of one that does not ask. */
    static final Place NOWHERE = new Place(Turn.UNKNOWN, false);

    /** The replica is about to ask for its turn. */
    Place ask() {
        Place place = new Place(taken, member);
        member |= asks();
        return place;
    }

    /**
     * Waits for the replica's turn.
     *
     * @param heard called whenever a shard has answered, in any thread
     * @return the number with which it may go on; empty where it is about to leave
     */
    OptionalLong await(Place place, Runnable heard) throws IOException, ShardException, InterruptedException {
        BooleanSupplier goesOn = () -> {
            heard.run();
            return !leaving;
        };
        long asked = place.taken();
        if (!place.member()) {
            asked = Math.max(asked, shards.turn(new Turn(replica, incarnation, Turn.UNKNOWN), goesOn));
        }
        long latest = shards.turn(new Turn(replica, incarnation, asked), goesOn);
        if (latest > asked && !leaving) {
            // Some shards are further: it goes on with them, when the others have got there too.
            shards.turn(new Turn(replica, incarnation, latest), goesOn);
        }
        return leaving ? OptionalLong.empty() : OptionalLong.of(latest);
    }

    /** The turn has come. */
    void granted(long number) {
        boolean changes = number > next;
        taken = Math.max(taken, number);
        next = Math.max(next, number);
        if (changes) {
            onChange.accept(next);
        }
    }

    /** Partition 0 says what number the next update has. */
    void follow(long number) {
        next = number;
    }

    /** Begins an update, and gives its number; {@link Turn#UNKNOWN} where updates are not counted. */
    long begin() {
        return counts() ? next++ : Turn.UNKNOWN;
    }

    /** All shards have taken an update. */
    void acknowledged(long number) {
        taken = Math.max(taken, number + 1);
    }

    /** There will be nothing to do for now: a turn that is waited for is not wanted any more. */
    void leaving() {
        leaving = true;
    }

    /** There is nothing to do for now, and no turn is waited for. */
    void left() throws InterruptedException {
        leaving = false;
        if (member) {
            member = false;
            shards.leave(replica, incarnation);
        }
    }
}
