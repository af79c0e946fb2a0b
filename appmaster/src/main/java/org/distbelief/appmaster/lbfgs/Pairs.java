package org.distbelief.appmaster.lbfgs;

import java.io.IOException;
import java.util.List;
import org.distbelief.conf.SandblasterConfig.Curvature;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.VectorAlgebra;
import org.distbelief.paramserver.shard.ShardException;

/** Makes the pair of an iteration, in a slot that its state does not name, with all of its inner products. */
final class Pairs {
    /** The cosine of step and change above which their curvature is not rounding. */
    private static final double LEAST_COSINE = 1e-10;

    /** The cosine after damping: Powell's choice. */
    private static final double DAMPED_COSINE = 0.2;

    private final int most;
    private final Curvature curvature;
    private final VectorAlgebra algebra;

    /** @param most pairs that are remembered */
    Pairs(int most, Curvature curvature, VectorAlgebra algebra) {
        this.most = most;
        this.curvature = curvature;
        this.algebra = algebra;
    }

    /** The slot for the next pair. */
    int freeSlot(History history) {
        return history.freeSlot(most + 1);
    }

    /**
     * A pair whose iteration may end with it.
     *
     * @param pointSquare square of the new point's length
     * @param gradientNorm length of the new gradient
     * @param turned the pairs that go on, with the new gradient
     */
    record Made(double pointSquare, double gradientNorm, History turned, History.Pair pair) {}

    /**
     * The end of an iteration.
     *
     * @param gradientNorm length of the new gradient
     * @param pointNorm length of the new point
     */
    record Closed(History history, double gradientNorm, double pointNorm) {}

    /**
     * Adds to a program what makes the pair from the new point and gradient, which are in the vectors that the state
     * does not name. The slot's step may have been the direction until then.
     *
     * @param state the state that the iteration began with
     * @param kept the pairs that go on
     */
    void add(ShardProgram.Builder program, LbfgsState state, History kept) {
        int slot = freeSlot(state.history());
        VectorName step = Names.step(slot);
        VectorName change = Names.change(slot);
        VectorName point = Names.otherPoint(state.point());
        VectorName gradient = Names.otherGradient(state.gradient());
        // The difference of the points as they were rounded, not the direction's multiple.
        program.copy(point, step)
                .axpy(-1, state.point(), step)
                .copy(gradient, change)
                .axpy(-1, state.gradient(), change)
                .dot(point, point)
                .dot(gradient, gradient);
        for (int old : kept.slots()) {
            program.dot(Names.step(old), gradient).dot(Names.change(old), gradient);
        }
        addProducts(program, slot, kept, gradient);
    }

    /** Reads the results of what {@link #add} added. */
    Made made(LbfgsState state, History kept, Results results) {
        double pointSquare = results.next();
        double gradientNorm = Math.sqrt(results.next());
        History turned = withGradient(kept, results);
        return new Made(pointSquare, gradientNorm, turned, pair(freeSlot(state.history()), kept, results));
    }

    /** Ends an iteration with a pair, whose vectors must still be there. */
    Closed close(LbfgsState state, History kept, Made made) throws IOException, ShardException, InterruptedException {
        History.Pair pair = made.pair();
        if (!positive(pair) && curvature == Curvature.DAMP) {
            pair = damped(pair, kept, Names.otherGradient(state.gradient()));
        }
        History history = positive(pair) ? made.turned().with(pair, most) : made.turned();
        return new Closed(history, made.gradientNorm(), Math.sqrt(made.pointSquare()));
    }

    private static History withGradient(History kept, Results results) {
        List<List<Double>> products =
                kept.slots().stream().map(old -> results.next(2)).toList();
        return kept.withGradient(
                products.stream().map(both -> both.get(0)).toList(),
                products.stream().map(both -> both.get(1)).toList());
    }

    private static void addProducts(ShardProgram.Builder program, int slot, History kept, VectorName gradient) {
        VectorName step = Names.step(slot);
        VectorName change = Names.change(slot);
        program.dot(step, step).dot(step, change).dot(change, change);
        kept.slots().forEach(old -> program.dot(step, Names.change(old)));
        kept.slots().forEach(old -> program.dot(change, Names.step(old)));
        kept.slots().forEach(old -> program.dot(change, Names.change(old)));
        program.dot(step, gradient).dot(change, gradient);
    }

    private static History.Pair pair(int slot, History kept, Results results) {
        int others = kept.pairs();
        return new History.Pair(
                slot,
                results.next(),
                results.next(),
                results.next(),
                results.next(others),
                results.next(others),
                results.next(others),
                results.next(),
                results.next());
    }

    private static double longest(History.Pair pair) {
        return Math.sqrt(pair.stepStep()) * Math.sqrt(pair.changeChange());
    }

    private static boolean positive(History.Pair pair) {
        double longest = longest(pair);
        return longest > 0 && Double.isFinite(longest) && pair.stepChange() > LEAST_COSINE * longest;
    }

    /**
     * The change mixed with the step, made as long as the change: as little of it as makes the curvature enough
     * (Powell, 1978). A change of length 0 stays what it is.
     */
    private History.Pair damped(History.Pair pair, History kept, VectorName gradient)
            throws IOException, ShardException, InterruptedException {
        double longest = longest(pair);
        if (!(longest > 0) || !Double.isFinite(longest)) {
            return pair;
        }
        double share = (1 - DAMPED_COSINE) * longest / (longest - pair.stepChange());
        double ratio = Math.sqrt(pair.changeChange()) / Math.sqrt(pair.stepStep());
        ShardProgram.Builder program = ShardProgram.begin()
                .scale(Names.change(pair.slot()), share)
                .axpy((1 - share) * ratio, Names.step(pair.slot()), Names.change(pair.slot()));
        addProducts(program, pair.slot(), kept, gradient);
        return pair(pair.slot(), kept, new Results(algebra.run(program.end())));
    }
}
