package org.distbelief.container.sandblaster;

import java.util.Optional;
import org.distbelief.container.coordinator.PushOrder;
import org.distbelief.container.report.ProgressMeter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a replica is with the push that it was ordered. For one thread. */
final class OwnPush {
    private static final Logger LOG = LoggerFactory.getLogger(OwnPush.class);

    private final Team team;
    private final ProgressMeter meter;
    /** The push of this batch that the coordinator has yet to hear the end of. */
    private @Nullable PushOrder order;

    /** Whether a push is under way, perhaps one that is void. */
    private boolean underWay;

    private long begun;

    OwnPush(Team team, ProgressMeter meter) {
        this.team = team;
        this.meter = meter;
    }

    /** What has become of a push since it was last asked for. */
    enum News {
        /** Nothing that the coordinator should hear of. */
        NONE,
        /** It has ended, or is void and makes room. */
        ENDED,
        /** Its vector was gone, and so is the batch. */
        VOID
    }

    /** Looks for the end of a push under way. */
    News look() throws Exception {
        if (!underWay) {
            return News.NONE;
        }
        Team.Push push = team.pushed();
        if (push == Team.Push.UNDER_WAY) {
            return News.NONE;
        }
        underWay = false;
        meter.pushAcknowledged(0, System.nanoTime() - begun);
        PushOrder own = order;
        if (own != null && push == Team.Push.NOT_TAKEN) {
            LOG.info("The vector of push {} is gone: its portions were another replica's, or the batch is over", own);
            return News.VOID;
        }
        return News.ENDED;
    }

    /**
     * Begins to push the bundle.
     *
     * @return false where its gradient is not all finite numbers: nothing is pushed, and the bundle is void
     */
    boolean begin(PushOrder next) {
        if (!team.push(next.into())) {
            return false;
        }
        meter.pushBegun();
        begun = System.nanoTime();
        order = next;
        underWay = true;
        return true;
    }

    /** Whether one can begin. */
    boolean room() {
        return !underWay && order == null;
    }

    /** Whether a push is under way, perhaps one that is void. */
    boolean underWay() {
        return underWay;
    }

    /** The number of the push that the coordinator has yet to hear the end of. */
    Optional<Long> number() {
        return Optional.ofNullable(order).map(PushOrder::number);
    }

    /** Whether all shards have acknowledged that one. */
    boolean through() {
        return order != null && !underWay;
    }

    /** The coordinator has heard of its end, or it is void. */
    void forget() {
        order = null;
    }
}
