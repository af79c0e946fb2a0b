package org.distbelief.container.data;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.TestJobs;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DatasetManifest;

/** Models and mini-batches for tests. */
final class Batches {
    private Batches() {}

    static ModelDescription model(DatasetManifest data, int context) {
        return ModelDescription.of(
                TestJobs.job(
                        "softmaxCrossEntropy",
                        List.of("fullyConnected: {units: classes}"),
                        List.of("data.context=" + context)),
                data);
    }

    static BlockDecoder decoder(MemoryDataset data, int context) throws Exception {
        return new BlockDecoder(model(data.manifest(), context), data.manifest());
    }

    static MiniBatch batch(MemoryDataset data, int context, int capacity) {
        return new MiniBatch(model(data.manifest(), context).inputShape().units(), capacity);
    }

    /** The inputs of one example. */
    static float[] row(MiniBatch batch, int example) {
        float[] row = new float[batch.inputUnits()];
        for (int unit = 0; unit < row.length; unit++) {
            row[unit] = batch.inputs().get(unit * batch.size() + example);
        }
        return row;
    }

    /** The numbers of the frames in the middle of the examples' windows. */
    static List<Integer> frames(MiniBatch batch) {
        List<Integer> frames = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            float[] row = row(batch, i);
            int middle = row.length / 2 - row.length / 2 % MemoryDataset.BANDS;
            frames.add((int) row[middle]);
        }
        return frames;
    }
}
