package org.distbelief.paramserver.pace;

import java.util.List;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.DownpourConfig;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.SectionReader;
import org.distbelief.paramserver.rule.UpdateRuleType;

/** How far the replicas of a job may run apart: {@code downpour.consistency}. */
public sealed interface Consistency {
    /** As far as they like (paper, section 4.1). */
    record Asynchronous() implements Consistency {}

    /**
     * A replica waits with its fetch while it is too far ahead of the slowest one, as in Ho et al., "More Effective
     * Distributed ML via a Stale Synchronous Parallel Parameter Server", NIPS 2013.
     *
     * @param steps how many steps it may be ahead, from 0
     */
    record Bounded(int steps) implements Consistency {}

    /**
     * All take the same steps, and the mean of their gradients is applied; the slowest ones of each step are not waited
     * for, as in Chen et al., "Revisiting Distributed Synchronous SGD", 2016.
     *
     * @param backups how many are not waited for, from 0
     */
    record Synchronous(int backups) implements Consistency {}

    /**
     * What the job file asks for.
     *
     * @throws org.distbelief.conf.JobFileException where there is none of that name, or where a setting is unknown or
     *     impossible
     */
    static Consistency of(DownpourConfig config) {
        ComponentConfig part = config.consistency();
        SectionReader settings = part.read();
        Consistency consistency = switch (part.name()) {
            case "asynchronous" -> new Asynchronous();
            case "bounded" -> new Bounded(settings.integer("steps", 0, 1_000_000));
            case DownpourConfig.SYNCHRONOUS -> new Synchronous(settings.integer("backups", 0, 0, 1_000_000));
            default ->
                throw part.unknown("consistency", List.of("asynchronous", "bounded", DownpourConfig.SYNCHRONOUS));
        };
        settings.check();
        return consistency;
    }

    /**
     * {@link #of(DownpourConfig)}, which must also go together with the rest of the job.
     *
     * @throws org.distbelief.conf.JobFileException where it does not; says what to change
     */
    static Consistency of(JobConfig job) {
        DownpourConfig downpour = job.downpour();
        Consistency consistency = of(downpour);
        ComponentConfig part = downpour.consistency();
        boolean fetchesAsItPushes = downpour.nFetch() == downpour.nPush();
        String found = ", found downpour.nFetch " + downpour.nFetch() + " and downpour.nPush " + downpour.nPush();
        if (consistency instanceof Synchronous synchronous) {
            if (!fetchesAsItPushes) {
                throw part.refused("expected downpour.nFetch and downpour.nPush to be the same, as each update is"
                        + " computed from the parameters that the one before it left" + found);
            }
            int replicas = job.replicas().count();
            if (synchronous.backups() >= replicas) {
                throw part.refused("expected fewer backups than replicas, found " + synchronous.backups()
                        + " backups and replicas.count " + replicas);
            }
        }
        if (UpdateRuleType.find(downpour.update()).comparesWithFetched()) {
            requireKnownFetches(downpour, consistency, fetchesAsItPushes, found);
        }
        return consistency;
    }

    private static void requireKnownFetches(
            DownpourConfig downpour, Consistency consistency, boolean fetchesAsItPushes, String found) {
        ComponentConfig rule = downpour.update();
        if (consistency instanceof Synchronous) {
            throw rule.refused("the rule '" + rule.name() + "' corrects stale gradients, but with downpour.consistency"
                    + " synchronous none is applied; choose another rule, such as sgd, or another consistency");
        }
        if (downpour.overlap() || !fetchesAsItPushes) {
            throw rule.refused("the rule '" + rule.name() + "' compares with the parameters that a gradient was"
                    + " computed from; expected downpour.overlap: false, and downpour.nFetch and downpour.nPush to be"
                    + " the same, so that these are the ones that the replica fetched last"
                    + found
                    + (downpour.overlap() ? " and downpour.overlap true" : ""));
        }
    }
}
