package org.distbelief.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.List;
import org.distbelief.dataset.avro.ImageBatch;

/** Several images of one size, each with a class id. */
public final class ImageGroup implements ExampleGroup {
    private final List<String> ids;
    private final ByteBuffer pixels;
    private final int[] classIds;

    /**
     * Checks a record.
     *
     * @throws IllegalArgumentException if its buffers or labels do not fit its counts or the manifest
     */
    public ImageGroup(ImageBatch batch, ClassIndex classes, ImageSettings expected) {
        this.ids = List.copyOf(batch.getIds());
        ImageSettings found = new ImageSettings(batch.getWidth(), batch.getHeight(), batch.getChannels());
        if (!found.equals(expected)) {
            throw new IllegalArgumentException(
                    "images of another size than the manifest says: expected " + expected + ", found " + found);
        }
        this.pixels = batch.getPixels().asReadOnlyBuffer();
        ByteBuffer labels = batch.getLabels();
        long pixelBytes = (long) ids.size() * expected.featureDimension();
        if (pixels.remaining() != pixelBytes || labels.remaining() != 4L * ids.size()) {
            throw new IllegalArgumentException(ids.size() + " images need " + pixelBytes + " + " + 4L * ids.size()
                    + " bytes of pixels and labels, found " + pixels.remaining() + " + " + labels.remaining());
        }
        int[] global = classes.globalIds(batch.getLabelNames());
        IntBuffer local = labels.duplicate().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        this.classIds = new int[ids.size()];
        for (int i = 0; i < classIds.length; i++) {
            int label = local.get(i);
            if (label < 0 || label >= global.length) {
                throw new IllegalArgumentException("image '" + ids.get(i) + "': expected a label from 0 to "
                        + (global.length - 1) + ", found " + label);
            }
            classIds[i] = global[label];
        }
    }

    /** Path of each image, relative to the input. */
    public List<String> ids() {
        return ids;
    }

    /** A new read-only view of images x height x width x channels unsigned bytes, row-major. */
    public ByteBuffer pixels() {
        return pixels.duplicate();
    }

    /** The class of an image. */
    public int classId(int image) {
        return classIds[image];
    }

    /** Images in this record. */
    @Override
    public int exampleCount() {
        return classIds.length;
    }
}
