package org.distbelief.paramserver.kernel;

import java.nio.ByteBuffer;
import java.util.List;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.rule.UpdateContext;
import org.distbelief.paramserver.rule.UpdateRule;
import org.jspecify.annotations.Nullable;

/** In plain Java: the specification. Works block by block on arrays that stay in the first-level cache. */
final class PlainShardKernels implements ShardKernels {
    /** Floats of a block. */
    static final int BLOCK = 2048;

    @Override
    public String description() {
        return "plain Java";
    }

    @Override
    public VectorKernels vectors() {
        return new PlainVectors();
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
        for (int i = 0; i < length; i++) {
            float value = floats.getFloat((offset + i) * Float.BYTES);
            float whole = rest == null ? value : value + rest.getFloat((restOffset + i) * Float.BYTES);
            short code = PlainEncodings.encode(encoding, whole);
            encoded.putShort(encodedByte + i * Short.BYTES, code);
            if (rest != null) {
                rest.putFloat((restOffset + i) * Float.BYTES, whole - PlainEncodings.decode(encoding, code));
            }
        }
    }

    @Override
    public void decode(
            Encoding encoding, ByteBuffer encoded, int encodedByte, ByteBuffer floats, int offset, int length) {
        for (int i = 0; i < length; i++) {
            float value = PlainEncodings.decode(encoding, encoded.getShort(encodedByte + i * Short.BYTES));
            floats.putFloat((offset + i) * Float.BYTES, value);
        }
    }

    @Override
    public boolean finite(ByteBuffer floats, int offset, int length) {
        float[] block = new float[Math.min(BLOCK, length)];
        for (int done = 0; done < length; done += BLOCK) {
            int size = Math.min(BLOCK, length - done);
            read(floats, offset + done, block, size);
            for (int i = 0; i < size; i++) {
                if (!Float.isFinite(block[i])) {
                    return false;
                }
            }
        }
        return true;
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
        int most = Math.min(BLOCK, length);
        float[] blockParameters = new float[most];
        float[] blockGradient = new float[most];
        float[][] blockState = new float[state.size()][most];
        for (int done = 0; done < length; done += BLOCK) {
            int size = Math.min(BLOCK, length - done);
            read(gradient, gradientOffset + done, blockGradient, size);
            read(parameters, offset + done, blockParameters, size);
            for (int s = 0; s < blockState.length; s++) {
                read(state.get(s), offset + done, blockState[s], size);
            }
            rule.apply(blockParameters, blockState, blockGradient, size, context);
            write(blockParameters, size, parameters, offset + done);
            for (int s = 0; s < rule.state().size(); s++) {
                write(blockState[s], size, state.get(s), offset + done);
            }
        }
    }

    private static void read(ByteBuffer from, int offset, float[] into, int length) {
        slice(from, offset, length).asFloatBuffer().get(into, 0, length);
    }

    private static void write(float[] from, int length, ByteBuffer into, int offset) {
        slice(into, offset, length).asFloatBuffer().put(from, 0, length);
    }

    private static ByteBuffer slice(ByteBuffer floats, int offset, int length) {
        return floats.slice(offset * Float.BYTES, length * Float.BYTES).order(floats.order());
    }
}
