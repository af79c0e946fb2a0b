package org.distbelief.container.data;

import org.distbelief.dataset.UtteranceGroup;

/**
 * The labelled frames of an utterance. The frames are kept once, normalised, with the first and the last one repeated
 * at the edges, so that a frame with its context is one contiguous copy.
 */
final class SpeechBlock implements ExampleBlock {
    /** The object, three arrays' heads, and its place in lists. */
    private static final long OVERHEAD = 96;

    private final int dimension;
    private final int window;
    private final float[] padded;
    private final int[] frames;
    private final int[] labels;

    /**
     * @param utterance with at least one labelled frame
     * @throws IllegalArgumentException where the model does not know a label
     */
    SpeechBlock(UtteranceGroup utterance, int context, Normalisation normalisation, LabelMap map) {
        this.dimension = utterance.dimension();
        this.window = (2 * context + 1) * dimension;
        this.padded = padded(utterance, context * dimension, normalisation);
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
        System.arraycopy(padded, frames[example] * dimension, into, 0, window);
    }
}
