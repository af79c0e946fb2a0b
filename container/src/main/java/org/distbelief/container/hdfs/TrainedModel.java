package org.distbelief.container.hdfs;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.container.data.RowWindows;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.model.Model;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.paramserver.Block;

/**
 * A trained model as a job leaves it in HDFS: to look at and to predict with.
 *
 * <pre>{@code
 * try (TrainedModel model = TrainedModel.open(new Configuration(), "models/spoken-digits")) {
 *     float[][] scores = model.predict(frames);
 *     String best = model.className(TrainedModel.argmax(scores[0]));
 * }
 * }</pre>
 *
 * <p>For one thread at a time.
 */
public final class TrainedModel implements AutoCloseable {
    private static final int BATCH = 128;

    private final ModelDescription description;
    private final Model model;
    private final Kernels kernels;
    private final ModelReplica replica;
    private final RowWindows windows;
    private final MiniBatch batch;

    private TrainedModel(ModelDescription description, Kernels kernels) {
        this.description = description;
        this.model = description.model();
        this.kernels = kernels;
        this.replica = ModelReplica.forScoring(model, kernels, BATCH);
        this.windows = new RowWindows(description);
        this.batch = replica.newBatch();
    }

    /**
     * Reads a model.
     *
     * @param directory path or URI of the model's directory; without a scheme the configuration's default file system
     *     is meant
     * @throws IOException where there is no trained model, or a file of it is damaged; the message names it
     */
    public static TrainedModel open(Configuration configuration, String directory) throws IOException {
        ModelDirectory files = new ModelDirectory(configuration, directory);
        ModelDescription description = files.description();
        Kernels kernels = Kernels.best(Runtime.getRuntime().availableProcessors());
        boolean opened = false;
        try {
            TrainedModel trained = new TrainedModel(description, kernels);
            files.read(trained.replica.parameters().ranges(), trained.replica.parameters());
            opened = true;
            return trained;
        } finally {
            if (!opened) {
                kernels.close();
            }
        }
    }

    /** What the model is, how its features are made and normalised, and the job file that it was trained with. */
    public ModelDescription description() {
        return description;
    }

    /** Number of classes. */
    public int classes() {
        return model.classes();
    }

    /** The name of a class: its label, followed by {@code /state} where labels have several states. */
    public String className(int classId) {
        int states = description.statesPerLabel();
        String label = description.labels().get(Math.floorDiv(classId, states));
        return states == 1 ? label : label + "/" + classId % states;
    }

    /**
     * A score for each class, greater where it is more likely: its probability where the model's loss has it, as
     * {@code softmaxCrossEntropy} has.
     *
     * @param rows for speech the frames of one utterance in the order of time, each with the log energies of all bands;
     *     for images one picture a row, height x width x channels values from 0 to 255; not normalised
     * @return for each row, a score for each class
     */
    public float[][] predict(float[][] rows) {
        float[][] result = new float[rows.length][model.classes()];
        float[][] examples = windows.of(rows);
        for (int start = 0; start < rows.length; start += BATCH) {
            int first = start;
            int size = Math.min(BATCH, rows.length - start);
            batch.fill(size, (example, into) -> {
                windows.copy(examples, first + example, into);
                return 0;
            });
            FloatMemory scores = replica.predict(batch);
            for (int i = 0; i < size; i++) {
                for (int c = 0; c < model.classes(); c++) {
                    result[first + i][c] = scores.get(c * size + i);
                }
            }
        }
        return result;
    }

    /** The index of the greatest number; of equal ones the first. */
    public static int argmax(float[] numbers) {
        int best = 0;
        for (int i = 1; i < numbers.length; i++) {
            if (numbers[i] > numbers[best]) {
                best = i;
            }
        }
        return best;
    }

    /** The blocks of parameters, such as {@code 0.fullyConnected.weights}, in the order of the flat vector. */
    public List<String> blocks() {
        return model.layout().blocks().stream().map(Block::name).toList();
    }

    /**
     * The parameters of a block; a fully connected layer's weights are units x inputs, row-major.
     *
     * @throws IllegalArgumentException where there is no such block, naming those that exist
     */
    public float[] block(String name) {
        for (int layer = 0; layer < model.layers().size(); layer++) {
            List<FloatMemory> memory = replica.parameters().layer(layer);
            for (int block = 0; block < memory.size(); block++) {
                if (model.block(layer, block).name().equals(name)) {
                    return memory.get(block).toArray();
                }
            }
        }
        throw new IllegalArgumentException("expected one of the blocks " + blocks() + ", found '" + name + "'");
    }

    @Override
    public void close() {
        kernels.close();
    }
}
