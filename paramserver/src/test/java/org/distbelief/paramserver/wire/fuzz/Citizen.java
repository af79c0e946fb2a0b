package org.distbelief.paramserver.wire.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.distbelief.paramserver.ContiguousParameterBuffer;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.wire.ThriftShardClient;
import org.distbelief.paramserver.wire.WireLimits;

/** Fetches and pushes as a replica does, and expects at every step exactly what a shard that it has alone would say. */
final class Citizen implements Callable<Citizen.Account> {
    static final int REPLICA = 0x1234_5678;

    private static final int ROUNDS_OF_A_CONNECTION = 300;
    private static final RangeSet RANGES = FuzzedShard.SANCTUARY;

    private final ShardAddress address;
    private final WireSecurity security;
    private final AtomicBoolean goOn;
    private long pushes;
    private long longestNanos;

    /** @param goOn whether to go on */
    Citizen(ShardAddress address, WireSecurity security, AtomicBoolean goOn) {
        this.address = address;
        this.security = security;
        this.goOn = goOn;
    }

    /**
     * What it did.
     *
     * @param pushes acknowledged pushes
     * @param longest the longest that it waited for a fetch and a push together, connecting included
     */
    record Account(long pushes, Duration longest) {}

    @Override
    public Account call() throws Exception {
        Shifted values = new Shifted();
        Shifted gradient = new Shifted();
        while (goOn.get()) {
            try (ShardClient client = new ThriftShardClient(address, WireLimits.standard(), security)) {
                for (int i = 0; i < ROUNDS_OF_A_CONNECTION && goOn.get(); i++) {
                    long begun = System.nanoTime();
                    round(client, values, gradient);
                    longestNanos = Math.max(longestNanos, System.nanoTime() - begun);
                }
            }
        }
        return new Account(pushes, Duration.ofNanos(longestNanos));
    }

    private void round(ShardClient client, Shifted values, Shifted gradient) throws Exception {
        long version = client.fetch(VectorName.PARAMETERS, RANGES, values);
        for (int i = 0; i < RANGES.size(); i++) {
            if (values.get(i) != expected(i)) {
                throw new AssertionError("after " + pushes + " pushes: expected " + expected(i) + " at " + i
                        + ", found " + values.get(i));
            }
            gradient.set(i, 1 + i % 3);
        }
        PushReceipt receipt = client.push(
                new PushHeader(
                        FuzzedShard.GENERATION, new PushId(REPLICA, 0, 1, pushes + 1), RANGES, version, true, true),
                gradient);
        assertThat(receipt.duplicate()).isFalse();
        assertThat(receipt.version()).isGreaterThan(version);
        pushes++;
    }

    /** Exact as long as it is below 2^24. */
    private float expected(int i) {
        return -(pushes * (1 + i % 3));
    }

    /** Memory for the sanctuary alone. */
    private static final class Shifted implements ParameterBuffer {
        private final long start = RANGES.ranges().get(0).start();
        private final ContiguousParameterBuffer floats = new ContiguousParameterBuffer((int) RANGES.size());

        @Override
        public long size() {
            return start + floats.size();
        }

        @Override
        public long segmentEnd(long from) {
            return size();
        }

        @Override
        public ByteBuffer view(long from, int length) {
            return floats.view(from - start, length);
        }

        float get(int offset) {
            return floats.get(offset);
        }

        void set(int offset, float value) {
            floats.set(offset, value);
        }
    }
}
