package org.distbelief.appmaster.submit;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.distbelief.container.bench.PartitionBenchmark.Figures;
import org.distbelief.container.bench.PartitionBenchmark.Measured;
import org.distbelief.container.bench.PartitionBenchmark.Predicted;

/** The figures of {@code bench partitions} as tables: what was measured and what is predicted, kept apart. */
final class PartitionTables {
    private static final String MEASURED = "%-32s %12s %6s %14s %14s %9s%n";
    private static final String PREDICTED = "%-32s %10s %18s %18s %18s%n";

    private final PrintStream out;

    PartitionTables(PrintStream out) {
        this.out = out;
    }

    void print(Figures figures) {
        out.println("\nMEASURED on this machine: each partition is a process of its own with one thread, "
                + (figures.pinned() ? "pinned to a core of its own" : "not pinned to a core: no taskset found"));
        out.printf(MEASURED, "net", "parameters", "batch", "1 partition", "2 partitions", "speed-up");
        for (Measured line : figures.measured()) {
            out.printf(
                    Locale.ROOT,
                    MEASURED,
                    line.net(),
                    String.format(Locale.ROOT, "%,d", line.parameters()),
                    line.batch(),
                    milliseconds(line.one()),
                    milliseconds(line.two()),
                    String.format(Locale.ROOT, "%.2f", line.speedUp()));
        }
        out.printf(
                Locale.ROOT,
                "%nPREDICTED for machines of one core each, from what each layer takes here on one core, the work and"
                        + " the bytes of the real plan,%nand messages as measured here (%.0f us to arrive, %.1f us each,"
                        + " at most %.1f GB/s): ms of a step, and speed-up against one machine%n",
                1e6 * figures.link().latency(),
                1e6 * figures.link().perMessage(),
                1e-9 * figures.link().bytesPerSecond());
        out.printf(PREDICTED, "net", "partitions", "1 Gbit/s", "10 Gbit/s", "25 Gbit/s");
        List<Predicted> lines = figures.predicted();
        for (int i = 0; i + 2 < lines.size(); i += 3) {
            out.printf(
                    PREDICTED,
                    lines.get(i).net(),
                    lines.get(i).partitions(),
                    text(lines.get(i)),
                    text(lines.get(i + 1)),
                    text(lines.get(i + 2)));
        }
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.2f ms", value);
    }

    private static String text(Predicted line) {
        return String.format(Locale.ROOT, "%.2f  %5.2fx", line.milliseconds(), line.speedUp());
    }
}
