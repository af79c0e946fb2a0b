package org.distbelief.container.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.dataset.DataFile;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ManifestJson;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.avro.Utterance;
import org.distbelief.dataset.hdfs.DatasetReader;

/**
 * Measures how many examples a second the portion reader gives: 11 frames of 40 bands each, from Avro files in the
 * local file system, which after the first pass are in the machine's memory. Not a test; run {@link #main}, with the
 * JVM held to one core to see what a core does.
 */
public final class ReaderBenchmark {
    private static final int BANDS = 40;
    private static final int CONTEXT = 5;
    private static final int PORTIONS = 8;
    private static final int UTTERANCES = 100;
    private static final int FRAMES = 250;
    private static final int MINI_BATCH = 100;
    private static final int SHUFFLE = 20_000;
    private static final int PASSES = 12;

    private ReaderBenchmark() {}

    /** Prints a line a pass over the data. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("reader-benchmark");
        try {
            write(directory);
            measure(directory);
        } finally {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    private static void measure(Path directory) throws Exception {
        DatasetReader source =
                DatasetReader.open(new Configuration(), directory.toUri().toString());
        Split split = source.manifest().split("train");
        ModelDescription model = Batches.model(source.manifest(), CONTEXT);
        MiniBatch batch = new MiniBatch(model.inputShape().units(), MINI_BATCH);
        try (PortionReader reader = new PortionReader(
                source, split, new BlockDecoder(model, source.manifest()), SHUFFLE, MINI_BATCH, new Random(1))) {
            long lease = 0;
            for (int pass = 0; pass < PASSES; pass++) {
                long start = System.nanoTime();
                long drawn = 0;
                while (drawn < split.examples()) {
                    for (int wanted = reader.wanted(); wanted > 0; wanted--) {
                        reader.offer(new Lease(lease, pass, (int) (lease++ % PORTIONS), Kind.TRAIN));
                    }
                    drawn += reader.draw(batch, Duration.ofSeconds(10));
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                System.out.printf("pass %d: %,.0f examples/s%n", pass, drawn / seconds);
            }
        }
    }

    private static void write(Path directory) throws IOException {
        List<Portion> portions = new ArrayList<>();
        List<DataFile> files = new ArrayList<>();
        Random random = new Random(2);
        for (int p = 0; p < PORTIONS; p++) {
            String name = "train-" + p + ".avro";
            Path file = directory.resolve(name);
            long first;
            try (DataFileWriter<Utterance> writer = new DataFileWriter<>(new SpecificDatumWriter<>(Utterance.class))) {
                writer.setCodec(CodecFactory.nullCodec());
                writer.create(Utterance.getClassSchema(), file.toFile());
                first = writer.sync();
                for (int u = 0; u < UTTERANCES; u++) {
                    writer.append(utterance(p + "/" + u, random));
                }
            }
            long length = Files.size(file);
            long examples = (long) UTTERANCES * FRAMES;
            portions.add(new Portion(p, name, first, length - first, UTTERANCES, examples));
            files.add(new DataFile(name, length, UTTERANCES, examples));
        }
        long records = (long) PORTIONS * UTTERANCES;
        Split split = new Split(records, records * FRAMES, records, files, portions);
        DatasetManifest manifest = new DatasetManifest(
                DatasetManifest.SCHEMA_VERSION,
                "benchmark",
                "benchmark",
                2,
                MemoryDataset.Builder.speechSettings(BANDS),
                List.of("a", "b"),
                1,
                "train",
                Collections.nCopies(BANDS, 0.5),
                Collections.nCopies(BANDS, 0.1),
                Map.of("train", split));
        Files.writeString(directory.resolve(DatasetManifest.FILE_NAME), new ManifestJson().write(manifest));
    }

    private static Utterance utterance(String id, Random random) {
        ByteBuffer features = ByteBuffer.allocate(4 * FRAMES * BANDS).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer labels = ByteBuffer.allocate(4 * FRAMES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < FRAMES; i++) {
            for (int band = 0; band < BANDS; band++) {
                features.putFloat(random.nextFloat());
            }
            labels.putInt(random.nextInt(2));
        }
        return new Utterance(id, FRAMES, BANDS, features.flip(), List.of("a", "b"), labels.flip());
    }
}
