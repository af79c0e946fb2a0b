package org.distbelief.appmaster.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.distbelief.container.bench.GradientProcess;
import org.distbelief.paramserver.bench.Median;
import org.distbelief.paramserver.bench.PinnedProcess;

/**
 * How many examples a second Sandblaster L-BFGS gets loss and gradient of, with all processes of a job but those of
 * Hadoop and ZooKeeper on two processors: with one replica of two threads, and with two of one. In turn with that, the
 * gradients of Downpour alone, and other programs.
 */
public final class SandblasterBenchmark {
    private static final int[][] WAYS = {{1, 2}, {2, 1}};
    private static final double GRADIENT_SECONDS = 4;
    private static final int GRADIENT_MIB = 1024;

    private final int rounds;
    private final int iterations;
    private final List<PeerCommand> peers;

    /**
     * @param rounds of which the median counts
     * @param iterations of L-BFGS that are measured in each
     * @param peers other programs
     */
    public SandblasterBenchmark(int rounds, int iterations, List<PeerCommand> peers) {
        this.rounds = rounds;
        this.iterations = iterations;
        this.peers = List.copyOf(peers);
    }

    /** What a round found of one way. */
    private record Round(SandblasterRun.Result sandblaster, double gradients) {}

    /**
     * Measures.
     *
     * @param progress hears what is done next, and what was found
     */
    public SandblasterFigures run(Consumer<String> progress) throws IOException {
        List<List<Round>> found = new ArrayList<>();
        List<List<Double>> others = new ArrayList<>();
        Arrays.stream(WAYS).forEach(way -> found.add(new ArrayList<>()));
        peers.forEach(peer -> others.add(new ArrayList<>()));
        for (int round = 1; round <= rounds; round++) {
            String suffix = ", round " + round + " of " + rounds;
            for (int i = 0; i < WAYS.length; i++) {
                int replicas = WAYS[i][0];
                int threads = WAYS[i][1];
                progress.accept("Sandblaster and Downpour's gradients, replicas x threads: " + replicas + " x "
                        + threads + suffix);
                found.get(i)
                        .add(new Round(
                                new SandblasterRun(replicas, threads, iterations).run(), gradients(replicas, threads)));
            }
            for (int i = 0; i < peers.size(); i++) {
                progress.accept(peers.get(i).name() + suffix);
                others.get(i).add(peers.get(i).measure(Processors.BOTH));
            }
        }
        List<SandblasterFigures.Way> ways = new ArrayList<>();
        for (int i = 0; i < WAYS.length; i++) {
            ways.add(way(WAYS[i][0], WAYS[i][1], found.get(i)));
        }
        List<SandblasterFigures.Peer> theirs = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            theirs.add(new SandblasterFigures.Peer(peers.get(i).name(), median(others.get(i), figure -> figure)));
        }
        return new SandblasterFigures(PinnedProcess.possible(), rounds, iterations, ways, theirs);
    }

    private static SandblasterFigures.Way way(int replicas, int threads, List<Round> rounds) {
        return new SandblasterFigures.Way(
                replicas,
                threads,
                median(rounds, round -> round.sandblaster().examples()),
                median(rounds, round -> round.sandblaster().evaluating()),
                median(rounds, Round::gradients),
                median(rounds, round -> round.sandblaster().evaluations()),
                median(rounds, round -> round.sandblaster().programs()),
                median(rounds, round -> round.sandblaster().bytes()),
                median(rounds, round -> round.sandblaster().outside()),
                median(rounds, round -> round.sandblaster().waiting()));
    }

    private static <T> double median(List<T> rounds, ToDoubleFunction<T> figure) {
        return Median.of(rounds.stream().mapToDouble(figure).toArray());
    }

    /** Examples per second of Downpour's gradients, of all processes together. */
    private static double gradients(int processes, int threads) throws IOException {
        List<PinnedProcess> running = new ArrayList<>();
        try {
            for (int process = 0; process < processes; process++) {
                running.add(PinnedProcess.start(
                        Processors.of(process, processes),
                        GRADIENT_MIB,
                        GradientProcess.class,
                        Integer.toString(threads),
                        Double.toString(GRADIENT_SECONDS)));
            }
            for (PinnedProcess process : running) {
                process.expect(GradientProcess.READY);
            }
            for (PinnedProcess process : running) {
                process.tell("go");
            }
            double sum = 0;
            for (PinnedProcess process : running) {
                sum += Double.parseDouble(process.expect(GradientProcess.RESULT));
            }
            return sum;
        } finally {
            for (PinnedProcess process : running) {
                process.close();
            }
        }
    }
}
