package org.distbelief.appmaster.submit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.distbelief.appmaster.bench.PeerCommand;
import org.distbelief.appmaster.bench.SandblasterBenchmark;
import org.distbelief.appmaster.bench.SandblasterFigures;
import org.distbelief.conf.ExitStatus;
import org.distbelief.container.bench.DownpourBenchmark;
import org.distbelief.container.bench.LayerBenchmark;
import org.distbelief.container.bench.Machine;
import org.distbelief.container.bench.Measurement;
import org.distbelief.container.bench.PartitionBenchmark;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.paramserver.bench.ShardBenchmark;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench}: how fast this machine is at what a replica does. */
@Command(
        name = "bench",
        description = "Measures the inner loop on this machine. Close other programs first.",
        mixinStandardHelpOptions = true)
final class BenchCommand {
    private static final String FORM = "%-74s %5s %10s %8s %5s %8s %5s %10s %6s%n";

    private static final int TRANSFERS = 40;
    private static final double TRAINING_SECONDS = 10;

    private final Session session;

    BenchCommand(Session session) {
        this.session = session;
    }

    @Command(
            name = "layers",
            description = "Matrix products, every kind of layer forward and backward, and whole training steps.",
            mixinStandardHelpOptions = true)
    int layers(
            @Option(
                            names = "--threads",
                            paramLabel = "N",
                            description = "threads of an operation (default: all processors)")
                    @Nullable
                    Integer threads,
            @Option(
                            names = "--seconds",
                            paramLabel = "S",
                            defaultValue = "0.5",
                            description = "time for each line, a step three times as much (default: ${DEFAULT-VALUE})")
                    double seconds,
            @Option(names = "--json", paramLabel = "FILE", description = "also write the figures to a file") @Nullable
                    Path json)
            throws IOException {
        int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (used < 1 || used > 1024) {
            throw CommandException.user("expected --threads from 1 to 1024, found " + used);
        }
        if (!(seconds >= 0.01 && seconds <= 600)) {
            throw CommandException.user("expected --seconds from 0.01 to 600, found " + seconds);
        }
        PrintStream out = session.out();
        List<Measurement> all = new ArrayList<>();
        try (Kernels kernels = Kernels.best(used)) {
            out.println("Kernels     " + kernels.description());
            out.flush();
            LayerBenchmark benchmark = new LayerBenchmark(kernels, seconds, line -> {
                all.add(line);
                out.print(text(line));
                out.flush();
            });
            Machine machine = benchmark.machine();
            out.printf(
                    Locale.ROOT,
                    "Machine     products of 2048 x 2048: %.1f GFLOP/s; y = y + a x in memory: %.1f GB/s%n%n",
                    machine.gflops(),
                    machine.gigabytes());
            out.printf(FORM, "median of runs", "batch", "ms", "GFLOP/s", "peak", "GB/s", "peak", "examples/s", "other");
            out.flush();
            benchmark.run();
            out.println(
                    "\npeak: share of the machine's figure above; other: share of a step outside products and filters");
            if (json != null) {
                write(json, kernels.description(), used, machine, all);
                out.println("Figures are in " + json);
            }
        }
        return ExitStatus.SUCCESS;
    }

    @Command(
            name = "partitions",
            description = "Time per mini-batch against the number of partitions that a replica is split into: measured"
                    + " for one and two, each on a core of its own, and predicted for up to 128 machines.",
            mixinStandardHelpOptions = true)
    int partitions(
            @Option(
                            names = "--seconds",
                            paramLabel = "S",
                            defaultValue = "3",
                            description = "time for each net in each of three rounds (default: ${DEFAULT-VALUE})")
                    double seconds,
            @Option(names = "--json", paramLabel = "FILE", description = "also write the figures to a file") @Nullable
                    Path json)
            throws IOException {
        if (!(seconds >= 0.01 && seconds <= 600)) {
            throw CommandException.user("expected --seconds from 0.01 to 600, found " + seconds);
        }
        PrintStream out = session.out();
        PartitionBenchmark.Figures figures = new PartitionBenchmark(seconds).run(next -> {
            out.println("Measuring   " + next);
            out.flush();
        });
        new PartitionTables(out).print(figures);
        if (json != null) {
            JsonMapper mapper = JsonMapper.builder().build();
            ObjectNode root = mapper.createObjectNode();
            root.put("benchmark", "partitions");
            root.setAll((ObjectNode) mapper.valueToTree(figures));
            write(json, root);
            out.println("Figures are in " + json);
        }
        return ExitStatus.SUCCESS;
    }

