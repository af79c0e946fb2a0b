package org.distbelief.paramserver.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.security.JobSecret;

/** Measures a shard: its transport against bare sockets, its updates against a plain loop. Processes of their own. */
public final class ShardBenchmark {
    /** Parameters of a slice: 16 MB of them travel at a time. */
    private static final int SLICE = 4 << 20;

    private static final int SLICES = 4;
    private static final int UPDATE_ROUNDS = 7;

    private final int transfers;
    private final int rounds;

    /**
     * Everything.
     *
     * @param pinned whether each process had a processor of its own
     * @param wire the transport
     * @param updates with one thread and, where there are two processors, with two
     */
    public record Figures(boolean pinned, WireFigures wire, List<UpdateFigures> updates) {}

    /**
     * @param transfers slices that are moved in each way in a round
     * @param rounds of which the median counts
     */
    public ShardBenchmark(int transfers, int rounds) {
        this.transfers = transfers;
        this.rounds = rounds;
    }

    /**
     * Measures.
     *
     * @param progress hears what is done next
     */
    public Figures run(Consumer<String> progress) throws IOException {
        progress.accept("fetches and pushes between two processes");
        WireFigures wire = wire();
        List<UpdateFigures> updates = new ArrayList<>();
        for (int threads = 1; threads <= Math.min(2, Runtime.getRuntime().availableProcessors()); threads++) {
            progress.accept("updates with " + threads + (threads == 1 ? " thread" : " threads"));
            updates.add(updates(threads));
        }
        return new Figures(PinnedProcess.possible(), wire, updates);
    }

    private WireFigures wire() throws IOException {
        JobSecret secret = JobSecret.random(new SecureRandom());
        int floats = SLICE * SLICES;
        try (ShardServerProcess.Running server =
                        new ShardServerProcess.Running("0", secret, RangeSet.of(0, floats), SLICE * Float.BYTES);
                PinnedProcess client = PinnedProcess.start(
                        "1",
                        1024,
                        WireBenchmarkClient.class,
                        Integer.toString(server.rawPort()),
                        Integer.toString(server.port()),
                        Integer.toString(server.openPort()),
                        Integer.toString(floats),
                        Integer.toString(SLICE),
                        Integer.toString(transfers),
                        Integer.toString(rounds))) {
            client.tell(HexFormat.of().formatHex(secret.bytes()));
            return JsonMapper.builder().build().readValue(client.expect(WireBenchmarkClient.RESULT), WireFigures.class);
        }
    }

    private static UpdateFigures updates(int threads) throws IOException {
        try (PinnedProcess process = PinnedProcess.start(
                threads == 1 ? "0" : "0,1",
                1024,
                UpdateBenchmarkProcess.class,
                Integer.toString(threads),
                Integer.toString(UPDATE_ROUNDS))) {
            return JsonMapper.builder()
                    .build()
                    .readValue(process.expect(UpdateBenchmarkProcess.RESULT), UpdateFigures.class);
        }
    }
}
