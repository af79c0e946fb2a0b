package org.distbelief.container.data;

import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.UtteranceGroup;

/**
 * The labelled frames of an utterance. The frames are kept once, normalised, with the first and the last one repeated
 * at the edges. One after the other, a frame with its context is one contiguous copy. Feature by feature, consecutive
 * frames with their contexts are one contiguous copy for each of their numbers, shifted by the place in the context: so
 * they come into a mini-batch without being transposed.
 */
final class SpeechBlock implements ExampleBlock {
    /** The object, three arrays' heads, and its place in lists. */
    private static final long OVERHEAD = 96;

    private final int dimension;
    private final int context;
    private final boolean byFeature;
    /** {@code [frame][feature]}, or {@code [feature][frame]} where they lie feature by feature. */
    private final float[] padded;

    private final int[] frames;
    private final int[] labels;

    /**
     * @param utterance with at least one labelled frame
     * @param byFeature whether all frames' first feature comes first, then their second one
     * @throws IllegalArgumentException where the model does not know a label
     */
    SpeechBlock(UtteranceGroup utterance, int context, Normalisation normalisation, LabelMap map, boolean byFeature) {
        this.dimension = utterance.dimension();
        this.context = context;
        this.byFeature = byFeature;
        float[] rows = padded(utterance, context * dimension, normalisation);
        this.padded = byFeature ? transposed(rows, dimension) : rows;
        this.frames = new int[utterance.exampleCount()];
        this.labels = new int[frames.length];
        int next = 0;
        for (int frame = 0; frame < utterance.frameCount(); frame++) {
            int dataClass = utterance.classId(frame);
            if (dataClass != UtteranceGroup.CONTEXT_ONLY) {
                frames[next] = frame;
                labels[next] = map.modelClass(dataClass);
                if (labels[next] == LabelMap.UNKNOWN) {
                    throw map.unknown(dataClass, "frame " + frame + " of utterance '" + utterance.id() + "'");
                }
                next++;
            }
        }
    }

    private static float[] padded(UtteranceGroup utterance, int edge, Normalisation normalisation) {
        int dimension = utterance.dimension();
        int length = Math.multiplyExact(utterance.frameCount(), dimension);
        float[] padded = new float[Math.addExact(length, 2 * edge)];
        utterance.features().get(0, padded, edge, length);
        normalisation.apply(padded, edge, length);
        for (int at = 0; at < edge; at += dimension) {
            System.arraycopy(padded, edge, padded, at, dimension);
            System.arraycopy(padded, edge + length - dimension, padded, edge + length + at, dimension);
        }
        return padded;
    }

    private static float[] transposed(float[] rows, int columns) {
        float[] transposed = new float[rows.length];
        int count = rows.length / columns;
        for (int row = 0; row < count; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * count + row] = rows[row * columns + column];
            }
        }
        return transposed;
    }

    @Override
    public int size() {
        return frames.length;
    }

    @Override
    public long bytes() {
        return OVERHEAD + (long) Float.BYTES * padded.length + 2L * Integer.BYTES * frames.length;
    }

    @Override
    public int label(int example) {
        return labels[example];
    }

    @Override
    public void copy(int example, float[] into) {
        int window = 2 * context + 1;
        if (!byFeature) {
            System.arraycopy(padded, frames[example] * dimension, into, 0, window * dimension);
            return;
        }
        int stride = padded.length / dimension;
        for (int unit = 0; unit < window * dimension; unit++) {
            into[unit] = padded[unit % dimension * stride + frames[example] + unit / dimension];
        }
    }

    @Override
    public int copyRun(int example, int most, MiniBatch batch, int at) {
        if (!byFeature) {
            return 0;
        }
        int count = 1;
        while (count < most && example + count < frames.length && frames[example + count] == frames[example] + count) {
            count++;
        }
        int stride = padded.length / dimension;
        for (int place = 0; place <= 2 * context; place++) {
            for (int feature = 0; feature < dimension; feature++) {
                int from = feature * stride + frames[example] + place;
                batch.put(place * dimension + feature, at, padded, from, count);
            }
        }
        batch.putLabels(at, labels, example, count);
        return count;
    }
}
