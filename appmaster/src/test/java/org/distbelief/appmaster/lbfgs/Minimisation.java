package org.distbelief.appmaster.lbfgs;

import java.io.IOException;
import java.util.Optional;
import org.distbelief.conf.LineSearchConfig;
import org.distbelief.conf.SandblasterConfig.Curvature;
import org.distbelief.paramserver.shard.ShardException;

/** Runs iterations until they stop. */
final class Minimisation {
    private Minimisation() {}

    /** Where and why it stopped. */
    record End(LbfgsState state, Stop stop) {}

    static LbfgsSettings settings() {
        return new LbfgsSettings(
                500, 10, Curvature.SKIP, 0, 1e-12, 0, new LineSearchConfig(1e-4, 0.9, 20), LbfgsSettings.FLOAT_NOISE);
    }

    static LbfgsSettings withL2(double l2) {
        LbfgsSettings usual = settings();
        return new LbfgsSettings(500, 10, Curvature.SKIP, l2, 1e-12, 0, usual.lineSearch(), usual.noise());
    }

    static LbfgsSettings withCurvature(Curvature curvature) {
        LbfgsSettings usual = settings();
        return new LbfgsSettings(500, 10, curvature, 0, 1e-12, 0, usual.lineSearch(), usual.noise());
    }

    static LbfgsSettings withHistory(int history) {
        LbfgsSettings usual = settings();
        return new LbfgsSettings(500, history, Curvature.SKIP, 0, 1e-12, 0, usual.lineSearch(), usual.noise());
    }

    static LbfgsSettings stopping(int iterations, double gradient, double loss) {
        LbfgsSettings usual = settings();
        return new LbfgsSettings(iterations, 10, Curvature.SKIP, 0, gradient, loss, usual.lineSearch(), usual.noise());
    }

    static End run(Lbfgs lbfgs, Objective objective) throws IOException, ShardException, InterruptedException {
        return run(lbfgs, objective, lbfgs.begin(objective));
    }

    static End run(Lbfgs lbfgs, Objective objective, LbfgsState from)
            throws IOException, ShardException, InterruptedException {
        LbfgsState state = from;
        Optional<Stop> stop = lbfgs.stop(state, state);
        while (stop.isEmpty()) {
            LbfgsState before = state;
            state = lbfgs.iterate(before, objective);
            stop = lbfgs.stop(before, state);
        }
        return new End(state, stop.get());
    }
}
