package org.distbelief.appmaster.sandblaster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.Stream;
import org.distbelief.appmaster.lbfgs.Lbfgs;
import org.distbelief.appmaster.lbfgs.LbfgsState;
import org.distbelief.appmaster.lbfgs.Stop;
import org.distbelief.container.master.Standing;
import org.distbelief.paramserver.VectorName;
import org.jspecify.annotations.Nullable;

/**
 * All that a coordinator must know to go on. Immutable, small.
 *
 * @param lbfgs where the optimisation stands
 * @param run names the job that has come to it; another one may have other data, or another loss
 * @param draw number of the batch that its loss and gradient are those of
 * @param history pairs that the run remembers at most; a run with another number can't go on with these
 * @param examples examples computed so far, in all
 * @param stop why there are no more iterations in this run; null while there are
 */
public record SandblasterState(
        LbfgsState lbfgs,
        String run,
        long draw,
        int history,
        long examples,
        @Nullable Stop stop) {
    /** The state as the master keeps it. */
    Standing standing(Lbfgs algorithm, ObjectMapper json) {
        try {
            return new Standing(
                    lbfgs.iteration(),
                    lbfgs.loss(),
                    lbfgs.gradientNorm(),
                    lbfgs.step(),
                    lbfgs.evaluations(),
                    examples,
                    Stream.concat(Stream.of(VectorName.PARAMETERS), algorithm.vectors(lbfgs).stream())
                            .distinct()
                            .map(VectorName::value)
                            .toList(),
                    lbfgs.point().equals(VectorName.PARAMETERS),
                    json.writeValueAsString(this));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalArgumentException where it is none */
    static SandblasterState of(Standing standing, ObjectMapper json) {
        try {
            return json.readValue(standing.state(), SandblasterState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "expected the state of a coordinator, found '" + standing.state() + "'", e);
        }
    }
}
