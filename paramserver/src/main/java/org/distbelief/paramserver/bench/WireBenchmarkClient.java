package org.distbelief.paramserver.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.local.WindowAllowance;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;
import org.jspecify.annotations.Nullable;

/**
 * The other end of {@link ShardServerProcess}: alternates between bare sockets and the shard, round after round. Prints
 * {@link WireFigures} as JSON.
 */
public final class WireBenchmarkClient implements AutoCloseable {
    /** What stands before the result. */
    static final String RESULT = "result ";

    private static final int WINDOW = 4;
    private static final int PINGS = 2000;
    private static final double NANO = 1e-9;

    /** What is measured. */
    private enum Kind {
        RAW_FETCH,
        RAW_PUSH,
        FETCH,
        STORE,
        PUSH,
        OPEN_FETCH,
        OPEN_STORE,
        FETCH_OF_TWO,
        STORE_OF_TWO,
        NEAR_FETCH,
        NEAR_STORE,
        RAW_FETCH_CPU,
        RAW_PUSH_CPU,
        FETCH_CPU,
        STORE_CPU,
        RAW_ROUND_TRIP,
        ROUND_TRIP
    }

    private final RawPeer raw;
    private final List<ThriftShardClient> clients = new ArrayList<>();
    private final ThriftShardClient open;
    private final ThriftShardClient nearFetch;
    private final ThriftShardClient nearStore;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final int slices;
    private final int sliceFloats;
    private final int transfers;
    private final ContiguousParameterBuffer memory;
    private final ByteBuffer rawMemory;
    private final Samples<Kind> samples = new Samples<>(Kind.class);
    private long pushes;

    private WireBenchmarkClient(
            JobSecret secret, int rawPort, int port, int openPort, int floats, int sliceFloats, int transfers)
            throws IOException {
        this.raw = RawPeer.connect(rawPort);
        this.sliceFloats = sliceFloats;
        this.slices = floats / sliceFloats;
        this.transfers = transfers;
        this.memory = new ContiguousParameterBuffer(floats);
        this.rawMemory = ByteBuffer.allocateDirect(sliceFloats * Float.BYTES);
        this.clients.add(client(port, WireSecurity.of(secret)));
        this.clients.add(client(port, WireSecurity.of(secret)));
        this.open = client(openPort, WireSecurity.none());
        // What a connection is asked for first is what its window is made for.
        this.nearFetch = client(port, WireSecurity.of(secret), WindowAllowance.standard());
        this.nearStore = client(port, WireSecurity.of(secret), WindowAllowance.standard());
    }

    /** Over sockets, as between two nodes. */
    private static ThriftShardClient client(int port, WireSecurity security) {
        return client(port, security, WindowAllowance.none());
    }

    private static ThriftShardClient client(int port, WireSecurity security, WindowAllowance windows) {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        return new ThriftShardClient(
                new ShardAddress(0, host, port, ShardServerProcess.GENERATION),
                WireLimits.standard(),
                security,
                Encoding.FLOAT32,
                windows);
    }

