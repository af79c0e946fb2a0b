package org.distbelief.appmaster.shards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShardForgetterTest {
    private final BlockingQueue<String> forgotten = new LinkedBlockingQueue<>();

    @Test
    void aProcessIsForgottenThoughTheOneBeforeCouldNotBe() throws InterruptedException {
        try (ShardForgetter forgetter = new ShardForgetter(registrations((shard, start) -> {
            if (start == 1) {
                throw new IOException("ZooKeeper does not answer");
            }
            forgotten.add(shard + "/" + start);
        }))) {
            forgetter.ended(3, 1);
            forgetter.ended(3, 2);
            forgetter.givenUp(3, 3);

            assertThat(forgotten.poll(20, TimeUnit.SECONDS)).isEqualTo("3/2");
            assertThat(forgotten.poll(20, TimeUnit.SECONDS)).isEqualTo("standby 3/3");
        }
    }

    @Test
    void whoTellsOfAnEndDoesNotWait() throws InterruptedException {
        CountDownLatch answers = new CountDownLatch(1);
        try (ShardForgetter forgetter = new ShardForgetter(registrations((shard, start) -> {
            try {
                answers.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            forgotten.add(shard + "/" + start);
        }))) {
            forgetter.ended(0, 1);
            assertThat(forgotten).isEmpty();
            answers.countDown();

            assertThat(forgotten.poll(20, TimeUnit.SECONDS)).isEqualTo("0/1");
        }
    }

    @FunctionalInterface
    private interface Forgetting {
        void forget(int shard, long start) throws IOException;
    }

    private ShardForgetter.Registrations registrations(Forgetting forgetting) {
        return new ShardForgetter.Registrations() {
            @Override
            public void forget(int shard, long start) throws IOException {
                forgetting.forget(shard, start);
            }

            @Override
            public void forgetStandby(int shard, long start) {
                forgotten.add("standby " + shard + "/" + start);
            }
        };
    }
}
