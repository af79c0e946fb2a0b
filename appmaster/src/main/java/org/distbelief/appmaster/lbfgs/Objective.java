package org.distbelief.appmaster.lbfgs;

import java.io.IOException;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.ShardException;

/** The function that is minimised, without its L2 term. */
@FunctionalInterface
public interface Objective {
    /**
     * Computes the loss and its gradient.
     *
     * @param point the vector of parameters; only read
     * @param gradient the vector that is made or overwritten
     * @return the loss; NaN or infinite where it can't be computed there, the gradient is undefined then
     */
    double evaluate(VectorName point, VectorName gradient) throws IOException, ShardException, InterruptedException;
}
