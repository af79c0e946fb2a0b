package org.distbelief.paramserver.bench;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.SelfSigned;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushSession;
import org.distbelief.paramserver.wire.ShardService;
import org.distbelief.paramserver.wire.ThriftServer;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;

/**
 * Measures one shard: the update rule alone, receiving a push in the process, and fetch and push over loopback. Run as
 * a main class; prints medians.
 */
public final class ShardBench {
    private static final int ROUNDS = 31;

    private ShardBench() {}

    interface Work {
        void run(int round) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        UpdateRule rule = new Adagrad(0.01, 1e-10, 0);
        rule(rule);
        for (int megabytes : new int[] {16, 80}) {
            int floats = megabytes * 1_000_000 / Float.BYTES;
            RangeSet ranges = RangeSet.of(0, floats);
            ContiguousParameterBuffer buffer = buffer(floats);
            inProcess(rule, ranges, buffer);
            JobSecret secret = JobSecret.random(new SecureRandom());
            for (WireSecurity security : List.of(
                    WireSecurity.none(),
                    WireSecurity.of(secret),
                    WireSecurity.encrypted(secret, new SelfSigned(new SecureRandom()).certificate(secret)))) {
                System.out.println(security.getClass().getSimpleName());
                wire(rule, ranges, buffer, security);
            }
        }
    }

    private static void rule(UpdateRule rule) throws Exception {
        int chunk = 65_520;
        int chunks = 610;
        float[][] parameters = new float[chunks][chunk];
        float[][] squares = new float[chunks][chunk];
        float[][] gradient = new float[chunks][chunk];
        Arrays.stream(gradient).forEach(g -> Arrays.fill(g, 0.01f));
        double seconds = median(r -> {
            for (int c = 0; c < chunks; c++) {
                rule.apply(parameters[c], new float[][] {squares[c]}, gradient[c], chunk, new UpdateContext(r, 0, 1));
            }
        });
        print("adagrad, 40M parameters, 1 thread", seconds * 1e9 / ((double) chunk * chunks), "ns/float");
    }

    private static void inProcess(UpdateRule rule, RangeSet ranges, ContiguousParameterBuffer buffer) throws Exception {
        ParameterShard shard = new ParameterShard(0, 1, ranges, rule, Duration.ofSeconds(10));
        ByteBuffer piece = ByteBuffer.allocateDirect(512 << 10).order(ByteOrder.LITTLE_ENDIAN);
        double staging = median(r -> {
            try (PushSession session = shard.push(header(r, ranges))) {
                for (long left = session.expectedBytes(); left > 0; left -= piece.limit()) {
                    piece.clear().limit((int) Math.min(piece.capacity(), left));
                    session.accept(piece);
                }
            }
        });
        print("staging with check, " + mb(ranges), staging * 1e9 / ranges.size(), "ns/float");
        float[][] plain = new float[(int) (ranges.size() / 65_520) + 1][65_520];
        double copy = median(r -> {
            for (int at = 0, chunk = 0; at < ranges.size(); at += 65_520, chunk++) {
                int length = (int) Math.min(65_520, ranges.size() - at);
                FloatBuffer floats = piece.clear().asFloatBuffer();
                floats.get(plain[chunk], 0, length);
            }
        });
        print("the same copy without the check, " + mb(ranges), copy * 1e9 / ranges.size(), "ns/float");
        double whole = median(r -> {
            try (PushSession session = shard.push(header(r, ranges))) {
                session.accept(buffer.view(0, (int) ranges.size()));
                session.complete();
            }
        });
        print("push without a wire, " + mb(ranges), ranges.size() * 4 / whole / 1e6, "MB/s");
    }

    private static void wire(UpdateRule rule, RangeSet ranges, ContiguousParameterBuffer buffer, WireSecurity security)
            throws Exception {
        ParameterShard shard = new ParameterShard(0, 1, ranges, rule, Duration.ofSeconds(10));
        ShardService service = new ShardService(shard, (s, directory, vectors) -> {
            throw new UnsupportedOperationException();
        });
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ThriftServer server =
                new ThriftServer("bench", loopback, 0, service.methods(), WireLimits.standard(), security)) {
            server.start();
            ShardAddress address = new ShardAddress(
                    0, loopback.getHostAddress(), server.address().getPort(), 1);
            try (ThriftShardClient client = new ThriftShardClient(address, WireLimits.standard(), security)) {
                double fetch = median(r -> client.fetch(VectorName.PARAMETERS, ranges, buffer));
                print("fetch over loopback, " + mb(ranges), ranges.size() * 4 / fetch / 1e6, "MB/s");
                ContiguousParameterBuffer gradient = buffer((int) ranges.size());
                double push = median(r -> client.push(header(r, ranges), gradient));
                print("push over loopback with adagrad, " + mb(ranges), ranges.size() * 4 / push / 1e6, "MB/s");
                RangeSet one = RangeSet.of(0, 1);
                double round = median(r -> {
                    for (int i = 0; i < 1000; i++) {
                        client.fetch(VectorName.PARAMETERS, one, buffer);
                    }
                });
                print("round trip of 1 float", round * 1e3, "us");
            }
        }
    }

    private static PushHeader header(int round, RangeSet ranges) {
        return new PushHeader(1, new PushId(0, 0, 1, round + 1), round, ranges, 0);
    }

    private static ContiguousParameterBuffer buffer(int floats) {
        ContiguousParameterBuffer buffer = new ContiguousParameterBuffer(floats);
        Random random = new Random(1);
        for (int i = 0; i < floats; i++) {
            buffer.set(i, random.nextFloat() - 0.5f);
        }
        return buffer;
    }

    private static double median(Work work) throws Exception {
        double[] seconds = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            work.run(round);
            seconds[round] = (System.nanoTime() - start) * 1e-9;
        }
        Arrays.sort(seconds);
        return seconds[ROUNDS / 2];
    }

    private static String mb(RangeSet ranges) {
        return ranges.size() * Float.BYTES / 1_000_000 + " MB";
    }

    private static void print(String what, double value, String unit) {
        System.out.println(String.format(Locale.ROOT, "%-45s %10.2f %s", what, value, unit));
    }
}
