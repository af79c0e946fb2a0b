package org.distbelief.paramserver.wire.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;
import org.distbelief.paramserver.shard.ShardStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever it is sent, a shard's process goes on, serves those who mean well, and needs no more than before. The number
 * of messages and the seed can be set: {@code -Dfuzz.messages=10000000 -Dfuzz.seed=7}.
 */
@Timeout(1800)
class WireFuzzTest {
    private static final int MESSAGES = Integer.getInteger("fuzz.messages", 1_000_000);
    private static final long SEED = Long.getLong("fuzz.seed", 20120612);
    private static final int WARM_UP = 100_000;
    private static final int ATTACKERS = 3;
    private static final long SLACK = 4L << 20;
    private static final Duration SERVED = Duration.ofSeconds(20);

    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private final WireSecurity security = WireSecurity.of(secret);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean goOn = new AtomicBoolean(true);

    @TempDir
    private Path temp;

    private AttackedShard shard;

    @BeforeEach
    void start() throws IOException {
        shard = AttackedShard.start(temp, secret);
    }

    @AfterEach
    void stop() throws Exception {
        goOn.set(false);
        shard.close();
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingThatIsSentEndsAShardOrMakesItGrow(TestReporter reporter) throws Exception {
        Future<Citizen.Account> citizen = threads.submit(new Citizen(shard.address(), security, goOn));
        Attacker.Tally first = attack(SEED, Math.min(WARM_UP, MESSAGES));
        FuzzedShard.Usage before = shard.usage();
        Attacker.Tally all =
                attack(SEED + ATTACKERS, Math.max(0, MESSAGES - WARM_UP)).plus(first);
        assertThat(citizen).as("the well-behaved client goes on").isNotDone();
        goOn.set(false);
        Citizen.Account account = citizen.get();
        FuzzedShard.Usage after = shard.usage();
        ShardStatus status = shard.status(security);

        reporter.publishEntry("fuzz", all + ", " + account + ", before " + before + ", after " + after);
        assertThat(all.sent()).isGreaterThanOrEqualTo(MESSAGES);
        assertThat(shard.errors()).as("errors of the shard").isEmpty();
        assertThat(account.pushes()).isPositive();
        assertThat(all.ran()).as("programs that were run").isPositive();
        assertThat(account.longest()).isLessThan(SERVED);
        assertThat(status.pushes())
                .filteredOn(p -> p.replica() == Citizen.REPLICA)
                .singleElement()
                .satisfies(p -> {
                    assertThat(p.sequence()).isEqualTo(account.pushes());
                    assertThat(p.applied()).isEqualTo(account.pushes());
                });
        assertThat(status.counters().pushes())
                .isBetween(account.pushes() + all.applied(), account.pushes() + all.applied() + all.unknown());
        assertThat(status.version())
                .isBetween(account.pushes() + all.counted(), account.pushes() + all.counted() + all.unknown());
        assertThat(after.heap()).as("heap").isLessThan(before.heap() + SLACK);
        assertThat(after.direct()).as("direct memory").isLessThan(before.direct() + SLACK);
        assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + 2);
        assertThat(after.connections()).as("connections").isLessThanOrEqualTo(before.connections() + 1);
    }

    private Attacker.Tally attack(long seed, int messages) throws Exception {
        List<Future<Attacker.Tally>> attackers = new ArrayList<>();
        for (int i = 0; i < ATTACKERS; i++) {
            attackers.add(threads.submit(new Attacker(
                    shard.socketAddress(), security, seed + i, messages / ATTACKERS + 1, shard.directory())));
        }
        Attacker.Tally sum = new Attacker.Tally(0, 0, 0, 0, 0, 0, 0);
        for (Future<Attacker.Tally> attacker : attackers) {
            sum = sum.plus(attacker.get());
        }
        return sum;
    }
}