    /**
     * Takes the three ports, the shard's parameters, those of a slice, the transfers of a round and the rounds; reads
     * the secret.
     */
    public static void main(String[] arguments) throws Exception {
        int[] numbers = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        JobSecret secret = JobSecret.of(HexFormat.of().parseHex(in.readLine()));
        try (WireBenchmarkClient client = new WireBenchmarkClient(
                secret, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])) {
            for (int round = 0; round <= numbers[6]; round++) {
                client.round(round > 0);
            }
            new PrintStream(System.out, true, StandardCharsets.UTF_8)
                    .println(RESULT + JsonMapper.builder().build().writeValueAsString(client.figures()));
        }
    }

    /** Something that moves one slice. */
    private interface Transfer {
        void run(int slice) throws Exception;
    }

    private void round(boolean counts) throws Exception {
        measure(counts, Kind.RAW_FETCH, Kind.RAW_FETCH_CPU, slice -> raw.fetch(rawMemory));
        measure(counts, Kind.FETCH, Kind.FETCH_CPU, slice -> fetch(clients.get(0), slice));
        measure(counts, Kind.OPEN_FETCH, null, slice -> fetch(open, slice));
        measure(counts, Kind.RAW_PUSH, Kind.RAW_PUSH_CPU, slice -> raw.push(rawMemory));
        measure(counts, Kind.STORE, Kind.STORE_CPU, slice -> store(clients.get(0), slice));
        measure(counts, Kind.OPEN_STORE, null, slice -> store(open, slice));
        measure(counts, Kind.PUSH, null, this::push);
        measure(counts, Kind.NEAR_FETCH, null, slice -> fetch(nearFetch, slice));
        measure(counts, Kind.NEAR_STORE, null, slice -> store(nearStore, slice));
        measureTwo(counts, Kind.FETCH_OF_TWO, this::fetch);
        measureTwo(counts, Kind.STORE_OF_TWO, this::store);
        pings(counts, Kind.RAW_ROUND_TRIP, slice -> raw.ping());
        pings(counts, Kind.ROUND_TRIP, slice -> clients.get(0).ping());
    }

    private void measure(boolean counts, Kind speed, @Nullable Kind cpu, Transfer transfer) throws Exception {
        long used = cpuNanos();
        long start = System.nanoTime();
        for (int i = 0; i < transfers; i++) {
            transfer.run(i % slices);
        }
        long end = System.nanoTime();
        double bytes = (double) transfers * sliceFloats * Float.BYTES;
        if (counts) {
            samples.add(speed, bytes / ((end - start) * NANO));
            if (cpu != null) {
                samples.add(cpu, (cpuNanos() - used) / bytes);
            }
        }
    }

    private long cpuNanos() throws Exception {
        return raw.otherCpuNanos() + RawPeer.cpuNanos();
    }

    /** Something that moves one slice by one of two clients. */
    private interface ClientTransfer {
        void run(ThriftShardClient client, int slice) throws Exception;
    }

    private void measureTwo(boolean counts, Kind kind, ClientTransfer transfer) throws Exception {
        long start = System.nanoTime();
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int client = i;
            work.add(() -> {
                for (int t = client; t < transfers; t += 2) {
                    transfer.run(clients.get(client), t % slices);
                }
                return null;
            });
        }
        for (Future<Void> done : threads.invokeAll(work)) {
            done.get();
        }
        if (counts) {
            double bytes = (double) transfers * sliceFloats * Float.BYTES;
            samples.add(kind, bytes / ((System.nanoTime() - start) * NANO));
        }
    }

    private void pings(boolean counts, Kind kind, Transfer ping) throws Exception {
        double[] seconds = new double[PINGS];
        for (int i = 0; i < PINGS; i++) {
            long start = System.nanoTime();
            ping.run(0);
            seconds[i] = (System.nanoTime() - start) * NANO;
        }
        Arrays.sort(seconds);
        if (counts) {
            samples.add(kind, seconds[PINGS / 2]);
        }
    }

    private RangeSet slice(int number) {
        long start = (long) number * sliceFloats;
        return RangeSet.of(start, start + sliceFloats);
    }

    private void fetch(ThriftShardClient client, int slice) throws Exception {
        client.fetch(VectorName.PARAMETERS, slice(slice), memory);
    }

    private void store(ThriftShardClient client, int slice) throws Exception {
        client.store(VectorName.PARAMETERS, slice(slice), memory);
    }

    private void push(int slice) throws Exception {
        ThriftShardClient client = clients.get(0);
        int waiting = 0;
        for (RangeSet piece : slice(slice).cut(PushHeader.MOST_FLOATS)) {
            if (waiting == WINDOW) {
                client.finish();
                waiting--;
            }
            client.begin(
                    new PushHeader(ShardServerProcess.GENERATION, new PushId(0, 0, 1, ++pushes), piece, -1), memory);
            waiting++;
        }
        for (; waiting > 0; waiting--) {
            client.finish();
        }
    }

    private WireFigures figures() {
        return new WireFigures(
                samples.median(Kind.RAW_FETCH),
                samples.median(Kind.RAW_PUSH),
                samples.median(Kind.FETCH),
                samples.median(Kind.STORE),
                samples.median(Kind.PUSH),
                samples.median(Kind.OPEN_FETCH),
                samples.median(Kind.OPEN_STORE),
                samples.median(Kind.FETCH_OF_TWO),
                samples.median(Kind.STORE_OF_TWO),
                samples.median(Kind.NEAR_FETCH),
                samples.median(Kind.NEAR_STORE),
                samples.median(Kind.RAW_FETCH_CPU),
                samples.median(Kind.RAW_PUSH_CPU),
                samples.median(Kind.FETCH_CPU),
                samples.median(Kind.STORE_CPU),
                samples.median(Kind.RAW_ROUND_TRIP),
                samples.median(Kind.ROUND_TRIP));
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        clients.forEach(ThriftShardClient::close);
        open.close();
        nearFetch.close();
        nearStore.close();
        raw.close();
    }
}
