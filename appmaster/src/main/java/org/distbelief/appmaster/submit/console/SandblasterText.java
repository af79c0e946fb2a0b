package org.distbelief.appmaster.submit.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.distbelief.appmaster.status.CoordinatorRow;
import org.distbelief.appmaster.status.SandblasterWork;
import org.distbelief.appmaster.status.SandblasterWork.BatchWork;
import org.distbelief.appmaster.status.SandblasterWork.IterationPoint;

/** What Sandblaster L-BFGS does, as the console tells it. */
final class SandblasterText {
    private SandblasterText() {}

    /** {@code iteration 31 of at most 100}. */
    static String iterations(SandblasterWork work) {
        return "iteration " + Figures.count(work.iteration()) + " of at most " + Figures.count(work.iterations());
    }

    /** Labelled lines, in their order. */
    static Map<String, String> facts(SandblasterWork work) {
        Map<String, String> facts = new LinkedHashMap<>();
        work.last().filter(point -> point.iteration() > 0).ifPresent(point -> facts.put("Last step", step(point)));
        BatchWork batch = work.batch();
        if (batch != null && batch.portions() > 0) {
            facts.put(
                    "Batch",
                    Figures.count(batch.portionsDone()) + " of " + Figures.count(batch.portions()) + " portions done"
                            + (batch.examplesPerSecond() > 0
                                    ? ", the last one at " + Figures.rate(batch.examplesPerSecond())
                                    : ""));
        }
        if (work.term() > 0) {
            facts.put("Leader", leader(work));
        }
        if (batch != null) {
            facts.put("In its term", term(batch));
            facts.put("Its traffic", traffic(work, batch));
        }
        if (work.ended() != null) {
            facts.put("Stopped", work.ended());
        }
        return facts;
    }

    private static String step(IterationPoint point) {
        return Figures.decimal(point.step()) + " times its direction, after " + many(point.evaluations(), "evaluation")
                + " of the batch";
    }

    private static String leader(SandblasterWork work) {
        String text = work.leader() == null ? "none" : "coordinator " + work.leader();
        return text + ", term " + work.term() + (work.leaders() > 1 ? "; " + work.leaders() + " have led" : "");
    }

    private static String term(BatchWork batch) {
        StringBuilder text = new StringBuilder(many(batch.evaluations(), "evaluation"));
        text.append(", ").append(many(batch.backupsStarted(), "backup copy", "backup copies"));
        if (batch.backupsStarted() > 0) {
            text.append(" of which ").append(Figures.count(batch.backupsWon())).append(" came first");
        }
        return text.append(", ")
                .append(many(batch.dropped(), "result"))
                .append(" dropped, ")
                .append(many(batch.redone(), "portion"))
                .append(" given out again")
                .toString();
    }

    private static String traffic(SandblasterWork work, BatchWork batch) {
        String text = Figures.bytes(batch.bytesToShards()) + " to the shards, " + Figures.bytes(batch.bytesFromShards())
                + " from them";
        OptionalDouble each = work.evaluationsEach();
        return each.isEmpty() || batch.evaluations() == 0
                ? text
                : text + "; about "
                        + Figures.bytes(Math.round(each.getAsDouble() * batch.bytesEach(batch.bytesToShards())))
                        + " and "
                        + Figures.bytes(Math.round(each.getAsDouble() * batch.bytesEach(batch.bytesFromShards())))
                        + " an iteration";
    }

    /** Portions of a replica that count, for its row. */
    static String portions(SandblasterWork work, int replica) {
        BatchWork batch = work.batch();
        return batch == null ? "-" : Figures.count(batch.portionsOf(replica));
    }

    static TextTable<CoordinatorRow> coordinators(SandblasterWork work) {
        return new TextTable<CoordinatorRow>()
                .number("coordinator", row -> Integer.toString(row.index()))
                .text("state", CoordinatorRow::state)
                .text("role", row -> role(work, row))
                .text("node", row -> StatusText.orDash(row.host()))
                .number("restarts", row -> Integer.toString(row.restarts()))
                .text("container", row -> StatusText.orDash(row.container()));
    }

    private static String role(SandblasterWork work, CoordinatorRow row) {
        if (!row.state().equals("running")) {
            return "-";
        }
        return work.leader() != null && work.leader() == row.index() ? "leads" : "stands by";
    }

    /** What came of it, for a job that has ended. */
    static String trained(SandblasterWork work, long seconds) {
        String text = many(work.iteration(), "iteration") + ", " + Figures.count(work.examples())
                + " examples computed, " + Figures.rate((double) work.examples() / seconds) + " from start to end";
        return work.loss() == null ? text : text + ", training loss " + Figures.decimal(work.loss());
    }

    private static String many(long number, String what) {
        return many(number, what, what + "s");
    }

    private static String many(long number, String one, String several) {
        return Figures.count(number) + " " + (number == 1 ? one : several);
    }
}
