package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import java.util.List;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on off-heap floats, in direct little-endian buffers whose position and limit play no part. Offsets and
 * lengths count floats. All implementations give the same results to the last bit. For any number of threads, each on
 * memory of its own.
 */
public interface ShardKernels {
    /** The fastest that this machine has; found once in a process. */
    static ShardKernels best() {
        return NativeShardKernels.BEST;
    }

    /** What this is, for the log. */
    String description();

    /** The operations on vectors. */
    VectorKernels vectors();

    /**
     * Encodes floats in 16 bits, each rounded to the nearest, ties to the even; finite numbers beyond the range become
     * the greatest there is.
     *
     * @param encoding of 16 bits
     * @param rest where not null, its floats are added before, and what the encoding loses is left there (error
     *     feedback: Seide et al., "1-Bit Stochastic Gradient Descent", Interspeech 2014)
     * @param encodedByte where the first goes, in bytes
     */
    void encode(
            Encoding encoding,
            ByteBuffer floats,
            int offset,
            @Nullable ByteBuffer rest,
            int restOffset,
            ByteBuffer encoded,
            int encodedByte,
            int length);

    /**
     * Decodes floats of 16 bits.
     *
     * @param encoding of 16 bits
     * @param encodedByte where the first lies, in bytes
     */
    void decode(Encoding encoding, ByteBuffer encoded, int encodedByte, ByteBuffer floats, int offset, int length);

    /** Whether all floats are finite numbers. */
    boolean finite(ByteBuffer floats, int offset, int length);

    /**
     * Applies an update rule in place.
     *
     * @param parameters of one chunk; changed from {@code offset} on
     * @param state of the same chunk, one for each of the rule's vectors; changed from {@code offset} on. Behind them,
     *     where the rule {@link UpdateRule#comparesWithFetched compares with} them, the parameters as they were
     *     fetched, which may be {@code parameters} and are not changed
     * @param gradient from {@code gradientOffset} on; finite numbers
     */
    void apply(
            UpdateRule rule,
            UpdateContext context,
            ByteBuffer parameters,
            List<ByteBuffer> state,
            int offset,
            ByteBuffer gradient,
            int gradientOffset,
            int length);
}
