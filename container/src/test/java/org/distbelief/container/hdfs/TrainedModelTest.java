package org.distbelief.container.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.container.InProcessShards;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.TestJobs;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.ScoringReader;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.UtteranceGroup;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.hdfs.VectorFiles;
import org.distbelief.paramserver.rule.Sgd;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.storage.SavedFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedModelTest {
    private static final long SEED = 4;

    @TempDir
    Path folder;

    private final Configuration configuration = new Configuration();
    private final SyntheticSpeech data = new SyntheticSpeech(3, 2, 1);
    private final ModelDescription description = ModelDescription.of(
            TestJobs.job(
                    "softmaxCrossEntropy",
                    List.of("fullyConnected: {units: 8, activation: tanh}", "fullyConnected: {units: 9}"),
                    List.of("data.context=2")),
            data.manifest());

    @BeforeEach
    void useLocalFiles() {
        configuration.set("fs.defaultFS", "file:///");
    }

    private String write() throws IOException {
        String directory = folder.resolve("model").toUri().toString();
        ModelDirectory model = new ModelDirectory(configuration, directory);
        VectorFiles files = new VectorFiles(configuration);
        List<SavedFile> saved = new ArrayList<>();
        for (ParameterShard shard :
                new InProcessShards(description.layout(), 2, new Sgd(0.1), SEED, Duration.ofSeconds(1)).shards()) {
            saved.add(files.write(model.parameters(), "job", shard, List.of(VectorName.PARAMETERS)));
        }
        files.commit(model.parameters(), description.layout().size(), saved);
        model.write(description);
        return directory;
    }

    @Test
    void predictsWhatTheReplicaPredicts() throws Exception {
        UtteranceGroup utterance = utterance();
        float[][] frames = new float[utterance.frameCount()][SyntheticSpeech.BANDS];
        for (int t = 0; t < frames.length; t++) {
            utterance.features().get(t * SyntheticSpeech.BANDS, frames[t]);
        }
        ModelReplica replica = ModelReplica.forScoring(description.model(), new PlainKernels(), 64);
        replica.parameters().initialise(description.model(), SEED);
        MiniBatch batch = replica.newBatch();
        int size;
        BlockDecoder decoder = new BlockDecoder(description, data.manifest());
        try (ScoringReader reader =
                ScoringReader.open(data, data.split().portions().get(0), decoder)) {
            size = reader.next(batch);
        }
        FloatMemory expected = replica.predict(batch);

        try (TrainedModel model = TrainedModel.open(configuration, write())) {
            float[][] found = model.predict(frames);

            assertThat(found).hasDimensions(frames.length, 6);
            // The first frame of each utterance here is context only.
            for (int i = 0; i < Math.min(size, frames.length - 1); i++) {
                for (int c = 0; c < 6; c++) {
                    assertThat(found[i + 1][c]).isCloseTo(expected.get(c * size + i), within(1e-5f));
                }
            }
            assertThat(model.className(3)).isEqualTo("wordb/1");
            assertThat(TrainedModel.argmax(new float[] {1, 3, 3})).isEqualTo(1);
            assertThat(model.predict(new float[0][])).isEmpty();
            assertThatThrownBy(() -> model.predict(new float[1][5]))
                    .hasMessageContaining("row 0: expected 6 numbers, found 5");
        }
    }

    private UtteranceGroup utterance() throws IOException {
        try (PortionRecords records = data.open(data.split().portions().get(0))) {
            ExampleGroup first = records.next();
            assertThat(first).isInstanceOf(UtteranceGroup.class);
            return (UtteranceGroup) Objects.requireNonNull(first);
        }
    }

    @Test
    void showsItsParametersByName() throws Exception {
        try (TrainedModel model = TrainedModel.open(configuration, write())) {
            assertThat(model.blocks()).hasSize(4).startsWith("0.fullyConnected.weights");
            assertThat(model.block("1.fullyConnected.biases")).hasSize(9).containsOnly(0);
            assertThat(model.block("0.fullyConnected.weights")[5])
                    .isEqualTo(description
                            .layout()
                            .blocks()
                            .get(0)
                            .initialisation()
                            .at(SEED, 5));
            assertThatThrownBy(() -> model.block("weights")).hasMessageContaining("0.fullyConnected.weights");
        }
    }

    @Test
    void saysWhatIsMissingOrDamaged() throws Exception {
        String nothing = folder.resolve("nothing").toUri().toString();
        assertThatThrownBy(() -> TrainedModel.open(configuration, nothing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no trained model at")
                .hasMessageContaining("expected a model.json there");

        String directory = write();
        Path shard = folder.resolve("model/parameters/shard-00001.f32");
        byte[] bytes = Files.readAllBytes(shard);
        bytes[40] ^= 1;
        Files.delete(folder.resolve("model/parameters/.shard-00001.f32.crc"));
        Files.write(shard, bytes);
        assertThatThrownBy(() -> TrainedModel.open(configuration, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("shard-00001.f32");
    }

    @Test
    void aDescriptionIsNotOverwritten() throws Exception {
        String directory = write();
        assertThatThrownBy(() -> new ModelDirectory(configuration, directory).write(description))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is there already");
    }
}
