package org.distbelief.container.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.distbelief.container.kernel.FloatMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every transport between partitions must hold. */
@Timeout(60)
class NeighboursContractTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Neighbours> open = new ArrayList<>();

    /** A way to connect partitions. */
    interface Transport {
        List<Neighbours> connect(int partitions, Duration bound) throws Exception;
    }

    static Stream<Transport> transports() {
        return Stream.of(SameProcess::connect, Connected::bySockets);
    }

    private List<Neighbours> connect(Transport transport, int partitions, Duration bound) throws Exception {
        List<Neighbours> neighbours = transport.connect(partitions, bound);
        open.addAll(neighbours);
        return neighbours;
    }

    @AfterEach
    void close() {
        open.forEach(Neighbours::close);
        threads.shutdownNow();
    }

    private static List<FloatMemory> pieces(Random random, int floats, boolean fill) {
        List<FloatMemory> pieces = new ArrayList<>();
        int left = floats;
        while (left > 0) {
            int size = Math.min(left, 1 + random.nextInt(1 + floats / 3));
            FloatMemory piece = FloatMemory.allocate(size);
            for (int i = 0; fill && i < size; i++) {
                piece.put(i, random.nextFloat());
            }
            pieces.add(piece);
            left -= size;
        }
        return pieces;
    }

    private static List<Float> floats(List<FloatMemory> pieces) {
        List<Float> all = new ArrayList<>();
        for (FloatMemory piece : pieces) {
            for (float value : piece.toArray()) {
                all.add(value);
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsSentArrivesHoweverItIsCut(Transport transport) throws Exception {
        List<Neighbours> two = connect(transport, 2, BOUND);
        for (int size : new int[] {1, 7, 1000, 300_000}) {
            Random random = new Random(size);
            List<FloatMemory> sent = pieces(random, size, true);
            List<FloatMemory> landing = pieces(random, size, false);
            Neighbours.Outbox outbox = two.get(0).outbox(1, 3);
            Neighbours.Inbox inbox = two.get(1).inbox(0, 3);

            Future<?> sending = threads.submit(() -> {
                outbox.send(sent);
                outbox.awaitSent();
            });
            inbox.open(landing);
            inbox.await();
            sending.get();

            assertThat(floats(landing)).isEqualTo(floats(sent));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void bothMaySendMuchAtTheSameTime(Transport transport) throws Exception {
        List<Neighbours> three = connect(transport, 3, BOUND);
        int size = 2_000_000;
        List<Callable<Float>> work = new ArrayList<>();
        for (Neighbours self : three) {
            work.add(() -> {
                float sum = 0;
                List<FloatMemory> landings = new ArrayList<>();
                List<Neighbours.Inbox> inboxes = new ArrayList<>();
                FloatMemory own = FloatMemory.allocate(size);
                own.put(size - 1, 1 + self.partition());
                for (int other = 0; other < 3; other++) {
                    if (other != self.partition()) {
                        landings.add(FloatMemory.allocate(size));
                        inboxes.add(self.inbox(other, 1));
                        inboxes.get(inboxes.size() - 1).open(List.of(landings.get(landings.size() - 1)));
                    }
                }
                for (int other = 0; other < 3; other++) {
                    if (other != self.partition()) {
                        self.outbox(other, 1).send(List.of(own));
                    }
                }
                for (int i = 0; i < 2; i++) {
                    inboxes.get(i).await();
                    sum += landings.get(i).get(size - 1);
                }
                return sum;
            });
        }

        List<Float> sums = new ArrayList<>();
        for (Future<Float> sum : threads.invokeAll(work)) {
            sums.add(sum.get());
        }
        assertThat(sums).containsExactly(5f, 4f, 3f);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aMessageWaitsUntilItsPlaceIsKnownAndOnesBehindItKeepTheirOrder(Transport transport) throws Exception {
        List<Neighbours> two = connect(transport, 2, BOUND);
        FloatMemory first = FloatMemory.of(1, 2);
        FloatMemory second = FloatMemory.of(3);
        Future<?> sending = threads.submit(() -> {
            two.get(0).outbox(1, 1).send(List.of(first));
            two.get(0).outbox(1, 2).send(List.of(second));
            two.get(0).tell(1, new byte[] {9});
        });
        FloatMemory into1 = FloatMemory.allocate(2);
        FloatMemory into2 = FloatMemory.allocate(1);
        Neighbours.Inbox inbox1 = two.get(1).inbox(0, 1);
        Neighbours.Inbox inbox2 = two.get(1).inbox(0, 2);
        inbox1.open(List.of(into1));
        inbox1.await();
        inbox2.open(List.of(into2));
        inbox2.await();
        sending.get();

        assertThat(into1.toArray()).containsExactly(1, 2);
        assertThat(into2.toArray()).containsExactly(3);
        assertThat(two.get(1).hear(0)).containsExactly(9);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void wordsArriveInOrder(Transport transport) throws Exception {
        List<Neighbours> two = connect(transport, 2, BOUND);
        for (byte i = 0; i < 50; i++) {
            two.get(1).tell(0, new byte[] {i, 1, 2});
        }
        for (byte i = 0; i < 50; i++) {
            assertThat(two.get(0).hear(1)).containsExactly(i, 1, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aNeighbourThatEndsIsNoticedByThoseWhoWait(Transport transport) throws Exception {
        List<Neighbours> three = connect(transport, 3, BOUND);
        Future<?> waiting = threads.submit(() -> {
            Neighbours.Inbox inbox = three.get(0).inbox(2, 4);
            inbox.open(List.of(FloatMemory.allocate(3)));
            inbox.await();
        });
        three.get(2).close();

        assertThatThrownBy(waiting::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(NeighbourException.class)
                .hasMessageContaining("partition 2 of this replica")
                .hasMessageContaining("message 4 was awaited");
        assertThatThrownBy(() -> three.get(1).hear(2)).isInstanceOf(NeighbourException.class);
        three.get(1).tell(0, new byte[] {1});
        assertThat(three.get(0).hear(1)).containsExactly(1);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aSilentNeighbourIsGivenUpInTime(Transport transport) throws Exception {
        List<Neighbours> two = connect(transport, 2, Duration.ofMillis(200));

        assertThatThrownBy(() -> two.get(0).hear(1))
                .isInstanceOf(NeighbourException.class)
                .hasMessageContaining("partition 1 of this replica")
                .hasMessageContaining("was silent for");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anInterruptEndsAWait(Transport transport) throws Exception {
        List<Neighbours> two = connect(transport, 2, BOUND);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> two.get(0).hear(1))
                .isInstanceOf(NeighbourException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
