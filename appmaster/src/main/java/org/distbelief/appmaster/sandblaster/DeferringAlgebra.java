package org.distbelief.appmaster.sandblaster;

import java.io.IOException;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ShardException;

/**
 * The vectors of a term, where a program without results may wait for the next one: both take one round trip then. For
 * one thread, but what it has sent and received may be asked for by any.
 */
final class DeferringAlgebra implements TermAlgebra {
    private static final ShardProgram NOTHING = ShardProgram.begin().end();

    private final TermAlgebra algebra;
    private ShardProgram waiting = NOTHING;

    /** @param algebra closed with this */
    DeferringAlgebra(TermAlgebra algebra) {
        this.algebra = algebra;
    }

    /**
     * Has a program run with the next one, before it.
     *
     * @throws IllegalArgumentException where it has results
     */
    void defer(ShardProgram program) throws IOException, ShardException, InterruptedException {
        if (program.results() > 0) {
            throw new IllegalArgumentException(
                    "expected a program without results to be deferred, found " + program.results() + " results");
        }
        requireRoom(program);
        waiting = waiting.then(program);
    }

    @Override
    public double[] run(ShardProgram program) throws IOException, ShardException, InterruptedException {
        requireRoom(program);
        double[] results = algebra.run(waiting.then(program));
        waiting = NOTHING;
        return results;
    }

    /** Runs what waits, if anything does. */
    void flush() throws IOException, ShardException, InterruptedException {
        if (!waiting.operations().isEmpty()) {
            algebra.run(waiting);
            waiting = NOTHING;
        }
    }

    /** What waits goes alone where it would make the next program too long. */
    private void requireRoom(ShardProgram next) throws IOException, ShardException, InterruptedException {
        if (waiting.operations().size() + next.operations().size() > ShardProgram.MOST_OPERATIONS) {
            flush();
        }
    }

    @Override
    public long bytesSent() {
        return algebra.bytesSent();
    }

    @Override
    public long bytesReceived() {
        return algebra.bytesReceived();
    }

    @Override
    public void close() {
        algebra.close();
    }
}
