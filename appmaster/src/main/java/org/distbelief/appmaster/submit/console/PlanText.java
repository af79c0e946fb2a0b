package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.distbelief.conf.ContainerConfig;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;
import org.distbelief.container.plan.LayerReport;
import org.distbelief.container.plan.PartitionReport;
import org.distbelief.container.plan.PlanReport;
import org.distbelief.container.plan.Traffic;
import org.distbelief.container.plan.Traffic.Bytes;
import org.jspecify.annotations.Nullable;

/** How a model is split, as {@code plan} prints it. Of many partitions the first, the last and the extremes. */
public final class PlanText {
    private static final int INDENT = 2;
    private static final double MILLION = 1e6;

    private PlanText() {}

    /**
     * The text, ending with a line feed.
     *
     * @param shortage why the containers are too small; null where they are large enough
     * @param notes what the user should know of it, and may mend
     * @param columns the terminal's width, at least 2
     */
    public static String of(
            JobConfig job, PlanReport plan, @Nullable String shortage, List<String> notes, int columns) {
        List<String> lines = new ArrayList<>();
        ContainerConfig replicas = job.replicas();
        List<PartitionReport> all = plan.partitions();
        StatusText.fact(
                lines,
                columns,
                "Job",
                job.name() + ": " + many(replicas.count(), "model replica") + " of " + many(all.size(), "partition")
                        + ", " + shards(job.shards()) + coordinators(job));
        StatusText.fact(lines, columns, "Containers", new ContainerTotal(job).text());
        StatusText.fact(
                lines,
                columns,
                "Model",
                plan.input() + " inputs, " + Figures.count(plan.parameters()) + " parameters; "
                        + million(plan.forwardFlops()) + " million floating-point operations forward and "
                        + million(plan.trainingFlops()) + " in a training step, for each example");
        section(lines, "Layers", layers().lines(plan.layers(), INDENT, columns));
        List<PartitionReport> shown = new ShownPartitions(all).list();
        if (shown.size() < all.size()) {
            lines.add("");
            StatusText.fact(
                    lines,
                    columns,
                    "Shown",
                    shown.size() + " of " + all.size()
                            + " partitions: the first and the last, and those with the most and the least memory, work"
                            + " and traffic; --json has all");
        }
        section(lines, "What each partition computes", new RegionGrid(plan.layers(), shown).lines(INDENT, columns));
        section(
                lines,
                "Parameters and work (million floating-point operations for each example)",
                work().lines(shown, INDENT, columns));
        section(lines, "Memory of a container", memory().lines(shown, INDENT, columns));
        if (all.size() > 1) {
            section(
                    lines,
                    "Bytes in / out for each example; of tied gradients for each step",
                    traffic().lines(shown, INDENT, columns));
        }
        lines.add("");
        totals(lines, columns, plan);
        StatusText.fact(
                lines,
                columns,
                "Memory",
                shortage == null
                        ? "enough: containers of replicas have " + Figures.bytes(replicas.memoryBytes())
                                + ", those of shards "
                                + Figures.bytes(job.shards().memoryBytes())
                        : "too little: " + shortage);
        notes.forEach(note -> StatusText.fact(lines, columns, "Note", note));
        return String.join("\n", lines) + "\n";
    }

    private static String coordinators(JobConfig job) {
        return job.optimiser() == Optimiser.SANDBLASTER
                ? ", " + many(job.coordinators().count(), "coordinator")
                : "";
    }

    private static void section(List<String> lines, String title, List<String> content) {
        lines.add("");
        lines.add(title);
        lines.addAll(content);
    }

