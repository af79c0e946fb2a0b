package org.distbelief.paramserver.shard;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.load.LatencyRecorder;
import org.distbelief.paramserver.pace.PaceKeeper;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.VersionedRate;

/**
 * Takes a shard's pushes, which have been checked against what the shard holds: each exactly once, those of one
 * partition in their order. For any number of threads.
 */
final class PushTaker {
    private final ShardState state;
    private final Changes changes;
    private final PaceKeeper pace;
    private final VersionedRate rate;
    private final ShardKernels kernels;
    private final long patienceNanos;
    private final ShardCounters.Live counters;
    private final Staleness.Recorder staleness = new Staleness.Recorder();
    private final LatencyRecorder lockWaits = new LatencyRecorder();

    PushTaker(
            ShardState state,
            Changes changes,
            PaceKeeper pace,
            VersionedRate rate,
            ShardKernels kernels,
            Duration patience,
            ShardCounters.Live counters) {
        this.state = state;
        this.changes = changes;
        this.pace = pace;
        this.rate = rate;
        this.kernels = kernels;
        this.patienceNanos = patience.toNanos();
        this.counters = counters;
    }

    Staleness staleness() {
        return staleness.get();
    }

    Latency lockWait() {
        return lockWaits.get();
    }

    PushReceipt take(PushHeader header, ByteBuffer gradient) throws ShardException, InterruptedException {
        PushLog.Entry entry =
                state.log().entry(header.id().replica(), header.id().partition());
        long asked = System.nanoTime();
        if (!entry.lock.tryLock(patienceNanos, TimeUnit.NANOSECONDS)) {
            throw new ShardException(
                    ShardException.Kind.BUSY, "another push of the same partition is still being applied; try again");
        }
        try {
            if (entry.isDuplicate(header.id())) {
                counters.duplicates.increment();
                return new PushReceipt(state.version(), 0, true, wasDropped(header, entry));
            }
            long waited = System.nanoTime() - asked;
            checkFinite(header, gradient);
            PushReceipt receipt =
                    header.into().isPresent() ? added(header, gradient, waited) : applied(header, gradient, waited);
            if (header.last()) {
                counters.pushes.increment();
            }
            return receipt;
        } finally {
            entry.lock.unlock();
        }
    }

    /** After a checkpoint the vector may be gone that the push had been added to. */
    private boolean wasDropped(PushHeader header, PushLog.Entry entry) {
        return header.into()
                .map(into ->
                        entry.wasDropped(header.id()) || !state.bank().names().contains(into))
                .orElse(false);
    }

    private void checkFinite(PushHeader header, ByteBuffer gradient) throws ShardException {
        if (!kernels.finite(gradient.slice().order(gradient.order()), 0, gradient.remaining() / Float.BYTES)) {
            counters.notFinite.increment();
            throw new ShardException(
                    ShardException.Kind.NOT_FINITE,
                    header.id() + " holds NaN or an infinity and was not applied: the training diverges;"
                            + " lower the learning rate or use a warm start");
        }
    }

    private PushReceipt added(PushHeader header, ByteBuffer gradient, long waited) {
        ShardState.Effect effect = changes.make(new Change.Added(header), gradient);
        lockWaits.record(waited);
        return new PushReceipt(state.version(), 0, false, effect.missed());
    }

    private PushReceipt applied(PushHeader header, ByteBuffer gradient, long waited) throws ShardException {
        boolean known = header.versionAtFetch() >= 0;
        long before = state.version();
        long stale = known ? Math.max(0, before - header.versionAtFetch()) : 0;
        boolean counts = header.last() && header.counts();
        boolean dropped = false;
        if (pace.gathers()) {
            dropped = !gathered(header, gradient);
            lockWaits.record(waited);
        } else {
            UpdateContext context = new UpdateContext(before, stale, rate.factor(before, stale));
            ShardState.Effect effect = changes.make(new Change.Applied(header, context), gradient);
            lockWaits.record(waited + effect.waitedNanos());
            pace.applied(header.id().replica(), header.id().incarnation(), header.clock(), counts);
        }
        if (known && counts) {
            staleness.record(stale);
        }
        return new PushReceipt(state.version(), stale, false, dropped);
    }

    private boolean gathered(PushHeader header, ByteBuffer gradient) throws ShardException {
        boolean taken;
        try {
            taken = pace.give(
                    header.ranges(),
                    header.id().replica(),
                    header.id().incarnation(),
                    header.clock(),
                    (first, round) -> changes.make(new Change.Gathered(header, first, round), gradient));
        } catch (IllegalArgumentException e) {
            throw new ShardException(ShardException.Kind.WRONG_RANGES, e.getMessage() + "", e);
        }
        if (!taken) {
            changes.make(new Change.Late(header), null);
        }
        return taken;
    }
}
