package org.distbelief.appmaster.submit;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.distbelief.container.bench.DownpourBenchmark;
import org.distbelief.paramserver.bench.ShardBenchmark;
import org.distbelief.paramserver.bench.UpdateFigures;
import org.distbelief.paramserver.bench.WireFigures;

/** The figures of {@code bench shards} as tables. */
final class ShardTables {
    private static final String WIRE = "%-64s %10s %14s%n";

    private final PrintStream out;

    ShardTables(PrintStream out) {
        this.out = out;
    }

    void print(ShardBenchmark.Figures figures, List<DownpourBenchmark.Line> training) {
        out.println("\nEach process "
                + (figures.pinned() ? "is pinned to a processor" : "runs anywhere: no taskset found")
                + "; slices of 16 MB over the loopback; medians");
        WireFigures wire = figures.wire();
        out.printf(WIRE, "transport", "GB/s", "bare sockets");
        bytes("bare sockets, from the server", wire.rawFetch(), wire.rawFetch());
        bytes("fetch", wire.fetch(), wire.rawFetch());
        bytes("fetch, two connections together", wire.fetchOfTwo(), wire.rawFetch());
        bytes("bare sockets, to the server", wire.rawPush(), wire.rawPush());
        bytes("store into a shard's vector", wire.store(), wire.rawPush());
        bytes("store, two connections together", wire.storeOfTwo(), wire.rawPush());
        bytes("push with Adagrad while it arrives, on one processor", wire.push(), wire.rawPush());
        bytes("fetch through shared memory, as on one node", wire.nearFetch(), wire.rawFetch());
        bytes("store through shared memory, as on one node", wire.nearStore(), wire.rawPush());
        out.printf(WIRE, "\nauthenticated against not", "", "not");
        out.printf(WIRE, "fetch", "", times(wire.fetch() / wire.openFetch()));
        out.printf(WIRE, "store", "", times(wire.store() / wire.openStore()));
        out.printf(WIRE, "\nprocessor seconds of both ends", "for 1 GB", "bare sockets");
        cpu("fetch", wire.fetchCpu(), wire.rawFetchCpu());
        cpu("store", wire.storeCpu(), wire.rawPushCpu());
        out.printf(WIRE, "\nround trip", "us", "bare sockets");
        out.printf(
                WIRE,
                "empty call",
                number("%.1f", 1e6 * wire.roundTrip()),
                times(wire.roundTrip() / wire.rawRoundTrip()));
        out.printf(WIRE, "\nAdagrad on 40 million parameters", "ns each", "plain loop");
        for (UpdateFigures update : figures.updates()) {
            String threads = update.threads() == 1 ? "1 thread" : update.threads() + " threads";
            out.printf(WIRE, "plain loop over arrays, " + threads, number("%.2f", update.plain()), times(1));
            out.printf(
                    WIRE,
                    "in place in a shard's memory, " + threads,
                    number("%.2f", update.inPlace()),
                    times(update.plain() / update.inPlace()));
            String replicas = update.threads() == 1 ? "1 replica" : update.threads() + " replicas at once";
            out.printf(
                    WIRE,
                    "pushes in the same process, checked and logged, " + replicas,
                    number("%.2f", update.pushed()),
                    times(update.plain() / update.pushed()));
        }
        out.printf(
                WIRE, "\nDownpour, acoustic net, batch 128, one worker, two shards near it", "examples/s", "no shards");
        double alone = training.get(0).examples();
        for (DownpourBenchmark.Line line : training) {
            String what = line.interval() == 0
                    ? "the same loop without a parameter server"
                    : "nFetch = nPush = " + line.interval();
            out.printf(WIRE, what, number("%.0f", line.examples()), times(line.examples() / alone));
        }
    }

    private void bytes(String what, double perSecond, double raw) {
        out.printf(WIRE, what, number("%.2f", 1e-9 * perSecond), times(perSecond / raw));
    }

    private void cpu(String what, double seconds, double raw) {
        out.printf(WIRE, what, number("%.3f", seconds), times(seconds / raw));
    }

    private static String times(double ratio) {
        return number("%.2fx", ratio);
    }

    private static String number(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }
}
