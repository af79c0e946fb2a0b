package org.distbelief.paramserver.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.client.ShardAddress;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.standby.Leading.Marked;
import org.distbelief.paramserver.standby.Registration.Promotion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The steps by which a standby takes over, against a real ZooKeeper. */
@Timeout(60)
class ShardRegistrationTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final RangeSet RANGES = RangeSet.of(0, 10);

    private final JobSecret secret = JobSecret.random(new SecureRandom());
    private TestingServer zookeeper;
    private Copy primary;
    private Copy standby;

    /** A session and its registration. */
    private final class Copy implements AutoCloseable {
        final Registry registry;
        final ShardAddress address;
        final ShardRegistration registration;

        Copy(long generation) throws Exception {
            registry = Registry.connect(zookeeper.getConnectString(), "/job", secret, BOUND, BOUND);
            address = new ShardAddress(0, "node" + generation, (int) generation, generation);
            registration = registry.registration(address, RANGES);
        }

        void end() {
            registry.close();
        }

        @Override
        public void close() {
            end();
        }
    }

    @BeforeEach
    void begin() throws Exception {
        zookeeper = new TestingServer(true);
        primary = new Copy(1);
        standby = new Copy(2);
        primary.registration.serve(BOUND);
        standby.registration.follow();
    }

    @AfterEach
    void end() throws Exception {
        primary.end();
        standby.end();
        zookeeper.close();
    }

    @Test
    void aMarkedStandbyTakesOverWhenThePrimaryIsGone() throws Exception {
        assertThat(standby.registry.standbys().find(0, BOUND)).isEqualTo(standby.address);
        assertThat(primary.registration.mark(2)).isEqualTo(Marked.ON);
        assertThat(standby.registration.promote()).isEqualTo(Promotion.SERVED);

        primary.end();
        assertThat(standby.registry.awaitUnserved(0, BOUND)).isTrue();
        assertThat(standby.registration.promote()).isEqualTo(Promotion.PROMOTED);
        assertThat(standby.registration.promote()).as("asked again").isEqualTo(Promotion.PROMOTED);
        assertThat(standby.registry.directory().find(0, BOUND)).isEqualTo(standby.address);
        assertThatThrownBy(() -> standby.registry.standbys().find(0, Duration.ZERO))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("standbys");
    }

    @Test
    void oneThatIsNotMarkedDoesNot() throws Exception {
        assertThat(standby.registration.promote()).isEqualTo(Promotion.SERVED);
        primary.registration.mark(2);
        assertThat(primary.registration.unmark(2)).isTrue();
        primary.end();
        assertThat(standby.registration.promote()).isEqualTo(Promotion.UNMARKED);
    }

    @Test
    void whatWasReplacedCanNeitherMarkNorUnmark() throws Exception {
        primary.registration.mark(2);
        // As the ApplicationMaster does for a process of which it knows that it has ended.
        standby.registry.forget(0, 1);
        assertThat(standby.registration.promote()).isEqualTo(Promotion.PROMOTED);

        assertThat(primary.registration.unmark(2)).isFalse();
        assertThat(primary.registration.mark(2)).isEqualTo(Marked.REPLACED);
    }

    @Test
    void theMarkOfAStandbyThatIsGoneIsOff() throws Exception {
        primary.registration.mark(2);
        standby.end();
        assertThat(primary.registration.unmark(2)).isTrue();
        assertThat(primary.registration.mark(2)).isEqualTo(Marked.STANDBY_GONE);
    }

    @Test
    void whoeverIsStartedLaterWaitsForTheEndOfThoseBeforeAndTakesTheirMarksOff() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        primary.registry.onShardGone(0, 1, told::countDown);
        try (Copy later = new Copy(4);
                Copy youngest = new Copy(5)) {
            youngest.registration.follow();
            primary.registration.mark(5);
            ExecutorService threads = Executors.newSingleThreadExecutor();
            try {
                Future<?> serving = threads.submit(() -> {
                    later.registration.serve(BOUND);
                    return true;
                });
                assertThat(told.await(20, TimeUnit.SECONDS)).as("told to end").isTrue();
                assertThat(primary.registration.mark(5)).isEqualTo(Marked.REPLACED);
                assertThat(primary.registration.unmark(5)).isFalse();
                assertThat(serving.isDone()).as("before the first has ended").isFalse();
                primary.end();
                serving.get(20, TimeUnit.SECONDS);
            } finally {
                threads.shutdownNow();
            }
            assertThat(youngest.registry.directory().find(0, BOUND)).isEqualTo(later.address);
            assertThat(standby.registration.promote()).as("started earlier").isEqualTo(Promotion.GONE);
            later.end();
            assertThat(youngest.registration.promote()).isEqualTo(Promotion.UNMARKED);
        }
    }

    @Test
    void aLateStarterDoesNotTakeThePlaceOfALaterOne() throws Exception {
        try (Copy later = new Copy(9);
                Copy late = new Copy(7)) {
            primary.end();
            later.registration.serve(BOUND);
            assertThatThrownBy(() -> late.registration.serve(BOUND))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("generation 9 serves, which was started later");
        }
    }
}