    private static void totals(List<String> lines, int columns, PlanReport plan) {
        Traffic traffic = plan.traffic();
        PartitionReport most = plan.partitions().stream()
                .max(Comparator.comparingLong(PartitionReport::trainingFlops))
                .orElseThrow();
        if (plan.partitions().size() == 1) {
            StatusText.fact(lines, columns, "Crossing", "nothing: a replica is one container");
            return;
        }
        StatusText.fact(
                lines,
                columns,
                "Work",
                String.format(
                        Locale.ROOT,
                        "partition %d has the most, %.2f times the mean",
                        most.partition(),
                        (double) most.trainingFlops() * plan.partitions().size() / plan.trainingFlops()));
        StatusText.fact(
                lines,
                columns,
                "Crossing",
                Figures.bytes(traffic.training().in()) + " for each example that is trained on (inputs "
                        + Figures.bytes(traffic.inputs().in()) + ", forward "
                        + Figures.bytes(traffic.forward().in()) + ", loss "
                        + Figures.bytes(traffic.loss().in()) + ", backward "
                        + Figures.bytes(traffic.backward().in()) + "), "
                        + Figures.bytes(traffic.inputs().in()
                                + traffic.forward().in()
                                + traffic.scores().in())
                        + " for each that is scored"
                        + (traffic.tiedPerStep().in() == 0
                                ? ""
                                : "; " + Figures.bytes(traffic.tiedPerStep().in())
                                        + " of tied gradients for each step"));
    }

    private static TextTable<LayerReport> layers() {
        return new TextTable<LayerReport>()
                .text("layer", LayerReport::name)
                .text("output", layer -> layer.output().toString())
                .text("cut by", PlanText::cut)
                .number("parameters", layer -> Figures.count(layer.parameters()))
                .number("Mflop forward", layer -> million(layer.forwardFlops()))
                .number("most / mean work", layer -> String.format(Locale.ROOT, "%.2f", layer.balance()));
    }

    private static String cut(LayerReport layer) {
        return switch (layer.cut()) {
            case WHOLE -> "whole";
            case UNITS -> "units, in " + layer.owners();
            case INPUTS -> "inputs, in " + layer.owners();
            case SPACE ->
                layer.rows() == 0 ? "space, in " + layer.owners() : "space, " + layer.rows() + " x " + layer.columns();
        };
    }

    private static TextTable<PartitionReport> work() {
        return new TextTable<PartitionReport>()
                .number("partition", PlanText::number)
                .number("parameters", part -> Figures.count(part.parameters()))
                .number("pushed", part -> Figures.count(part.pushed()))
                .number("forward", part -> million(part.forwardFlops()))
                .number("step", part -> million(part.trainingFlops()))
                .text("neighbours", part -> Members.text(part.neighbours(), "partitions"))
                .text("shards (parameters on each)", part -> Members.text(part.shards()));
    }

    private static TextTable<PartitionReport> memory() {
        return new TextTable<PartitionReport>()
                .number("partition", PlanText::number)
                .number("container", part -> Figures.bytes(part.memory().containerBytes()))
                .number("parameters", part -> Figures.bytes(part.memory().parameterBytes()))
                .number("gradients", part -> Figures.bytes(part.memory().gradientBytes()))
                .number("activations", part -> Figures.bytes(part.memory().activationBytes()))
                .number("buffers", part -> Figures.bytes(part.memory().ioBytes()))
                .number("heap", part -> Figures.bytes(part.memory().heapBytes()))
                .number("process", part -> Figures.bytes(part.memory().nativeBytes()));
    }

    private static TextTable<PartitionReport> traffic() {
        return new TextTable<PartitionReport>()
                .number("partition", PlanText::number)
                .number("training", part -> both(part.traffic().training()))
                .number("inputs", part -> both(part.traffic().inputs()))
                .number("forward", part -> both(part.traffic().forward()))
                .number("loss", part -> both(part.traffic().loss()))
                .number("backward", part -> both(part.traffic().backward()))
                .number("scores", part -> both(part.traffic().scores()))
                .number("tied", part -> both(part.traffic().tiedPerStep()));
    }

    private static String number(PartitionReport part) {
        return Integer.toString(part.partition());
    }

    private static String both(Bytes bytes) {
        return bytes.in() == 0 && bytes.out() == 0
                ? "-"
                : Figures.shortCount(bytes.in()) + " / " + Figures.shortCount(bytes.out());
    }

    private static String shards(ContainerConfig shards) {
        String text = many(shards.count(), "parameter shard");
        return shards.replication() == 1
                ? text
                : text + " with a standby each (" + shards.count() * shards.replication() + " containers)";
    }

    private static String many(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String million(long operations) {
        return String.format(Locale.ROOT, operations < 100 * MILLION ? "%,.2f" : "%,.0f", operations / MILLION);
    }
}
