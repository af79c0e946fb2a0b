package org.distbelief.appmaster.lbfgs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.distbelief.appmaster.lbfgs.LineSearch.Ending;
import org.distbelief.appmaster.lbfgs.LineSearch.Outcome;
import org.distbelief.appmaster.lbfgs.LineSearch.Sample;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.VectorAlgebra;
import org.distbelief.paramserver.shard.ShardException;

/**
 * Limited-memory BFGS (paper, section 4.2) that sees scalars alone. Each step that the line search tries takes a
 * program for the direction and the point before it is evaluated, and one after it: for the slope, and for the new pair
 * with all of its inner products, in case that this step is the last. With most iterations it is.
 *
 * <p>What an iteration writes is nothing that its state names: the point is in one of two vectors, the gradient in one
 * of two, and there is a slot for one pair more than is remembered. So a call that failed, whatever had been done by
 * then and on whichever shards, can be made again with the same state, here or by another process. For one thread;
 * keeps nothing between calls.
 */
public final class Lbfgs {
    private final LbfgsSettings settings;
    private final VectorAlgebra algebra;
    private final LineSearch lineSearch;
    private final Pairs pairs;

    /** @param algebra has the vector {@link VectorName#PARAMETERS}; all others are made */
    public Lbfgs(LbfgsSettings settings, VectorAlgebra algebra) {
        this.settings = settings;
        this.algebra = algebra;
        this.lineSearch = new LineSearch(settings.lineSearch(), settings.noise());
        this.pairs = new Pairs(settings.history(), settings.curvature(), algebra);
    }

    /** How many vectors there are at most, the parameters among them. */
    public static int vectors(int history) {
        return 2 * (history + 1) + 4;
    }

    /** The vectors that hold what a state means: a checkpoint must have these. */
    public List<VectorName> vectors(LbfgsState state) {
        List<VectorName> vectors = new ArrayList<>(List.of(state.point(), state.gradient()));
        for (int slot : state.history().slots()) {
            vectors.add(Names.step(slot));
            vectors.add(Names.change(slot));
        }
        return vectors;
    }

    /**
     * Evaluates the objective at the vector {@link VectorName#PARAMETERS}.
     *
     * @throws ShardException {@link ShardException.Kind#NOT_FINITE} where it can't be computed there
     */
    public LbfgsState begin(Objective objective) throws IOException, ShardException, InterruptedException {
        return evaluate(
                new LbfgsState(0, VectorName.PARAMETERS, Names.FIRST_GRADIENT, 0, 0, 0, 0, 0, 0, History.none()),
                Names.FIRST_GRADIENT,
                objective);
    }

    /**
     * Evaluates an objective that has changed, such as another batch, at the point reached. The history is kept.
     *
     * @throws ShardException {@link ShardException.Kind#NOT_FINITE} where it can't be computed there
     */
    public LbfgsState again(LbfgsState state, Objective objective)
            throws IOException, ShardException, InterruptedException {
        return evaluate(state, Names.otherGradient(state.gradient()), objective);
    }

    private LbfgsState evaluate(LbfgsState state, VectorName gradient, Objective objective)
            throws IOException, ShardException, InterruptedException {
        double loss = objective.evaluate(state.point(), gradient);
        if (!Double.isFinite(loss)) {
            throw notFinite("loss", loss, state);
        }
        ShardProgram.Builder program = ShardProgram.begin().dot(state.point(), state.point());
        addPenalty(program, state.point(), gradient);
        program.dot(gradient, gradient);
        List<Integer> slots = state.history().slots();
        slots.forEach(slot -> program.dot(Names.step(slot), gradient));
        slots.forEach(slot -> program.dot(Names.change(slot), gradient));
        Results results = new Results(algebra.run(program.end()));
        double square = results.next();
        double gradientNorm = Math.sqrt(results.next());
        if (!Double.isFinite(gradientNorm)) {
            throw notFinite("gradient", gradientNorm, state);
        }
        return new LbfgsState(
                state.iteration(),
                state.point(),
                gradient,
                loss + penalty(square),
                gradientNorm,
                Math.sqrt(square),
                state.step(),
                state.evaluations(),
                state.totalEvaluations() + 1,
                state.history().withGradient(results.next(slots.size()), results.next(slots.size())));
    }

