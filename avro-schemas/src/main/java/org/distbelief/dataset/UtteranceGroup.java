package org.distbelief.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.distbelief.dataset.avro.Utterance;

/** One utterance: frames in the order of time, each with a class id or {@link #CONTEXT_ONLY}. */
public final class UtteranceGroup implements ExampleGroup {
    /** In place of a class id: the frame has no label and serves only as context of its neighbours. */
    public static final int CONTEXT_ONLY = -1;

    private final String id;
    private final int frameCount;
    private final int dimension;
    private final ByteBuffer features;
    private final int[] classIds;
    private final int exampleCount;

    /**
     * Checks a record.
     *
     * @throws IllegalArgumentException if its buffers or labels do not fit its counts or the manifest
     */
    public UtteranceGroup(Utterance utterance, ClassIndex classes, int expectedDimension) {
        this.id = utterance.getId();
        this.frameCount = utterance.getFrameCount();
        this.dimension = utterance.getDimension();
        this.features = utterance.getFeatures().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (dimension != expectedDimension) {
            throw new IllegalArgumentException("utterance '" + id + "': expected " + expectedDimension
                    + " features per frame, as in the manifest, found " + dimension);
        }
        ByteBuffer labels = utterance.getLabels();
        if (frameCount < 0
                || features.remaining() != 4L * frameCount * dimension
                || labels.remaining() != 4L * frameCount) {
            throw new IllegalArgumentException("utterance '" + id + "': " + frameCount + " frames of " + dimension
                    + " features need " + 4L * frameCount * dimension + " + " + 4L * frameCount
                    + " bytes of features and labels, found " + features.remaining() + " + " + labels.remaining());
        }
        int[] global = classes.globalIds(utterance.getLabelNames());
        IntBuffer local = labels.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        this.classIds = new int[frameCount];
        int labelled = 0;
        for (int t = 0; t < frameCount; t++) {
            int label = local.get(t);
            if (label < CONTEXT_ONLY || label >= global.length) {
                throw new IllegalArgumentException("utterance '" + id + "', frame " + t
                        + ": expected a label from -1 to " + (global.length - 1) + ", found " + label);
            }
            classIds[t] = label == CONTEXT_ONLY ? CONTEXT_ONLY : global[label];
            labelled += label == CONTEXT_ONLY ? 0 : 1;
        }
        this.exampleCount = labelled;
    }

    /** Path of the recording, relative to the input. */
    public String id() {
        return id;
    }

    /** All frames, labelled or not. */
    public int frameCount() {
        return frameCount;
    }

    /** Features per frame. */
    public int dimension() {
        return dimension;
    }

    /** A new little-endian view of frameCount x dimension log energies, row-major, not normalised. */
    public FloatBuffer features() {
        return features.asFloatBuffer();
    }

    /** The class of a frame, or {@link #CONTEXT_ONLY}. */
    public int classId(int frame) {
        return classIds[frame];
    }

    /** Labelled frames. */
    @Override
    public int exampleCount() {
        return exampleCount;
    }
}
