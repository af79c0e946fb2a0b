package org.distbelief.container.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.dataset.DatasetFormatException;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.ImageGroup;
import org.distbelief.dataset.UtteranceGroup;

/**
 * Makes a data set's records fit a model: context, normalisation and class numbers are the model's. Immutable; safe for
 * several threads.
 */
public final class BlockDecoder {
    private final ModelDescription model;
    private final Normalisation normalisation;
    private final float[][] tables;
    private final LabelMap labels;
    private final boolean byFeature;

    /**
     * Checks that the model can read the data.
     *
     * @throws DatasetFormatException where the features were made in another way, or the labels have another number of
     *     states
     */
    public BlockDecoder(ModelDescription model, DatasetManifest data) throws DatasetFormatException {
        if (model.kind() != data.kind()) {
            throw misfit(data, "records", model.kind(), data.kind());
        }
        if (model.featureDimension() != data.featureDimension()) {
            throw misfit(data, "numbers per frame or image", model.featureDimension(), data.featureDimension());
        }
        if (!model.settings().equals(data.settings())) {
            throw misfit(data, "features", model.settings(), data.settings());
        }
        if (model.statesPerLabel() != data.statesPerLabel()) {
            throw misfit(data, "states per label", model.statesPerLabel(), data.statesPerLabel());
        }
        this.model = model;
        this.normalisation = new Normalisation(model.mean(), model.variance());
        this.tables = normalisation.tables();
        this.labels = new LabelMap(data.labels(), model.labels(), model.statesPerLabel());
        this.byFeature = false;
    }

    private BlockDecoder(BlockDecoder of) {
        this.model = of.model;
        this.normalisation = of.normalisation;
        this.tables = of.tables;
        this.labels = of.labels;
        this.byFeature = true;
    }

    /**
     * The same, for those who use examples in their stored order: {@link ExampleBlock#copyRun} is the fast way then.
     */
    BlockDecoder forRuns() {
        return new BlockDecoder(this);
    }

    private static DatasetFormatException misfit(DatasetManifest data, String what, Object expected, Object found) {
        return new DatasetFormatException("data set '" + data.name() + "' does not fit the model: " + what
                + ": expected " + expected + " as in the model's training data, found " + found
                + "; ingest the raw data again with the settings of the training data");
    }

    /** Numbers of an example. */
    public int inputUnits() {
        return model.inputShape().units();
    }

    /** Classes per label. */
    int statesPerLabel() {
        return model.statesPerLabel();
    }

    /**
     * Decodes a record.
     *
     * @param where file, portion and record, for messages
     * @return an utterance as a whole, each image by itself; none where nothing in the record is labelled
     * @throws DatasetFormatException where a label is unknown to the model, or the features are not the manifest's
     */
    List<ExampleBlock> decode(ExampleGroup group, String where) throws DatasetFormatException {
        try {
            return group instanceof UtteranceGroup utterance ? speech(utterance) : images((ImageGroup) group);
        } catch (IllegalArgumentException e) {
            throw new DatasetFormatException(where + ": " + e.getMessage(), e);
        }
    }

    private List<ExampleBlock> speech(UtteranceGroup utterance) {
        if (utterance.dimension() != model.featureDimension()) {
            throw new IllegalArgumentException("utterance '" + utterance.id() + "': expected "
                    + model.featureDimension() + " features per frame, found " + utterance.dimension());
        }
        return utterance.exampleCount() == 0
                ? List.of()
                : List.of(new SpeechBlock(utterance, model.context(), normalisation, labels, byFeature));
    }

    private List<ExampleBlock> images(ImageGroup group) {
        ByteBuffer pixels = group.pixels();
        int size = model.featureDimension();
        int count = group.exampleCount();
        if (pixels.remaining() != (long) count * size) {
            throw new IllegalArgumentException(
                    "expected " + count + " images of " + size + " bytes, found " + pixels.remaining() + " bytes");
        }
        List<ExampleBlock> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] image = new byte[size];
            pixels.get(image);
            int label = labels.modelClass(group.classId(i));
            if (label == LabelMap.UNKNOWN) {
                throw labels.unknown(group.classId(i), "image '" + group.ids().get(i) + "'");
            }
            blocks.add(new ImageBlock(image, label, tables));
        }
        return blocks;
    }
}
