package org.distbelief.paramserver.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.shard.PushHeader;

/**
 * Encodes gradients, each once: what one loses is added to the next one of the same parameters. Different parameters
 * may be encoded by different threads at once.
 */
final class PushEncoder {
    private final ShardKernels kernels = ShardKernels.best();
    private final Encoding encoding;
    private final ParameterBuffer rest;

    /**
     * @param encoding of 16 bits
     * @param rest has memory for every parameter that is pushed; nobody else touches it
     */
    PushEncoder(Encoding encoding, ParameterBuffer rest) {
        this.encoding = encoding;
        this.rest = rest;
    }

    Encoding encoding() {
        return encoding;
    }

    /** Memory for the longest push. */
    ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect((int) encoding.bytes(PushHeader.MOST_FLOATS))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Encodes the gradient of a push.
     *
     * @param encoded of {@link #newBuffer}; its position is 0 and its limit behind the gradient afterwards
     */
    void encode(RangeSet ranges, ParameterBuffer gradient, ByteBuffer encoded) {
        ParameterViews floats = new ParameterViews(gradient, ranges);
        ParameterViews rests = new ParameterViews(rest, ranges);
        int done = 0;
        ByteBuffer restView = ByteBuffer.allocate(0);
        while (floats.hasNext()) {
            ByteBuffer view = floats.next(Integer.MAX_VALUE);
            int length = view.remaining() / Float.BYTES;
            for (int from = 0; from < length; ) {
                if (!restView.hasRemaining()) {
                    restView = rests.next(Integer.MAX_VALUE);
                }
                int some = Math.min(length - from, restView.remaining() / Float.BYTES);
                int restFrom = restView.position() / Float.BYTES;
                kernels.encode(encoding, view, from, restView, restFrom, encoded, (int) encoding.bytes(done), some);
                restView.position(restView.position() + some * Float.BYTES);
                from += some;
                done += some;
            }
        }
        encoded.clear().limit((int) encoding.bytes(done));
    }
}
