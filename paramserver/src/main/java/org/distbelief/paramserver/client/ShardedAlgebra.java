package org.distbelief.paramserver.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ShardException;

/**
 * The vectors of all shards. Sends a program to all of them at the same time and adds up what they answer, in their
 * order. A lost connection, a busy shard and a standby that has taken over are retried until the bound is over, with
 * the same number, so that each shard runs a program once.
 *
 * <p>A shard that has come back from a checkpoint has not seen the term's programs before. That is told as
 * {@link ShardException.Kind#NO_VECTOR}, whatever vectors the checkpoint had: its part of all vectors is another one
 * now. The next program is the first that it runs. What state a shard is in before the first program is for the caller
 * to know.
 *
 * <p>After an {@link IOException} or an interrupt it is unknown what the shards have run: all further programs fail,
 * and only a later term can begin anew. For one thread; {@link #traffic} and {@link #close} may be called from any.
 */
public final class ShardedAlgebra implements VectorAlgebra, AutoCloseable {
    private final ShardMap shards;
    private final Duration bound;
    private final long term;
    private final ShardCalls calls;
    private final List<Shard> state = new ArrayList<>();
    private boolean lost;

    /** What is known of a shard; touched by one call at a time. */
    private static final class Shard {
        /** The last program that it has run. */
        long sequence;

        /** Guarded by this. */
        private Traffic traffic = Traffic.NONE;

        synchronized void add(Traffic more) {
            traffic = traffic.plus(more);
        }

        synchronized Traffic traffic() {
            return traffic;
        }
    }

    /**
     * @param shards which shard holds what
     * @param directory where the shards are
     * @param connector makes clients of them
     * @param bound how long one program may take in all, retries included
     * @param term of this coordinator: higher than that of any before, which can run no program any more where this one
     *     has
     */
    public ShardedAlgebra(
            ShardMap shards, ShardDirectory directory, ShardConnector connector, Duration bound, long term) {
        this.shards = shards;
        this.bound = bound;
        this.term = term;
        this.calls = new ShardCalls(shards.shards(), directory, connector, bound);
        for (int shard = 0; shard < shards.shards(); shard++) {
            state.add(new Shard());
        }
    }

    /** What a shard has answered; a refusal does not end the calls to the others. */
    private sealed interface Answer {
        record Results(List<Double> values) implements Answer {}

        record Refused(ShardException reason) implements Answer {}
    }

    @Override
    public double[] run(ShardProgram program) throws IOException, ShardException, InterruptedException {
        if (lost) {
            throw new IOException(
                    "expected shards of which it is known what they have run, found that a program of term " + term
                            + " has failed before its end; begin a later term");
        }
        long deadline = System.nanoTime() + bound.toNanos();
        List<Callable<Answer>> requests = new ArrayList<>();
        for (int shard = 0; shard < shards.shards(); shard++) {
            int index = shard;
            requests.add(() -> run(index, program, deadline));
        }
        lost = true;
        List<Answer> answers = calls.all(requests);
        lost = false;
        return sum(program, answers);
    }

    private Answer run(int shard, ShardProgram program, long deadline)
            throws IOException, ShardException, InterruptedException {
        Shard known = state.get(shard);
        NumberedProgram numbered = new NumberedProgram(term, known.sequence + 1, program);
        try {
            List<Double> results = calls.retry(shard, deadline, (client, generation) -> {
                Traffic before = client.traffic();
                try {
                    return client.run(shards.ranges(shard).size(), numbered);
                } finally {
                    known.add(client.traffic().minus(before));
                }
            });
            if (results.size() != program.results()) {
                throw new IOException(
                        "expected " + program.results() + " results of shard " + shard + ", found " + results.size());
            }
            known.sequence++;
            return new Answer.Results(results);
        } catch (ShardException e) {
            if (e.kind() != ShardException.Kind.SEQUENCE_GAP) {
                return new Answer.Refused(e);
            }
            known.sequence = 0;
            return new Answer.Refused(new ShardException(
                    ShardException.Kind.NO_VECTOR,
                    "expected the vectors of term " + term + " on shard " + shard
                            + ", found a process that has begun from a checkpoint since: " + e.getMessage(),
                    e));
        }
    }

    private static double[] sum(ShardProgram program, List<Answer> answers) throws ShardException {
        double[] sums = new double[program.results()];
        for (Answer answer : answers) {
            if (answer instanceof Answer.Refused refused) {
                throw refused.reason();
            }
            if (answer instanceof Answer.Results results) {
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += results.values().get(i);
                }
            }
        }
        int result = 0;
        for (ShardOperation operation : program.operations()) {
            if (operation instanceof ShardOperation.Norm) {
                sums[result] = Math.sqrt(sums[result]);
            }
            result += operation.hasResult() ? 1 : 0;
        }
        return sums;
    }

    /** For each shard the bytes that programs have taken so far; those of the clients, where these count them. */
    public List<Traffic> traffic() {
        return state.stream().map(Shard::traffic).toList();
    }

    /** Ends all threads and connections. Calls under way fail. */
    @Override
    public void close() {
        calls.close();
    }
}
