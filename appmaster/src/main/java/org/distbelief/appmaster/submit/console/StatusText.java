package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.CheckpointRow;
import org.distbelief.appmaster.status.JobSnapshot.EvaluationRow;
import org.distbelief.appmaster.status.JobSnapshot.Event;
import org.distbelief.appmaster.status.JobSnapshot.LedgerRow;
import org.distbelief.appmaster.status.JobSnapshot.PartitionRow;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.distbelief.appmaster.status.JobSnapshot.ShardRow;
import org.distbelief.appmaster.status.SandblasterWork;
import org.jspecify.annotations.Nullable;

/** A snapshot in full, as {@code status} prints it: where the job stands, its shards and replicas, its last events. */
public final class StatusText {
    private static final int INDENT = 2;
    private static final int LABEL = 12;
    private static final int EVENTS = 8;

    private StatusText() {}

    /**
     * The text, ending with a line feed.
     *
     * @param columns the terminal's width, at least 2; tables leave out their less important columns to fit, prose is
     *     wrapped, and only a path or an address that is longer than a line stays whole, so that it can be copied
     */
    public static String of(JobSnapshot job, int columns) {
        List<String> lines = new ArrayList<>();
        prose(
                lines,
                columns,
                job.name() + " (" + job.application() + ", " + job.kind() + ", " + job.user() + "): "
                        + job.state().name().toLowerCase(Locale.ROOT)
                        + (job.state().ended() ? " after " : " for ")
                        + Figures.duration(elapsedSeconds(job)));
        TerminalText.cleanLines(job.message()).forEach(line -> prose(lines, columns, line));
        lines.add("");
        fact(lines, columns, "Progress", progress(job));
        SandblasterWork batches = job.sandblaster();
        if (batches == null) {
            fact(lines, columns, "Data", data(job));
        } else {
            SandblasterText.facts(batches).forEach((label, text) -> fact(lines, columns, label, text));
        }
        fact(lines, columns, "Checkpoint", checkpoint(job));
        if (job.evaluation() != null) {
            fact(lines, columns, "Evaluation", evaluation(job.evaluation()));
        }
        fact(lines, columns, "Output", job.output());
        if (job.model() != null) {
            fact(lines, columns, "Model", job.model());
        }
        if (!job.shards().isEmpty()) {
            lines.add("");
            lines.add("Parameter shards");
            lines.addAll(shardTable(job.shards(), batches != null).lines(job.shards(), INDENT, columns));
            List<String> work =
                    new ShardWorkTable(job.state().ended(), batches != null).lines(job.shards(), INDENT, columns);
            if (!work.isEmpty()) {
                lines.add("");
                lines.add("Work of the shards");
                lines.addAll(work);
            }
        }
        if (!job.replicas().isEmpty()) {
            lines.add("");
            lines.add("Model replicas");
            lines.addAll(replicaTable(batches).lines(job.replicas(), INDENT, columns));
        }
        if (job.replicas().stream().anyMatch(ReplicaRow::split)) {
            lines.add("");
            lines.add("Partitions of the replicas");
            lines.addAll(partitionTable().lines(Part.of(job.replicas()), INDENT, columns));
        }
        if (batches != null && !job.coordinators().isEmpty()) {
            lines.add("");
            lines.add("Coordinators");
            lines.addAll(SandblasterText.coordinators(batches).lines(job.coordinators(), INDENT, columns));
        }
        events(lines, columns, job);
        return String.join("\n", lines) + "\n";
    }

    /** The part of the work that is done, in one line. */
    static String progress(JobSnapshot job) {
        StringBuilder text = new StringBuilder(Figures.percent(job.progress(), 1));
        SandblasterWork batches = job.sandblaster();
        if (batches != null) {
            text.append(", ").append(SandblasterText.iterations(batches));
        }
        if (job.examplesTotal() > 0) {
            text.append(", ")
                    .append(Figures.count(job.examplesDone()))
                    .append(" of ")
                    .append(Figures.count(job.examplesTotal()))
                    .append(" examples");
        }
        if (!job.state().ended()) {
            text.append(", ").append(Figures.rate(job.examplesPerSecond()));
        }
        if (job.loss() != null) {
            text.append(", loss ").append(Figures.decimal(job.loss()));
        }
        if (batches != null && batches.gradientNorm() != null) {
            text.append(", gradient ").append(Figures.decimal(batches.gradientNorm()));
        }
        if (job.epochs() > 0) {
            text.append(", epoch ").append(job.epoch()).append(" of ").append(job.epochs());
        }
        if (!job.state().ended() && job.secondsLeft() != null) {
            text.append(", ").append(Figures.duration(job.secondsLeft())).append(" left");
        }
        return text.toString();
    }

    static String evaluation(EvaluationRow score) {
        String text = "accuracy " + Figures.percent(score.accuracy(), 2) + ", loss " + Figures.decimal(score.loss())
                + " on " + Figures.count(score.examples()) + " examples of split " + score.split();
        return score.groups() == 0
                ? text
                : text + "; " + Figures.percent(score.groupAccuracy(), 2) + " of " + Figures.count(score.groups())
                        + " utterances right";
    }

    static long elapsedSeconds(JobSnapshot job) {
        return Math.max(0, job.nowMillis() - job.startedMillis()) / 1000;
    }

