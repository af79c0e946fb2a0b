package org.distbelief.paramserver.shard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.algebra.PushVector;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;

/**
 * Runs a shard's programs, each exactly once, one at a time, in the order of their numbers. A coordinator of a later
 * term begins anew, and ends the earlier one; what that has left of {@link PushVector}s goes. For any number of
 * threads.
 */
final class ProgramLog {
    private final ShardState state;
    private final Changes changes;
    private final long patienceNanos;
    private final ReentrantLock lock = new ReentrantLock();

    ProgramLog(ShardState state, Changes changes, Duration patience) {
        this.state = state;
        this.changes = changes;
        this.patienceNanos = patience.toNanos();
    }

    List<Double> run(NumberedProgram program) throws ShardException, InterruptedException {
        if (!lock.tryLock(patienceNanos, TimeUnit.NANOSECONDS)) {
            throw new ShardException(
                    ShardException.Kind.BUSY, "another program is still being run on the shard; try again");
        }
        try {
            return isRepeated(program) ? state.answer().results() : anew(program);
        } finally {
            lock.unlock();
        }
    }

    private boolean isRepeated(NumberedProgram program) throws ShardException {
        ProgramAnswer last = state.answer();
        if (program.term() < last.term()) {
            throw new ShardException(
                    ShardException.Kind.DEPOSED,
                    "expected programs of term " + last.term() + " or later, found " + program
                            + "; the coordinator that sent it has been replaced");
        }
        long before = program.term() == last.term() ? last.sequence() : 0;
        if (before > 0 && program.sequence() == before) {
            return true;
        }
        if (program.sequence() != before + 1) {
            throw new ShardException(
                    ShardException.Kind.SEQUENCE_GAP,
                    "expected program " + (before + 1) + " of term " + program.term() + ", found " + program
                            + (before == 0 ? "; this process has not seen those before it" : ""));
        }
        return false;
    }

    private List<Double> anew(NumberedProgram asked) throws ShardException {
        NumberedProgram program = asked.term() == state.answer().term() ? asked : afterOthers(asked);
        state.bank().prepare(program.program());
        changes.makeBoth(
                new Change.Ran(program),
                () -> new Change.Answered(state.answer().results()));
        return state.answer().results();
    }

    /** The first program of a term: what earlier ones have left of pushes goes before. */
    private NumberedProgram afterOthers(NumberedProgram first) {
        List<ShardOperation> operations = new ArrayList<>();
        state.bank().names().stream()
                .filter(PushVector::is)
                .forEach(left -> operations.add(new ShardOperation.Free(left)));
        operations.addAll(first.program().operations());
        return new NumberedProgram(first.term(), first.sequence(), new ShardProgram(operations));
    }
}
