package org.distbelief.container.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.distbelief.paramserver.ShardMap;
import org.distbelief.paramserver.bench.PinnedProcess;
import org.distbelief.paramserver.bench.ShardServerProcess;
import org.distbelief.paramserver.security.JobSecret;

/**
 * What the parameter server costs a replica: steps of Downpour on the acoustic net, a worker on one processor and two
 * shards on another, against the same loop without a parameter server.
 */
public final class DownpourBenchmark {
    private static final int SHARDS = 2;
    private static final int[] INTERVALS = {0, 1, 4};

    private final int rounds;
    private final double seconds;

    /**
     * One way to train.
     *
     * @param interval nFetch and nPush; 0 without a parameter server
     * @param examples examples per second, the median
     */
    public record Line(int interval, double examples) {}

    /**
     * @param rounds of which the median counts
     * @param seconds of each way in a round
     */
    public DownpourBenchmark(int rounds, double seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /**
     * Measures.
     *
     * @param progress hears what is done next
     */
    public List<Line> run(Consumer<String> progress) throws IOException {
        double[][] found = new double[INTERVALS.length][rounds];
        for (int round = 0; round < rounds; round++) {
            progress.accept("training with two shards and with none, round " + (round + 1) + " of " + rounds);
            for (int i = 0; i < INTERVALS.length; i++) {
                found[i][round] = examples(INTERVALS[i]);
            }
        }
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < INTERVALS.length; i++) {
            Arrays.sort(found[i]);
            lines.add(new Line(INTERVALS[i], found[i][rounds / 2]));
        }
        return lines;
    }

    private double examples(int interval) throws IOException {
        JobSecret secret = JobSecret.random(new SecureRandom());
        ShardMap map = ShardMap.of(DownpourBenchmarkProcess.NET.model().layout(), SHARDS);
        List<ShardServerProcess.Running> shards = new ArrayList<>();
        try {
            List<String> ports = new ArrayList<>();
            for (int shard = 0; shard < (interval == 0 ? 0 : SHARDS); shard++) {
                shards.add(new ShardServerProcess.Running("0", secret, map.ranges(shard), 1));
                ports.add(Integer.toString(shards.get(shard).port()));
            }
            try (PinnedProcess worker = PinnedProcess.start(
                    "1",
                    4096,
                    DownpourBenchmarkProcess.class,
                    Integer.toString(interval),
                    Double.toString(seconds),
                    String.join(",", ports))) {
                worker.tell(HexFormat.of().formatHex(secret.bytes()));
                String result = worker.expect(DownpourBenchmarkProcess.RESULT);
                return JsonMapper.builder().build().readValue(result, Double.class);
            }
        } finally {
            for (ShardServerProcess.Running shard : shards) {
                shard.close();
            }
        }
    }
}
