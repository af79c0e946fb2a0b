package org.distbelief.appmaster.submit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.Locale;
import org.distbelief.appmaster.bench.SandblasterFigures;
import org.distbelief.container.bench.SandblasterTask;

/** The figures of {@code bench sandblaster} as tables. */
final class SandblasterTables {
    private static final String FORM = "%-52s %12s %12s%n";

    private final PrintStream out;

    SandblasterTables(PrintStream out) {
        this.out = out;
    }

    void print(SandblasterFigures figures) {
        out.println("\nL-BFGS on " + SandblasterTask.TEXT + ": two shards, a"
                + " coordinator\nand the replicas, each a process, "
                + (figures.pinned() ? "all pinned to two processors" : "running anywhere: no taskset found")
                + ". Medians of " + figures.rounds() + " rounds of " + figures.iterations()
                + " iterations,\nover whole iterations: line search, programs, pushes and fetches included");
        out.printf(FORM, "replicas x threads", at(figures, 0), at(figures, 1));
        row(figures, "loss and gradient, examples/s", "%.0f", SandblasterFigures.Way::examples);
        row(figures, "  while a batch is evaluated", "%.0f", SandblasterFigures.Way::evaluating);
        row(figures, "Downpour's gradients alone, examples/s", "%.0f", SandblasterFigures.Way::gradients);
        row(figures, "ratio to Downpour's gradients", "%.2fx", way -> way.examples() / way.gradients());
        row(figures, "  while a batch is evaluated", "%.2fx", way -> way.evaluating() / way.gradients());
        row(figures, "share of time not in gradients", "%.1f%%", way -> 100 * way.outside());
        row(figures, "  of which waiting for coordinator or data", "%.1f%%", way -> 100 * way.waiting());
        row(figures, "evaluations for each iteration", "%.2f", SandblasterFigures.Way::evaluations);
        row(figures, "programs for each iteration and shard", "%.1f", SandblasterFigures.Way::programs);
        row(figures, "coordinator's KiB for each iteration and shard", "%.1f", way -> way.bytes() / 1024);
        double best = figures.ways().stream()
                .max(Comparator.comparingDouble(SandblasterFigures.Way::examples))
                .orElseThrow()
                .examples();
        if (!figures.peers().isEmpty()) {
            out.printf(FORM, "\nother programs, on the same processors, in turn", "examples/s", "ours, best");
        }
        for (SandblasterFigures.Peer peer : figures.peers()) {
            out.printf(FORM, peer.name(), number("%.0f", peer.examples()), number("%.2fx", best / peer.examples()));
        }
    }

    ObjectNode json(SandblasterFigures figures) {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode root = mapper.createObjectNode();
        root.put("benchmark", "sandblaster");
        root.setAll((ObjectNode) mapper.valueToTree(figures));
        return root;
    }

    /** A figure of a way. */
    @FunctionalInterface
    private interface Figure {
        double of(SandblasterFigures.Way way);
    }

    private void row(SandblasterFigures figures, String what, String form, Figure figure) {
        out.printf(
                FORM,
                what,
                number(form, figure.of(figures.ways().get(0))),
                number(form, figure.of(figures.ways().get(1))));
    }

    private static String at(SandblasterFigures figures, int way) {
        return figures.ways().get(way).replicas() + " x "
                + figures.ways().get(way).threads();
    }

    private static String number(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }
}
