package org.distbelief.paramserver.shard;

import java.util.Set;
import java.util.TreeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;

/** Follows the names of vectors through a program before anything is done. For one thread. */
final class ProgramNames {
    private final Set<VectorName> names;
    private final Set<VectorName> fixed;
    private final int limit;
    private int most;

    /**
     * @param names the vectors that there are
     * @param fixed those that cannot be freed
     * @param limit how many there may be
     */
    ProgramNames(Set<VectorName> names, Set<VectorName> fixed, int limit) {
        this.names = new TreeSet<>(names);
        this.fixed = fixed;
        this.limit = limit;
        this.most = names.size();
    }

    /**
     * Goes through a program.
     *
     * @return how many vectors there are at the same time, at most
     * @throws ShardException where a vector is missing, may not be freed, or would be one too many
     */
    int follow(ShardProgram program) throws ShardException {
        for (ShardOperation operation : program.operations()) {
            for (VectorName read : operation.reads()) {
                if (!names.contains(read)) {
                    throw new ShardException(
                            ShardException.Kind.NO_VECTOR,
                            "expected vector " + read + " for " + operation + ", found the vectors " + names
                                    + "; nothing of the program was done");
                }
            }
            if (operation instanceof ShardOperation.Fill fill) {
                make(fill.vector());
            } else if (operation instanceof ShardOperation.Random random) {
                make(random.vector());
            } else if (operation instanceof ShardOperation.Copy copy) {
                make(copy.to());
            } else if (operation instanceof ShardOperation.Free free) {
                free(free.vector());
            }
        }
        return most;
    }

    private void make(VectorName name) throws ShardException {
        if (!names.contains(name) && names.size() == limit) {
            throw new ShardException(
                    ShardException.Kind.NO_VECTOR,
                    "expected at most " + limit + " vectors, for which there is memory, found " + name + " besides "
                            + names + "; free one first; nothing of the program was done");
        }
        names.add(name);
        most = Math.max(most, names.size());
    }

    private void free(VectorName name) throws ShardException {
        if (fixed.contains(name)) {
            throw new ShardException(
                    ShardException.Kind.WRONG_RANGES,
                    "expected a vector that may be freed, found " + name + ", one of " + fixed
                            + "; nothing of the program was done");
        }
        names.remove(name);
    }
}
