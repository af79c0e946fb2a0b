package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.distbelief.conf.JobConfig;
import org.distbelief.container.InProcessShards;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Pacing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replica's place among others on two real shards. */
@Timeout(60)
class PacerTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final String BOUNDED = "downpour.consistency={bounded: {steps: 0}}";
    private static final String IN_STEP = "downpour.consistency=synchronous";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<ShardedParameters> open = new ArrayList<>();
    private final List<Long> changes = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(ShardedParameters::close);
        threads.shutdownNow();
    }

    private static JobConfig job(String consistency) {
        return WorkerHarness.job(List.of("replicas.count=3", consistency)).config();
    }

    private static InProcessShards shards(JobConfig job) {
        ModelDescription model =
                ModelDescription.of(WorkerHarness.job(List.of()), new SyntheticSpeech(5, 4, 1).manifest());
        return new InProcessShards(
                model.model().layout(),
                2,
                new Sgd(1),
                VersionedRate.constant(),
                1,
                BOUND,
                new Pacing(Pacing.of(job).consistency(), 3, 1, Duration.ofMinutes(10), System::nanoTime));
    }

    private ShardedParameters connect(InProcessShards shards) {
        ShardedParameters connection = shards.connect();
        open.add(connection);
        return connection;
    }

    private Pacer pacer(JobConfig job, ShardedParameters connection) {
        return new Pacer(DownpourSettings.of(job.downpour(), 0, 1, BOUND), connection, true, changes::add);
    }

    private static void turn(Pacer pacer) throws Exception {
        pacer.granted(pacer.await(pacer.ask(), () -> {}).orElseThrow());
    }

    private static long turn(ShardedParameters connection, int replica, long clock) throws Exception {
        return connection.turn(new Turn(replica, 1, clock), () -> true);
    }

    @Test
    void nothingIsCountedWhereReplicasRunAsTheyLike() {
        JobConfig job = job("downpour.consistency=asynchronous");
        Pacer pacer = pacer(job, connect(shards(job)));
        assertThat(pacer.asks()).isFalse();
        assertThat(pacer.begin()).isEqualTo(Turn.UNKNOWN);
    }

    @Test
    void aNewReplicaCountsOnFromTheLatestShard() throws Exception {
        JobConfig job = job(BOUNDED);
        InProcessShards shards = shards(job);
        Pacer pacer = pacer(job, connect(shards));
        Object other = new Object();
        shards.shards().get(0).turn(1, new Turn(1, 1, 6), other);
        shards.shards().get(1).turn(1, new Turn(1, 1, 7), other);

        Future<?> first = threads.submit(() -> {
            turn(pacer);
            return null;
        });
        // It waits for the other one, which is known to be further by one shard only.
        shards.shards().get(0).turn(1, new Turn(1, 1, 7), other);
        first.get(20, TimeUnit.SECONDS);

        assertThat(changes).containsExactly(7L);
        assertThat(pacer.begin()).isEqualTo(7);
        assertThat(pacer.begin()).isEqualTo(8);
        pacer.acknowledged(7);
        shards.shards().forEach(shard -> shard.closed(other));
        turn(pacer);
        assertThat(changes).as("nobody knows of a later one").containsExactly(7L);
        assertThat(pacer.begin()).isEqualTo(9);
    }

    @Test
    void oneThatComesBackGoesOnWithTheOthers() throws Exception {
        JobConfig job = job(IN_STEP);
        InProcessShards shards = shards(job);
        Pacer pacer = pacer(job, connect(shards));
        turn(pacer);
        pacer.acknowledged(pacer.begin());
        pacer.left();
        // The others have got further, on one of the shards as yet.
        shards.shards().get(0).turn(1, new Turn(1, 1, 5), new Object());

        turn(pacer);

        assertThat(changes).containsExactly(5L);
        assertThat(pacer.begin()).isEqualTo(5);
        assertThat(turn(connect(shards), 2, Turn.UNKNOWN))
                .as("it has taken the other shard along")
                .isEqualTo(5);
    }

    @Test
    void oneThatPausesWhileItWaitsIsNotWaitedForAfterwards() throws Exception {
        JobConfig job = job(BOUNDED);
        InProcessShards shards = shards(job);
        Pacer pacer = pacer(job, connect(shards));
        ShardedParameters other = connect(shards);
        turn(pacer);
        turn(other, 1, 0);
        pacer.acknowledged(pacer.begin());
        CountDownLatch answered = new CountDownLatch(1);
        Pacer.Place place = pacer.ask();
        Future<OptionalLong> waiting = threads.submit(() -> pacer.await(place, answered::countDown));
        assertThat(answered.await(20, TimeUnit.SECONDS))
                .as("it must wait for the other one")
                .isTrue();

        pacer.leaving();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEmpty();
        pacer.left();

        assertThat(turn(other, 1, 100)).isEqualTo(100);
        Future<?> later = threads.submit(() -> {
            turn(pacer);
            return null;
        });
        assertThat(turn(other, 1, 100)).isEqualTo(100);
        later.get(20, TimeUnit.SECONDS);
        assertThat(pacer.begin()).as("it is back with the others").isEqualTo(100);
    }
}
