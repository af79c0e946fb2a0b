package org.distbelief.appmaster.sandblaster;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.distbelief.appmaster.lbfgs.Lbfgs;
import org.distbelief.appmaster.lbfgs.LbfgsSettings;
import org.distbelief.appmaster.lbfgs.LbfgsState;
import org.distbelief.appmaster.lbfgs.Objective;
import org.distbelief.appmaster.lbfgs.Stop;
import org.distbelief.conf.SandblasterConfig;
import org.distbelief.container.master.CoordinatorReply;
import org.distbelief.container.master.Standing;
import org.distbelief.container.report.LostMasterException;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ShardException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator of Sandblaster L-BFGS while it leads (paper, section 4.2): iteration after iteration, of each of
 * which the master is told what it has come to. It keeps scalars alone. For one thread.
 */
final class Leader {
    private static final Logger LOG = LoggerFactory.getLogger(Leader.class);

    private final SandblasterConfig config;
    private final Sample batches;
    private final long seed;
    private final String run;
    private final TermAlgebra algebra;
    private final Evaluations evaluations;
    private final MasterTalk master;
    private final Lbfgs lbfgs;
    private final ObjectMapper json = new ObjectMapper();
    private long examples;

    /**
     * @param batches the portions of each batch
     * @param seed of the noise that layers such as dropout add
     * @param run names the job
     * @param algebra of the term, which {@code evaluations} leads, too
     */
    Leader(
            SandblasterConfig config,
            Sample batches,
            long seed,
            String run,
            TermAlgebra algebra,
            Evaluations evaluations,
            MasterTalk master) {
        this.config = config;
        this.batches = batches;
        this.seed = seed;
        this.run = run;
        this.algebra = algebra;
        this.evaluations = evaluations;
        this.master = master;
        this.lbfgs = new Lbfgs(LbfgsSettings.of(config), algebra);
    }

    /**
     * Leads until somebody else does, or it is told to end.
     *
     * @param from where to begin; empty for the parameters as they are on the shards
     * @throws InterruptedException where the master has other plans
     */
    void lead(Optional<Standing> from)
            throws IOException, ShardException, InterruptedException, DeposedException, LostMasterException {
        // Whoever led before can't change anything from now on.
        algebra.run(ShardProgram.begin().end());
        SandblasterState state = begin(from);
        while (true) {
            CoordinatorReply reply = tell(state, false, Optional.empty());
            Stop stop = state.stop();
            if (stop != null) {
                state = settled(state);
                rest(state, Optional.of(text(stop, state.lbfgs())));
                throw new DeposedException("the master begins another term");
            }
            while (reply.order() == CoordinatorReply.Order.HOLD || master.wantsHold()) {
                state = settled(state);
                rest(state, Optional.empty());
                // Said before anything moves: it may have been asked to hold again, and be taken to.
                reply = tell(state, false, Optional.empty());
            }
            if (drawOf(state) != state.draw()) {
                state = redrawn(state);
                tell(state, false, Optional.empty());
            }
            state = iterate(state);
        }
    }

    private SandblasterState begin(Optional<Standing> from) throws IOException, ShardException, InterruptedException {
        if (from.isPresent()) {
            SandblasterState state = SandblasterState.of(from.get(), json);
            examples = state.examples();
            if (state.history() == config.history()) {
                LOG.info(
                        "Going on after iteration {}, loss {}",
                        state.lbfgs().iteration(),
                        state.lbfgs().loss());
                return state.run().equals(run) ? state : redrawn(state);
            }
            LOG.info(
                    "Beginning anew at the point of iteration {}: that run remembered {} pairs, this one {}",
                    state.lbfgs().iteration(),
                    state.history(),
                    config.history());
            forget(from.get().vectors());
        }
        LbfgsState start = lbfgs.begin(objective(0));
        LOG.info("The loss at the start is {}", start.loss());
        return state(start, start, 0);
    }

    /** Frees the vectors of another run, whether they are there or not. */
    private void forget(List<String> vectors) throws IOException, ShardException, InterruptedException {
        ShardProgram.Builder program = ShardProgram.begin();
        vectors.stream()
                .map(VectorName::new)
                .filter(vector -> !vector.equals(VectorName.PARAMETERS))
                .forEach(vector -> program.fill(vector, 0).free(vector));
        algebra.run(program.end());
    }

    /** Number of the batch that the next iteration is to use. */
    private long drawOf(SandblasterState state) {
        return config.resample() == 0 ? 0 : state.lbfgs().iteration() / config.resample();
    }

    private SandblasterState redrawn(SandblasterState state) throws IOException, ShardException, InterruptedException {
        long draw = drawOf(state);
        LbfgsState next = lbfgs.again(state.lbfgs(), objective(draw));
        LOG.info("Batch {}: loss {}", draw, next.loss());
        return state(next, next, draw);
    }

    private SandblasterState iterate(SandblasterState state) throws IOException, ShardException, InterruptedException {
        LbfgsState next = lbfgs.iterate(state.lbfgs(), objective(state.draw()));
        LOG.info(
                "Iteration {}: loss {}, gradient {}, step {}, {} evaluations",
                next.iteration(),
                next.loss(),
                next.gradientNorm(),
                next.step(),
                next.evaluations());
        return state(state.lbfgs(), next, state.draw());
    }

    private Objective objective(long draw) {
        long noise = (seed * 0x9e3779b97f4a7c15L + draw) * 0xbf58476d1ce4e5b9L;
        return (point, gradient) -> {
            Evaluations.Evaluation found = evaluations.evaluate(batches.draw(draw), point, gradient, noise);
            examples += found.examples();
            return found.loss();
        };
    }

    private SandblasterState state(LbfgsState before, LbfgsState after, long draw) {
        return new SandblasterState(
                after,
                run,
                draw,
                config.history(),
                examples,
                lbfgs.stop(before, after).orElse(null));
    }

    private SandblasterState settled(SandblasterState state) throws IOException, ShardException, InterruptedException {
        return new SandblasterState(
                lbfgs.settle(state.lbfgs()), run, state.draw(), config.history(), examples, state.stop());
    }

    private CoordinatorReply tell(SandblasterState state, boolean held, Optional<String> ended)
            throws DeposedException, LostMasterException, InterruptedException {
        return master.tell(state.standing(lbfgs, json), held, ended);
    }

    /** Waits for as long as the master wants it. */
    private void rest(SandblasterState state, Optional<String> ended)
            throws DeposedException, LostMasterException, InterruptedException {
        CoordinatorReply reply = tell(state, true, ended);
        while (reply.order() == CoordinatorReply.Order.HOLD || ended.isPresent()) {
            reply = master.await();
            if (reply.order() == CoordinatorReply.Order.STAND_BY || reply.order() == CoordinatorReply.Order.FINISH) {
                throw new DeposedException("the master has answered " + reply.order());
            }
        }
    }

    private static String text(Stop stop, LbfgsState state) {
        return switch (stop) {
            case GRADIENT ->
                String.format(
                        Locale.ROOT,
                        "the gradient is short enough: %.3g (sandblaster.gradientTolerance)",
                        state.gradientNorm());
            case LOSS -> "the last iteration has lowered the loss by too little (sandblaster.lossTolerance)";
            case NO_DECREASE -> "no lower loss was found, neither along L-BFGS' direction nor along the gradient's";
            case ITERATIONS -> "all " + state.iteration() + " iterations are done (sandblaster.iterations)";
        };
    }
}
