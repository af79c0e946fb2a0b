package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.rule.CompiledUpdate;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** In native code; a rule that has no native twin is left to plain Java. */
final class NativeShardKernels implements ShardKernels {
    private static final Logger LOG = LoggerFactory.getLogger(NativeShardKernels.class);

    /** Native, or plain Java where there is no library for this machine. */
    static final ShardKernels BEST = find(new PlainShardKernels());

    private final ShardKernels plain;

    private NativeShardKernels(ShardKernels plain) {
        this.plain = plain;
    }

    private static ShardKernels find(ShardKernels plain) {
        try {
            NativeRules.load();
            return new NativeShardKernels(plain);
        } catch (LinkageError | RuntimeException e) {
            LOG.warn("Shards apply updates in plain Java, about half as fast: {}", e.toString());
            return plain;
        }
    }

    @Override
    public String description() {
        return "native code";
    }

    @Override
    public VectorKernels vectors() {
        return new NativeVectors();
    }

    @Override
    public void encode(
            Encoding encoding,
            ByteBuffer floats,
            int offset,
            @Nullable ByteBuffer rest,
            int restOffset,
            ByteBuffer encoded,
            int encodedByte,
            int length) {
        check(floats, offset, length);
        checkEncoded(encoding, encoded, encodedByte, length);
        if (rest != null) {
            check(rest, restOffset, length);
        }
        NativeRules.encode(encoding.number(), length, floats, offset, rest, restOffset, encoded, encodedByte);
    }

    @Override
    public void decode(
            Encoding encoding, ByteBuffer encoded, int encodedByte, ByteBuffer floats, int offset, int length) {
        check(floats, offset, length);
        checkEncoded(encoding, encoded, encodedByte, length);
        NativeRules.decode(encoding.number(), length, encoded, encodedByte, floats, offset);
    }

    private static void checkEncoded(Encoding encoding, ByteBuffer encoded, int encodedByte, int length) {
        if (!encoded.isDirect() || encoding.bytes() != Short.BYTES) {
            throw new IllegalArgumentException("expected direct memory and an encoding of 16 bits, found " + encoding);
        }
        Objects.checkFromIndexSize(encodedByte, length * Short.BYTES, encoded.capacity());
    }

    @Override
    public boolean finite(ByteBuffer floats, int offset, int length) {
        check(floats, offset, length);
        return NativeRules.finite(floats, offset, length);
    }

    @Override
    public void apply(
            UpdateRule rule,
            UpdateContext context,
            ByteBuffer parameters,
            List<ByteBuffer> state,
            int offset,
            ByteBuffer gradient,
            int gradientOffset,
            int length) {
        CompiledUpdate compiled = rule.compiled(context).orElse(null);
        if (compiled == null) {
            plain.apply(rule, context, parameters, state, offset, gradient, gradientOffset, length);
            return;
        }
        check(parameters, offset, length);
        check(gradient, gradientOffset, length);
        state.forEach(vector -> check(vector, offset, length));
        if (state.size() != compiled.form().vectors()) {
            throw new IllegalArgumentException("expected " + compiled.form().vectors() + " vectors of state for " + rule
                    + ", found " + state.size());
        }
        NativeRules.apply(
                compiled.form().number(),
                compiled.a(),
                compiled.b(),
                compiled.c(),
                compiled.d(),
                compiled.e(),
                compiled.f(),
                length,
                parameters,
                vector(state, 0),
                vector(state, 1),
                offset,
                gradient,
                gradientOffset);
    }

    private static @Nullable ByteBuffer vector(List<ByteBuffer> state, int index) {
        return index < state.size() ? state.get(index) : null;
    }

    private static void check(ByteBuffer floats, int offset, int length) {
        if (!floats.isDirect()) {
            throw new IllegalArgumentException("expected direct memory");
        }
        Objects.checkFromIndexSize(offset, length, floats.capacity() / Float.BYTES);
    }
}