    private static ShardException notFinite(String what, double found, LbfgsState state) {
        return new ShardException(
                ShardException.Kind.NOT_FINITE,
                "expected a finite " + what + " at the parameters after " + state.iteration() + " iterations, found "
                        + found + ": smaller first parameters, or other data, may help");
    }

    /**
     * Does an iteration. Where neither the direction nor the steepest descent leads to a lower loss, the state comes
     * back without its history, at the same point and with step 0.
     */
    public LbfgsState iterate(LbfgsState state, Objective objective)
            throws IOException, ShardException, InterruptedException {
        if (state.gradientNorm() == 0) {
            return stayed(state, 0);
        }
        boolean steepest = state.history().pairs() == 0;
        double unit = 1 / state.gradientNorm();
        Attempt attempt =
                attempt(state, state.history(), Direction.of(state.history()), steepest ? unit : 1, objective);
        if (attempt.reached().isEmpty() && !steepest) {
            double scale = Direction.scale(state.history());
            double first = scale > 0 && Double.isFinite(scale) ? scale : unit;
            attempt = attempt(state, History.none(), Direction.steepest(), first, objective)
                    .after(attempt.evaluations());
        }
        int evaluations = attempt.evaluations();
        return attempt.reached()
                .map(reached -> moved(state, reached, evaluations))
                .orElseGet(() -> stayed(state, evaluations));
    }

    private static LbfgsState stayed(LbfgsState state, int evaluations) {
        return new LbfgsState(
                state.iteration() + 1,
                state.point(),
                state.gradient(),
                state.loss(),
                state.gradientNorm(),
                state.pointNorm(),
                0,
                evaluations,
                state.totalEvaluations() + evaluations,
                History.none());
    }

    private static LbfgsState moved(LbfgsState state, Reached reached, int evaluations) {
        Pairs.Closed closed = reached.closed();
        if (reached.sample().loss() >= state.loss() && closed.gradientNorm() >= state.gradientNorm()) {
            return stayed(state, evaluations);
        }
        return new LbfgsState(
                state.iteration() + 1,
                Names.otherPoint(state.point()),
                Names.otherGradient(state.gradient()),
                reached.sample().loss(),
                closed.gradientNorm(),
                closed.pointNorm(),
                reached.sample().step(),
                evaluations,
                state.totalEvaluations() + evaluations,
                closed.history());
    }

    /** Where a line search led to, and the pair that was made there. */
    private record Reached(Sample sample, Pairs.Closed closed) {}

    /**
     * A line search along one direction.
     *
     * @param reached empty where it found nothing
     */
    private record Attempt(Optional<Reached> reached, int evaluations) {
        static Attempt nothing(int evaluations) {
            return new Attempt(Optional.empty(), evaluations);
        }

        Attempt after(int earlier) {
            return new Attempt(reached, earlier + evaluations);
        }
    }

    /** @param kept the pairs that are remembered after it */
    private Attempt attempt(LbfgsState state, History kept, Direction direction, double first, Objective objective)
            throws IOException, ShardException, InterruptedException {
        Line line = new Line(state, kept, direction, objective);
        double slope = line.begin(first);
        if (!(slope < 0) || !Double.isFinite(slope)) {
            return Attempt.nothing(0);
        }
        Outcome outcome = lineSearch.search(line, new Sample(0, state.loss(), slope), first);
        int evaluations = outcome.evaluations();
        if (outcome.ending() == Ending.FAILED) {
            return Attempt.nothing(evaluations);
        }
        if (outcome.last()) {
            return new Attempt(Optional.of(new Reached(outcome.sample(), line.close())), evaluations);
        }
        // The vectors are those of a later step.
        Sample again = line.at(outcome.sample().step());
        return again.finite()
                ? new Attempt(Optional.of(new Reached(again, line.close())), evaluations + 1)
                : Attempt.nothing(evaluations + 1);
    }

