package org.distbelief.container.bench;

import java.util.List;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.paramserver.bench.Median;

/**
 * What messages between two partitions cost, on a link that is not the limit.
 *
 * @param latency seconds from one partition to the other
 * @param perMessage seconds of each further message
 * @param bytesPerSecond one way
 */
public record LinkTime(double latency, double perMessage, double bytesPerSecond) {
    private static final int TAG = 1;
    private static final int BURST = 64;
    private static final int LARGE = 1 << 20;
    private static final int RUNS = 200;
    private static final double NANO = 1e-9;

    /** Measures; both partitions call it at the same time, and the first one's figures count. */
    static LinkTime measure(Neighbours neighbours) {
        int other = 1 - neighbours.partition();
        double[] small = new double[RUNS];
        double[] burst = new double[RUNS];
        double[] large = new double[RUNS / 4];
        Side side = new Side(neighbours, other);
        for (int run = 0; run < RUNS; run++) {
            small[run] = side.roundTrip(1, 1);
            burst[run] = side.roundTrip(1, BURST);
        }
        for (int run = 0; run < large.length; run++) {
            large[run] = side.roundTrip(LARGE, 1);
        }
        double latency = Median.of(small) / 2;
        double perMessage = Math.max(0, (Median.of(burst) - Median.of(small)) / (BURST - 1));
        double bytes = (double) LARGE * Float.BYTES / Math.max(NANO, Median.of(large) / 2 - latency);
        return new LinkTime(latency, perMessage, bytes);
    }

    /** One end. */
    private record Side(Neighbours neighbours, int other) {
        /** Seconds until as much has come back as was sent: many messages there, one back. */
        double roundTrip(int floats, int messages) {
            boolean first = neighbours.partition() == 0;
            FloatMemory memory = FloatMemory.allocate(floats);
            Neighbours.Outbox outbox = neighbours.outbox(other, TAG);
            Neighbours.Inbox inbox = neighbours.inbox(other, TAG);
            long start = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                if (first) {
                    outbox.send(List.of(memory));
                } else {
                    inbox.open(List.of(memory));
                    inbox.await();
                }
            }
            if (first) {
                outbox.awaitSent();
                inbox.open(List.of(memory));
                inbox.await();
            } else {
                outbox.send(List.of(memory));
                outbox.awaitSent();
            }
            return (System.nanoTime() - start) * NANO;
        }
    }
}
