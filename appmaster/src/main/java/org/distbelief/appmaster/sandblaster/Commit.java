package org.distbelief.appmaster.sandblaster;

import java.util.List;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;

/**
 * What the shards are to do next with the push vectors, in one program: the point where portions come to count.
 *
 * @param number ascends within the coordinator's term
 * @param first whether the gradient begins with this one: what its vector held is of an earlier batch
 * @param last whether the gradient is complete with this one
 * @param add vectors to be added to the gradient, in this order; they are among {@code free}
 * @param free vectors that go; some may be half written
 * @param make new vectors of zeros
 */
public record Commit(
        long number, boolean first, boolean last, List<VectorName> add, List<VectorName> free, List<VectorName> make) {
    /** Copies the lists. */
    public Commit {
        add = List.copyOf(add);
        free = List.copyOf(free);
        make = List.copyOf(make);
    }

    /**
     * The program to run on all shards.
     *
     * @param gradient the vector in which the batch's gradient is summed up
     * @param weight what sums are multiplied by in the gradient
     */
    public ShardProgram program(VectorName gradient, double weight) {
        ShardProgram.Builder program = ShardProgram.begin();
        if (first) {
            program.fill(gradient, 0);
        }
        add.forEach(vector -> program.axpy(weight, vector, gradient));
        free.forEach(program::free);
        make.forEach(vector -> program.fill(vector, 0));
        return program.end();
    }
}