    /** The objective along a direction. */
    private final class Line implements LineSearch.Line {
        private final LbfgsState state;
        private final History kept;
        private final Direction direction;
        private final Objective objective;
        /** The step whose point is made, while the direction is, too; the pair takes its place. */
        private OptionalDouble made = OptionalDouble.empty();

        private Optional<Pairs.Made> pair = Optional.empty();

        Line(LbfgsState state, History kept, Direction direction, Objective objective) {
            this.state = state;
            this.kept = kept;
            this.direction = direction;
            this.objective = objective;
        }

        private VectorName along() {
            return Names.step(pairs.freeSlot(state.history()));
        }

        /** Makes the direction, and the point at a step; returns the slope where the step begins. */
        double begin(double step) throws IOException, ShardException, InterruptedException {
            VectorName along = along();
            VectorName point = Names.otherPoint(state.point());
            ShardProgram.Builder program =
                    ShardProgram.begin().copy(state.gradient(), along).scale(along, direction.gradient());
            List<Integer> slots = state.history().slots();
            for (int i = 0; i < direction.steps().size(); i++) {
                program.axpy(direction.steps().get(i), Names.step(slots.get(i)), along);
                program.axpy(direction.changes().get(i), Names.change(slots.get(i)), along);
            }
            program.copy(state.point(), point).axpy(step, along, point);
            double slope = algebra.run(program.dot(state.gradient(), along).end())[0];
            made = OptionalDouble.of(step);
            return slope;
        }

        @Override
        public Sample at(double step) throws IOException, ShardException, InterruptedException {
            if (!made.equals(OptionalDouble.of(step))) {
                begin(step);
            }
            made = OptionalDouble.empty();
            pair = Optional.empty();
            VectorName point = Names.otherPoint(state.point());
            VectorName gradient = Names.otherGradient(state.gradient());
            double loss = objective.evaluate(point, gradient);
            if (!Double.isFinite(loss)) {
                return new Sample(step, loss, Double.NaN);
            }
            ShardProgram.Builder program = ShardProgram.begin();
            addPenalty(program, point, gradient);
            program.dot(gradient, along());
            pairs.add(program, state, kept);
            Results results = new Results(algebra.run(program.end()));
            double slope = results.next();
            Pairs.Made last = pairs.made(state, kept, results);
            pair = Optional.of(last);
            return new Sample(step, loss + penalty(last.pointSquare()), slope);
        }

        /** Ends the iteration at the step that was tried last. */
        Pairs.Closed close() throws IOException, ShardException, InterruptedException {
            return pairs.close(state, kept, pair.orElseThrow());
        }
    }

    private void addPenalty(ShardProgram.Builder program, VectorName point, VectorName gradient) {
        if (settings.l2() > 0) {
            program.axpy(settings.l2(), point, gradient);
        }
    }

    private double penalty(double square) {
        return settings.l2() / 2 * square;
    }

    /**
     * Whether to stop.
     *
     * @param before the state that the last iteration began with; the same as {@code after} where there was none
     */
    public Optional<Stop> stop(LbfgsState before, LbfgsState after) {
        if (after.gradientNorm() <= settings.gradientTolerance() * Math.max(1, after.pointNorm())) {
            return Optional.of(Stop.GRADIENT);
        }
        if (after.iteration() > before.iteration()) {
            if (after.step() == 0) {
                return Optional.of(Stop.NO_DECREASE);
            }
            double lowered = before.loss() - after.loss();
            if (settings.lossTolerance() > 0
                    && lowered <= settings.lossTolerance() * Math.max(1, Math.abs(before.loss()))) {
                return Optional.of(Stop.LOSS);
            }
        }
        return after.iteration() >= settings.iterations() ? Optional.of(Stop.ITERATIONS) : Optional.empty();
    }

    /** Copies the point to the vector {@link VectorName#PARAMETERS} where it is elsewhere. */
    public LbfgsState settle(LbfgsState state) throws IOException, ShardException, InterruptedException {
        if (state.point().equals(VectorName.PARAMETERS)) {
            return state;
        }
        algebra.run(
                ShardProgram.begin().copy(state.point(), VectorName.PARAMETERS).end());
        return state.at(VectorName.PARAMETERS);
    }
}