    @Command(
            name = "shards",
            description = "The parameter server: its transport against bare sockets, its updates against a plain loop,"
                    + " and what it costs a replica that trains.",
            mixinStandardHelpOptions = true)
    int shards(
            @Option(
                            names = "--rounds",
                            paramLabel = "N",
                            defaultValue = "5",
                            description = "rounds, of which the median counts (default: ${DEFAULT-VALUE})")
                    int rounds,
            @Option(names = "--json", paramLabel = "FILE", description = "also write the figures to a file") @Nullable
                    Path json)
            throws IOException {
        if (rounds < 1 || rounds > 1000) {
            throw CommandException.user("expected --rounds from 1 to 1000, found " + rounds);
        }
        PrintStream out = session.out();
        Consumer<String> progress = next -> {
            out.println("Measuring   " + next);
            out.flush();
        };
        ShardBenchmark.Figures figures = new ShardBenchmark(TRANSFERS, rounds).run(progress);
        List<DownpourBenchmark.Line> training = new DownpourBenchmark(rounds, TRAINING_SECONDS).run(progress);
        new ShardTables(out).print(figures, training);
        if (json != null) {
            ObjectNode root = JsonMapper.builder().build().createObjectNode();
            root.put("benchmark", "shards");
            root.setAll((ObjectNode) JsonMapper.builder().build().valueToTree(figures));
            root.set("training", JsonMapper.builder().build().valueToTree(training));
            write(json, root);
            out.println("Figures are in " + json);
        }
        return ExitStatus.SUCCESS;
    }

    @Command(
            name = "sandblaster",
            description = "Sandblaster L-BFGS on two processors: examples per second, against the gradients of Downpour"
                    + " alone and other programs, and what the coordinator sends.",
            mixinStandardHelpOptions = true)
    int sandblaster(
            @Option(
                            names = "--rounds",
                            paramLabel = "N",
                            defaultValue = "3",
                            description = "rounds, of which the median counts (default: ${DEFAULT-VALUE})")
                    int rounds,
            @Option(
                            names = "--iterations",
                            paramLabel = "N",
                            defaultValue = "12",
                            description =
                                    "iterations of L-BFGS in a round, after a warm-up (default: ${DEFAULT-VALUE})")
                    int iterations,
            @Option(
                            names = "--peer",
                            paramLabel = "NAME=COMMAND",
                            description = "another program that is run in each round and writes a figure followed by"
                                    + " 'samples/s', of which the highest counts; may be repeated")
                    @Nullable
                    List<String> peers,
            @Option(names = "--json", paramLabel = "FILE", description = "also write the figures to a file") @Nullable
                    Path json)
            throws IOException {
        if (rounds < 1 || rounds > 1000) {
            throw CommandException.user("expected --rounds from 1 to 1000, found " + rounds);
        }
        if (iterations < 1 || iterations > 1000) {
            throw CommandException.user("expected --iterations from 1 to 1000, found " + iterations);
        }
        PrintStream out = session.out();
        SandblasterFigures figures = new SandblasterBenchmark(rounds, iterations, peers(peers)).run(next -> {
            out.println("Measuring   " + next);
            out.flush();
        });
        new SandblasterTables(out).print(figures);
        if (json != null) {
            write(json, new SandblasterTables(out).json(figures));
            out.println("Figures are in " + json);
        }
        return ExitStatus.SUCCESS;
    }

    private static List<PeerCommand> peers(@Nullable List<String> given) {
        try {
            return given == null
                    ? List.of()
                    : given.stream().map(PeerCommand::parse).toList();
        } catch (IllegalArgumentException e) {
            throw CommandException.user(e.getMessage() + "");
        }
    }

    private static void write(Path file, ObjectNode root) throws IOException {
        Files.writeString(
                file,
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }

    private static String text(Measurement line) {
        return String.format(
                Locale.ROOT,
                FORM,
                line.section() + "  " + line.what(),
                line.batch(),
                number("%.3f", line.milliseconds()),
                number("%.1f", line.gflops()),
                number("%.2f", line.ofProducts()),
                number("%.1f", line.gigabytes()),
                number("%.2f", line.ofMemory()),
                number("%.0f", line.examples()),
                line.outsideProducts() == null ? "" : number("%.1f%%", 100 * line.outsideProducts()));
    }

    private static String number(String form, @Nullable Double value) {
        return value == null ? "" : String.format(Locale.ROOT, form, value);
    }

    private static void write(Path file, String kernels, int threads, Machine machine, List<Measurement> lines)
            throws IOException {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode root = mapper.createObjectNode();
        root.put("benchmark", "layers");
        root.put("kernels", kernels);
        root.put("threads", threads);
        root.put("processors", Runtime.getRuntime().availableProcessors());
        root.set("machine", mapper.valueToTree(machine));
        root.set("lines", mapper.valueToTree(lines));
        write(file, root);
    }
}
