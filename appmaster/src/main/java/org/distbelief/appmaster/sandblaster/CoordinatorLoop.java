package org.distbelief.appmaster.sandblaster;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.conf.Sizes;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.CoordinatorReply.Order;
import org.distbelief.container.report.LostMasterException;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator's life: stands by, leads when the master gives it a term, stands by again where that goes wrong, and
 * ends when the job does. For one thread.
 */
public final class CoordinatorLoop {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorLoop.class);

    private final SandblasterConfig config;
    private final Sample batches;
    private final long seed;
    private final String run;
    private final TermAlgebra.Source algebras;
    private final Evaluations evaluations;
    private final MasterTalk master;
    private final Announcement announcement;
    private final Duration patience;
    private final LongSupplier nanoTime;

    /** Makes known where the one that leads a term is found. */
    @FunctionalInterface
    public interface Announcement {
        /** Replicas will look for it under this term. */
        void leads(long term) throws IOException;
    }

    /**
     * @param batches the portions of each batch
     * @param seed of the noise that layers such as dropout add
     * @param run names the job
     * @param algebras the vectors on the shards
     * @param evaluations where replicas report
     * @param patience how long terms may fail for without an iteration between them
     * @param nanoTime the time, as {@link System#nanoTime}
     */
    public CoordinatorLoop(
            SandblasterConfig config,
            Sample batches,
            long seed,
            String run,
            TermAlgebra.Source algebras,
            Evaluations evaluations,
            MasterTalk master,
            Announcement announcement,
            Duration patience,
            LongSupplier nanoTime) {
        this.config = config;
        this.batches = batches;
        this.seed = seed;
        this.run = run;
        this.algebras = algebras;
        this.evaluations = evaluations;
        this.master = master;
        this.announcement = announcement;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    /**
     * Runs until the job is done.
     *
     * @throws LostMasterException where the master is gone, or does not want this coordinator
     * @throws ShardException where the loss can't be computed where it begins
     * @throws IOException where terms fail for longer than its patience
     */
    public void run() throws IOException, ShardException, InterruptedException, LostMasterException {
        long failing = 0;
        long iteration = -1;
        while (true) {
            CoordinatorReply reply = master.await();
            if (reply.order() == Order.FINISH) {
                return;
            }
            if (reply.term() == 0) {
                failing = 0;
                continue;
            }
            long began = reply.standing().map(s -> s.iteration()).orElse(-1L);
            if (began > iteration) {
                failing = 0;
            }
            iteration = began;
            Exception failure = term(reply);
            if (failure != null) {
                failing = failing == 0 ? nanoTime.getAsLong() : failing;
                if (nanoTime.getAsLong() - failing > patience.toNanos()) {
                    throw new IOException(
                            "no iteration could be done for " + Sizes.text(patience) + "; the last failure: "
                                    + failure.getMessage(),
                            failure);
                }
            }
        }
    }

    /** Leads one term; returns what went wrong with it, or null where another one leads. */
    private @Nullable Exception term(CoordinatorReply reply)
            throws ShardException, InterruptedException, LostMasterException {
        LOG.info("Leading term {}", reply.term());
        master.lead(reply.term());
        try {
            return lead(reply);
        } catch (InterruptedException e) {
            if (!master.resign()) {
                throw e;
            }
            LOG.info("Term {} is over, as the master says", reply.term());
            LOG.debug("Interrupted", e);
            return null;
        } finally {
            evaluations.resign();
            master.resign();
        }
    }

    private @Nullable Exception lead(CoordinatorReply reply)
            throws ShardException, InterruptedException, LostMasterException {
        long term = reply.term();
        try (DeferringAlgebra algebra = new DeferringAlgebra(algebras.open(term))) {
            evaluations.lead(term, algebra);
            announcement.leads(term);
            new Leader(config, batches, seed, run, algebra, evaluations, master).lead(reply.standing());
            return null;
        } catch (DeposedException e) {
            LOG.info("Term {} is over: {}", term, e.getMessage());
            return null;
        } catch (ShardException e) {
            if (e.kind() == ShardException.Kind.NOT_FINITE) {
                throw e;
            }
            LOG.warn("Term {} can't go on", term, e);
            return e;
        } catch (IOException e) {
            LOG.warn("Term {} can't go on", term, e);
            return e;
        }
    }
}
