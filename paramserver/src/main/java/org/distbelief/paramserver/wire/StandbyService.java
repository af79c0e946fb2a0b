package org.distbelief.paramserver.wire;

import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocolException;
import org.distbelief.paramserver.shard.Change;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.StandbyShard;
import org.distbelief.paramserver.wire.gen.ChangeRequest;
import org.distbelief.paramserver.wire.gen.FillRequest;
import org.distbelief.paramserver.wire.gen.FollowRequest;
import org.jspecify.annotations.Nullable;

/** The calls by which a standby follows the process that serves its shard, part of {@link ShardService}. */
final class StandbyService {
    private final StandbyShard standby;
    private final int most;
    private final BufferPool messages;

    /** A link that is lost may still be read from when the next one begins. */
    private final Semaphore links = new Semaphore(2);

    StandbyService(StandbyShard standby) {
        this.standby = standby;
        this.most = Math.max(2 * PushHeader.MOST_FLOATS * Float.BYTES, standby.longestChunk());
        this.messages = new BufferPool(most);
    }

    /** Does something with what has come. */
    @FunctionalInterface
    private interface Taking {
        void take(ByteBuffer floats) throws ShardException, TProtocolException;
    }

    WireMethods.Reply follow(WireProtocol in) throws TException {
        FollowRequest request = in.readArgument(new FollowRequest());
        try {
            expect(request.getStandby());
            standby.begin(ChangeTranslation.link(request.getLink()), ChangeTranslation.standing(request));
            return WireProtocol::writeNothing;
        } catch (ShardException e) {
            return ShardService.refusal(e);
        }
    }

    WireMethods.Reply change(WireProtocol in) throws TException {
        ChangeRequest request = new ChangeRequest();
        return ShardService.withPayload(
                in,
                request,
                () -> taken(in, request.getStandby(), floats -> {
                    Change change = ChangeTranslation.change(request);
                    boolean compared = request.isFetched();
                    int bytes = compared ? floats.limit() / 2 : floats.limit();
                    standby.apply(
                            ChangeTranslation.link(request.getLink()),
                            request.getNumber(),
                            change,
                            part(floats, 0, bytes),
                            compared ? part(floats, bytes, bytes) : null);
                }));
    }

    private static @Nullable ByteBuffer part(ByteBuffer floats, int from, int bytes) {
        return bytes == 0 ? null : floats.slice(from, bytes).order(floats.order());
    }

    WireMethods.Reply fill(WireProtocol in) throws TException {
        FillRequest request = new FillRequest();
        return ShardService.withPayload(
                in,
                request,
                () -> taken(
                        in,
                        request.getStandby(),
                        floats -> standby.fill(
                                ChangeTranslation.link(request.getLink()),
                                request.getNumber(),
                                request.getChunk(),
                                floats)));
    }

    private WireMethods.Reply taken(WireProtocol in, long meant, Taking taking) throws TException {
        int length = in.readPayloadLength();
        if (length > most) {
            throw new TProtocolException(
                    TProtocolException.SIZE_LIMIT, "expected at most " + most + " bytes, found " + length);
        }
        if (!links.tryAcquire()) {
            in.skipPayload(length);
            return ShardService.refusal(new ShardException(
                    ShardException.Kind.BUSY, "expected one process that tells this standby what changes"));
        }
        try (BufferPool.Lease lease = messages.take()) {
            ByteBuffer floats = lease.buffer().clear();
            in.readPayload(floats.limit(length));
            expect(meant);
            taking.take(floats.flip());
            return WireProtocol::writeNothing;
        } catch (ShardException e) {
            return ShardService.refusal(e);
        } finally {
            links.release();
        }
    }

    private void expect(long meant) throws ShardException {
        if (meant != standby.generation()) {
            throw new ShardException(
                    ShardException.Kind.STALE_GENERATION,
                    "expected a message for generation " + standby.generation() + ", found one for generation "
                            + meant);
        }
    }
}
