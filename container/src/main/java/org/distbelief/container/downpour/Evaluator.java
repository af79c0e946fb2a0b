package org.distbelief.container.downpour;

import java.io.IOException;
import java.util.List;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.GroupPiece;
import org.distbelief.container.data.ScoringReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Scored;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.Score;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionSource;
import org.distbelief.dataset.Split;
import org.jspecify.annotations.Nullable;

/**
 * Scores leased portions of held-out data with a replica's present parameters. An utterance whose frames all have the
 * same label is scored as a whole too: the label with the greatest sum over the frames of log(sum of the probabilities
 * of the label's states), or, where the loss has no probabilities, of the sum of the scores of the label's states. For
 * one thread.
 */
public final class Evaluator {
    private final ModelReplica replica;
    private final PortionSource source;
    private final List<Portion> portions;
    private final BlockDecoder decoder;
    private final int labels;
    private final int states;
    private final MiniBatch batch;

    /**
     * @param replica computes; its parameters are the caller's business
     * @param source where portions are read from
     * @param split whose portions the leases number
     * @param decoder makes examples for the model
     * @param states states per label
     */
    public Evaluator(ModelReplica replica, PortionSource source, Split split, BlockDecoder decoder, int states) {
        this.replica = replica;
        this.source = source;
        this.portions = split.portions();
        this.decoder = decoder;
        this.states = states;
        this.labels = replica.model().classes() / states;
        this.batch = replica.newBatch();
    }

    /**
     * Scores a portion.
     *
     * @throws IOException where it cannot be read, or holds a label that the model does not know
     */
    public Scored score(Lease lease) throws IOException, InterruptedException {
        if (lease.portion() < 0 || lease.portion() >= portions.size()) {
            throw new IllegalArgumentException("expected a portion from 0 to " + (portions.size() - 1) + ", found "
                    + lease.portion() + " in lease " + lease.id());
        }
        Tally tally = new Tally();
        try (ScoringReader reader = ScoringReader.open(source, portions.get(lease.portion()), decoder)) {
            while (reader.next(batch) > 0) {
                Score score = replica.score(batch);
                tally.lossSum += score.lossSum();
                tally.examples += batch.size();
                tally.correct += score.correct();
                for (GroupPiece piece : reader.pieces()) {
                    add(piece, score.scores(), tally);
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while scoring portion " + lease.portion());
                }
            }
        }
        return new Scored(lease.id(), tally.lossSum, tally.examples, tally.correct, tally.groups, tally.groupsCorrect);
    }

    private void add(GroupPiece piece, FloatMemory scores, Tally tally) {
        boolean probabilities = replica.model().loss().probabilities();
        GroupScore group =
                tally.open == null ? new GroupScore(labels, states, piece.label(), probabilities) : tally.open;
        for (int i = piece.from(); i < piece.to(); i++) {
            group.add(scores, batch.size(), i);
        }
        tally.open = piece.last() ? null : group;
        if (piece.last() && group.counts()) {
            tally.groups++;
            tally.groupsCorrect += group.correct() ? 1 : 0;
        }
    }

    private static final class Tally {
        private double lossSum;
        private long examples;
        private long correct;
        private long groups;
        private long groupsCorrect;
        private @Nullable GroupScore open;
    }
}
