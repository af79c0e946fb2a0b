package org.distbelief.container.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionException;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.paramserver.bench.Median;
import org.distbelief.paramserver.bench.PinnedProcess;
import org.distbelief.paramserver.security.JobSecret;

/**
 * The paper's Figure 3 in kind: time per mini-batch against the number of partitions. One and two partitions are
 * measured, each in a process of its own on a core of its own; up to 128 are predicted, see {@link StepPrediction}.
 */
public final class PartitionBenchmark {
    private static final int ROUNDS = 3;
    private static final int[] PREDICTED = {1, 2, 4, 8, 16, 32, 64, 128};
    private static final double GIGABIT = 1e9 / 8;
    private static final int MOST_MIB = 8 << 10;

    private final double seconds;

    /**
     * A net on one and on two cores of this machine.
     *
     * @param net its name
     * @param parameters how many it has
     * @param batch examples of a mini-batch
     * @param one milliseconds of a step in one partition
     * @param two milliseconds in two
     */
    public record Measured(String net, long parameters, int batch, double one, double two) {
        /** How much faster two partitions are. */
        public double speedUp() {
            return one / two;
        }
    }

    /**
     * A net on more machines, of one core each.
     *
     * @param net its name
     * @param partitions how many machines
     * @param gigabits the speed of each machine's link, 10^9 bits a second
     * @param milliseconds of a step
     * @param speedUp against one partition
     */
    public record Predicted(String net, int partitions, int gigabits, double milliseconds, double speedUp) {}

    /**
     * Everything.
     *
     * @param pinned whether each process had a core of its own
     * @param link what messages cost here
     */
    public record Figures(boolean pinned, LinkTime link, List<Measured> measured, List<Predicted> predicted) {}

    /** @param seconds how long each step is repeated in each of the {@value #ROUNDS} rounds */
    public PartitionBenchmark(double seconds) {
        this.seconds = seconds;
    }

    /**
     * Measures and predicts.
     *
     * @param progress hears what is done next
     */
    public Figures run(Consumer<String> progress) throws IOException {
        progress.accept("messages between two processes");
        LinkTime link = launch(-1, 2, false).link();
        if (link == null) {
            throw new IOException("expected the cost of messages from the first process, found none");
        }
        List<Measured> measured = new ArrayList<>();
        List<Predicted> predicted = new ArrayList<>();
        List<BenchmarkNet> nets = BenchmarkNet.partitioned();
        for (int number = 0; number < nets.size(); number++) {
            BenchmarkNet net = nets.get(number);
            double[] one = new double[ROUNDS];
            double[] two = new double[ROUNDS];
            List<LayerTime> layers = List.of();
            for (int round = 0; round < ROUNDS; round++) {
                progress.accept(net.name() + ", round " + (round + 1) + " of " + ROUNDS);
                PartitionBenchmarkProcess.Result alone = launch(number, 1, round == 0);
                layers = round == 0 ? alone.layers() : layers;
                one[round] = alone.milliseconds();
                two[round] = launch(number, 2, false).milliseconds();
            }
            Model model = net.model();
            measured.add(new Measured(net.name(), model.parameters(), net.batch(), Median.of(one), Median.of(two)));
            predicted.addAll(predict(net, model, new StepPrediction(layers, link)));
        }
        return new Figures(PinnedProcess.possible(), link, measured, predicted);
    }

    private static List<Predicted> predict(BenchmarkNet net, Model model, StepPrediction prediction) {
        List<Predicted> all = new ArrayList<>();
        double alone = prediction.seconds(PartitionPlan.of(model, 1), net.batch(), GIGABIT);
        for (int partitions : PREDICTED) {
            PartitionPlan plan;
            try {
                plan = PartitionPlan.of(model, partitions);
            } catch (PartitionException e) {
                break;
            }
            for (int gigabits : new int[] {1, 10, 25}) {
                double step = prediction.seconds(plan, net.batch(), gigabits * GIGABIT);
                all.add(new Predicted(net.name(), partitions, gigabits, 1e3 * step, alone / step));
            }
        }
        return all;
    }

    /** Runs all partitions of a net, and returns what the first one found. */
    private PartitionBenchmarkProcess.Result launch(int net, int partitions, boolean layers) throws IOException {
        List<PinnedProcess> processes = new ArrayList<>();
        try {
            for (int p = 0; p < partitions; p++) {
                processes.add(PinnedProcess.start(
                        Integer.toString(p),
                        MOST_MIB,
                        PartitionBenchmarkProcess.class,
                        Integer.toString(net),
                        Integer.toString(p),
                        Integer.toString(partitions),
                        Double.toString(seconds),
                        Boolean.toString(layers)));
            }
            if (partitions > 1) {
                List<String> ports = new ArrayList<>();
                for (PinnedProcess process : processes) {
                    ports.add(process.expect(PartitionBenchmarkProcess.PORT));
                }
                JobSecret secret = JobSecret.random(new SecureRandom());
                for (PinnedProcess process : processes) {
                    process.tell(String.join(" ", ports));
                    process.tell(HexFormat.of().formatHex(secret.bytes()));
                }
            }
            String result = processes.get(0).expect(PartitionBenchmarkProcess.RESULT);
            return JsonMapper.builder().build().readValue(result, PartitionBenchmarkProcess.Result.class);
        } finally {
            for (PinnedProcess process : processes) {
                process.close();
            }
        }
    }
}
