package org.distbelief.tests.images;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.JobFile;
import org.distbelief.container.data.Augmentation;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionReader;
import org.distbelief.container.data.ScoringReader;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.ingest.ImageOptions;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.IngestReport;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.job.Ingest;

/** A data set of images, made by MapReduce's local runner and read as a model replica reads it. */
final class ImageDataset {
    private static final int BATCH = 64;
    private static final int SHUFFLE = 2000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String JOB = """
            output: models/none
            data: {path: none, augment: %s}
            model: {layers: [fullyConnected: {units: classes}]}
            """;

    private final IngestReport report;
    private final DatasetReader reader;

    private ImageDataset(IngestReport report, DatasetReader reader) {
        this.report = report;
        this.reader = reader;
    }

    /** Hears of every example. */
    @FunctionalInterface
    interface Listener {
        /**
         * @param label as the job would print it
         * @param pixels height x width x channels, from 0 to 255; used again for the next one
         */
        void example(String label, float[] pixels);
    }

    /**
     * As {@code ingest --size WxH --splits-by-folder train,test} does it.
     *
     * @param directory for the data set and everything on the way to it
     * @param inputs folders or archives
     */
    static ImageDataset ingest(Path directory, List<Path> inputs, String size) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set("mapreduce.framework.name", "local");
        configuration.set("fs.defaultFS", "file:///");
        configuration.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        String output = directory.resolve("dataset").toString();
        IngestReport report = new Ingest()
                .run(
                        configuration,
                        IngestOptions.builder(
                                        inputs.stream().map(Path::toString).toList(), output)
                                .images(ImageOptions.ofSize(size))
                                .splits(SplitPolicy.byFolder("train,test"))
                                .build(),
                        (phase, fraction) -> {});
        return new ImageDataset(report, DatasetReader.open(configuration, output));
    }

    IngestReport report() {
        return report;
    }

    DatasetManifest manifest() {
        return reader.manifest();
    }

    /** Reads the split {@code train} once, mixed and augmented. */
    void train(String augment, Listener listener) throws Exception {
        ModelDescription model = model(augment);
        Split split = manifest().split("train");
        MiniBatch batch = new MiniBatch(model.inputShape().units(), BATCH);
        Augmentation augmentation =
                Augmentation.of(model.jobFile().config().data().augment(), model.inputShape(), 1);
        try (PortionReader portions = new PortionReader(
                reader, split, new BlockDecoder(model, manifest()), SHUFFLE, BATCH, new Random(1), augmentation)) {
            int next = 0;
            for (long left = split.examples(); left > 0; left -= batch.size()) {
                for (int i = portions.wanted(); i > 0 && next < split.portions().size(); i--) {
                    portions.offer(new Lease(next, 0, next++, Kind.TRAIN));
                }
                portions.drain(next == split.portions().size());
                if (portions.draw(batch, PATIENCE) == 0) {
                    throw new AssertionError("no examples after " + PATIENCE + ", though " + left + " are left");
                }
                tell(batch, listener);
            }
        }
    }

    /** Reads the split {@code test} in its stored order, for a job that augments. */
    void score(String augment, Listener listener) throws Exception {
        ModelDescription model = model(augment);
        MiniBatch batch = new MiniBatch(model.inputShape().units(), BATCH);
        BlockDecoder decoder = new BlockDecoder(model, manifest());
        for (Portion portion : manifest().split("test").portions()) {
            try (ScoringReader examples = ScoringReader.open(reader, portion, decoder)) {
                while (examples.next(batch) > 0) {
                    tell(batch, listener);
                }
            }
        }
    }

    private ModelDescription model(String augment) {
        return ModelDescription.of(JobFile.read("job.yaml", JOB.formatted(augment), List.of()), manifest());
    }

    private void tell(MiniBatch batch, Listener listener) {
        float[] pixels = new float[batch.inputUnits()];
        int channels = manifest().mean().size();
        double[] mean = new double[channels];
        double[] deviation = new double[channels];
        for (int c = 0; c < channels; c++) {
            mean[c] = manifest().mean().get(c);
            deviation[c] = Math.sqrt(manifest().variance().get(c));
        }
        for (int i = 0; i < batch.size(); i++) {
            for (int unit = 0; unit < pixels.length; unit++) {
                int c = unit % channels;
                pixels[unit] = (float) (batch.inputs().get(unit * batch.size() + i) * deviation[c] + mean[c]);
            }
            listener.example(manifest().className(batch.labels()[i]), pixels);
        }
    }
}
