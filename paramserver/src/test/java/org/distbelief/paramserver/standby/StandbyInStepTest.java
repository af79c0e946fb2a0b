package org.distbelief.paramserver.standby;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.PushId;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Consistency;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.rule.VersionedRate;
import org.distbelief.paramserver.shard.Pacing;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.StandbyShard;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A standby that takes over in the middle of a round of three replicas. */
class StandbyInStepTest {
    private static final RangeSet ALL = RangeSet.of(0, 4);

    private final ParameterShard primary = shard(1);
    private final ParameterShard follower = shard(2);
    private final Leading leading = new Leading(0, 1, primary.source());
    private StandbyShard standby;
    private StandbyShard.Link link = StandbyShard.Link.NONE;
    private ParameterShard serving = primary;

    private static ParameterShard shard(long generation) {
        return new ParameterShard(
                0,
                generation,
                ALL,
                new Sgd(1),
                VersionedRate.constant(),
                Duration.ofSeconds(1),
                ShardKernels.best(),
                new Pacing(new Consistency.Synchronous(0), 3, 1, Duration.ofNanos(3), () -> 0));
    }

    @BeforeEach
    void begin() throws Exception {
        standby = follower.follow();
        primary.tell(leading);
        Leading.Beginning beginning = leading.begin(2);
        link = beginning.link();
        standby.begin(link, beginning.standing());
        carry();
    }

    private void carry() throws Exception {
        for (Message message = leading.next(); message != null; message = leading.next()) {
            if (message instanceof Message.Changed changed) {
                standby.apply(link, changed.number(), changed.change(), changed.gradient(), changed.fetched());
            } else if (message instanceof Message.Filled filled) {
                standby.fill(link, filled.number(), filled.chunk(), filled.values());
            }
            leading.acknowledged();
        }
    }

    private void turn(int replica, long incarnation) throws Exception {
        assertThat(serving.takeTurn(serving.generation(), new Turn(replica, incarnation, 0), replica)
                        .granted())
                .isTrue();
        carry();
    }

    private PushReceipt push(int replica, long incarnation) throws Exception {
        ByteBuffer gradient = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
        while (gradient.hasRemaining()) {
            gradient.putFloat(3);
        }
        PushId id = new PushId(replica, 0, incarnation, 1);
        PushReceipt receipt = serving.take(
                new PushHeader(serving.generation(), id, ALL, -1, true, true, 0, Encoding.FLOAT32), gradient.flip());
        carry();
        return receipt;
    }

    private void takeOver() {
        leading.lost();
        standby.promote(new Leading(0, 2, follower.source()));
        serving = follower;
    }

    private float parameter() {
        ByteBuffer floats = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
        serving.bank().reader(VectorName.PARAMETERS, ALL).readAll(floats);
        return floats.getFloat(0);
    }

    @Test
    void theRoundGoesOnWithWhoTookPart() throws Exception {
        for (int replica = 0; replica < 3; replica++) {
            turn(replica, 1);
        }
        push(0, 1);
        takeOver();
        assertThat(push(1, 1).dropped()).isFalse();
        assertThat(parameter()).as("the third is waited for").isZero();
        assertThat(push(2, 1).dropped()).isFalse();
        assertThat(parameter()).isEqualTo(-3);
        assertThat(serving.version()).isEqualTo(1);
    }

    @Test
    void aReplicaThatGaveTwiceCountsTwice() throws Exception {
        turn(0, 1);
        turn(1, 1);
        push(0, 1);
        turn(0, 2);
        push(0, 2);
        takeOver();
        push(1, 1);
        assertThat(parameter()).as("the mean of three").isEqualTo(-3);
    }

    @Test
    void whoHasLeftIsNotWaitedFor() throws Exception {
        turn(0, 1);
        turn(1, 1);
        turn(2, 1);
        serving.leave(serving.generation(), 2, 1);
        carry();
        push(0, 1);
        takeOver();
        push(1, 1);
        assertThat(parameter()).isEqualTo(-3);
    }
}