    private static String data(JobSnapshot job) {
        LedgerRow ledger = job.ledger();
        long portions = (long) ledger.portions() * Math.max(1, job.epochs());
        String text = Figures.count(ledger.portionsCompleted()) + " of " + Figures.count(portions)
                + " portions completed, " + Figures.count(ledger.leasesOpen()) + " being worked on";
        return ledger.leasesReturned() == 0
                ? text
                : text + ", " + Figures.count(ledger.leasesReturned()) + " given out again after a loss";
    }

    private static String checkpoint(JobSnapshot job) {
        CheckpointRow row = job.checkpoint();
        return row == null ? "none yet" : checkpointPlace(job, row) + ", " + Figures.bytes(row.bytes());
    }

    /** A checkpoint's name and when in the training it was taken. */
    static String checkpointPlace(JobSnapshot job, CheckpointRow row) {
        String examples = Figures.count(row.examplesDone());
        return row.name()
                + (job.sandblaster() == null ? " at example " + examples : " after " + examples + " examples computed");
    }

    private static TextTable<ShardRow> shardTable(List<ShardRow> rows, boolean batches) {
        TextTable<ShardRow> table = new TextTable<ShardRow>()
                .number("shard", row -> Integer.toString(row.index()))
                .text("state", ShardRow::state)
                .text("node", row -> orDash(row.host()));
        if (rows.stream().anyMatch(row -> row.standby() != null)) {
            table.text("standby", row -> StandbyText.of(row.standby()))
                    .number("takeovers", row -> Integer.toString(row.takeovers()));
        }
        table.number("parameters", row -> Figures.count(row.parameters()));
        if (batches) {
            return table.number("received", row -> Figures.bytes(row.bytesIn()))
                    .number("sent", row -> Figures.bytes(row.bytesOut()))
                    .number("fetches", row -> Figures.count(row.fetches()))
                    .number("restarts", row -> Integer.toString(row.restarts()))
                    .text("container", row -> orDash(row.container()));
        }
        return table.number("pushes", row -> Figures.count(row.pushes()))
                .number("repeats", row -> Figures.count(row.duplicates()))
                .number("dropped", row -> Figures.count(row.dropped()))
                .number("fetches", row -> Figures.count(row.fetches()))
                .number("staleness", row -> String.format(Locale.ROOT, "%.1f", row.meanStaleness()))
                .number("restarts", row -> Integer.toString(row.restarts()))
                .text("container", row -> orDash(row.container()));
    }

    private static TextTable<ReplicaRow> replicaTable(@Nullable SandblasterWork batches) {
        TextTable<ReplicaRow> table = new TextTable<ReplicaRow>()
                .number("replica", row -> Integer.toString(row.index()))
                .text("state", ReplicaRow::state)
                .text("node", StatusText::place);
        if (batches != null) {
            table.number("portions", row -> SandblasterText.portions(batches, row.index()));
        }
        return table.number("examples", row -> Figures.count(row.examples()))
                .number("examples/s", row -> Figures.rate(row.examplesPerSecond()))
                .number("loss", row -> Figures.decimal(row.loss()))
                .number("computing", row -> Figures.percent(row.computeShare(), 0))
                .number("waiting", row -> Figures.percent(row.waitShare(), 0))
                .number("restarts", row -> Integer.toString(row.restarts()))
                .text("container", row -> row.split() ? "see below" : orDash(row.container()));
    }

    /** A partition and whose it is. */
    private record Part(ReplicaRow replica, PartitionRow partition) {
        static List<Part> of(List<ReplicaRow> replicas) {
            return replicas.stream()
                    .flatMap(row -> row.partitions().stream().map(part -> new Part(row, part)))
                    .toList();
        }
    }

    private static TextTable<Part> partitionTable() {
        return new TextTable<Part>()
                .number("replica", part -> Integer.toString(part.replica().index()))
                .number("partition", part -> Integer.toString(part.partition().index()))
                .text("state", part -> part.partition().state())
                .text("node", part -> orDash(part.partition().host()))
                .text("container", part -> orDash(part.partition().container()))
                .text("rack", part -> orDash(part.partition().rack()));
    }

    /** Where a replica runs: the node of its only container, or how its partitions lie. */
    private static String place(ReplicaRow row) {
        return row.split() ? orDash(row.placement()) : orDash(row.host());
    }

    static String orDash(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }

    private static void events(List<String> lines, int columns, JobSnapshot job) {
        int all = job.events().size();
        if (all == 0) {
            return;
        }
        lines.add("");
        lines.add(all > EVENTS ? "Last " + EVENTS + " of " + all + " events" : "Events");
        for (Event event : job.events().subList(Math.max(0, all - EVENTS), all)) {
            lines.addAll(TerminalText.wrap("  " + EventNews.line(job, event), columns, INDENT + 2, false));
        }
    }

    /** Adds a labelled line, wrapped behind its label; a single word, such as a path, stays beside its label. */
    static void fact(List<String> lines, int columns, String label, String text) {
        String line = TerminalText.pad(label, LABEL) + TerminalText.clean(text);
        boolean single = line.indexOf(' ', LABEL) < 0;
        lines.addAll(single ? List.of(line) : TerminalText.wrap(line, columns, LABEL, false));
    }

    private static void prose(List<String> lines, int columns, String text) {
        lines.addAll(TerminalText.wrap(TerminalText.clean(text), columns, INDENT, false));
    }
}
