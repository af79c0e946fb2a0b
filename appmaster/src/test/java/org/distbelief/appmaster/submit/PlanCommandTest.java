package org.distbelief.appmaster.submit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.conf.ExitStatus;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.ManifestJson;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.Split;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, on data on the local disk: it needs no cluster. */
class PlanCommandTest {
    private static final String CONVOLUTION = "model.layers.0={convolution: {patch: 6, stride: 2, maps: 16}}";
    private static final String WIDE = "model.layers.2={fullyConnected: {units: 2000}}";

    @TempDir
    private Path directory;

    private record Result(int status, String out, String err) {
        /** What was printed, without the breaks of lines. */
        String words() {
            return out.replaceAll("\\s+", " ");
        }
    }

    @BeforeEach
    void data() throws IOException {
        Split split = new Split(1000, 1000, 1000, List.of(), List.of(new Portion(0, "part-0", 0, 100, 1000, 1000)));
        DatasetManifest manifest = new DatasetManifest(
                DatasetManifest.SCHEMA_VERSION,
                "pictures",
                "test",
                1,
                new ImageSettings(32, 32, 3),
                IntStream.range(0, 10).mapToObj(i -> "class" + i).toList(),
                1,
                "train",
                Collections.nCopies(3, 0.0),
                Collections.nCopies(3, 1.0),
                Map.of("train", split));
        Files.writeString(directory.resolve(DatasetManifest.FILE_NAME), new ManifestJson().write(manifest));
        Files.writeString(directory.resolve("job.yaml"), """
                name: pictures
                output: models/pictures
                model:
                  layers:
                    - locallyConnected: {patch: 6, stride: 2, maps: 16, activation: relu}
                    - locallyConnected: {patch: 4, stride: 2, maps: 32, activation: relu}
                    - fullyConnected: {units: classes}
                  loss: oneVsAllLogistic
                data: {path: "%s"}
                evaluation: {enabled: false}
                shards: {count: 2}
                """.formatted(directory.toUri()));
    }

    private Result plan(String... options) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> arguments =
                new ArrayList<>(List.of("plan", directory.resolve("job.yaml").toString()));
        arguments.addAll(List.of(options));
        int status = Main.run(
                arguments.toArray(String[]::new),
                new Configuration(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static void assertRefused(Result result, String... words) {
        assertThat(result.err()).contains(words).doesNotContain("unexpected error");
        assertThat(result.status()).isEqualTo(ExitStatus.USER_ERROR);
    }

    @Test
    void showsLayersPartitionsAndTotals() {
        Result result = plan("--partitions", "4");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.SUCCESS);
        assertThat(result.out())
                .contains("pictures: 1 model replica of 4 partitions, 2 parameter shards")
                .contains("32 x 32 x 3 inputs")
                .containsPattern("0.locallyConnected +14 x 14 x 16 +space, 2 x 2")
                .containsPattern("2.fullyConnected.sums +4 x 1 x 10 +inputs, in 4")
                .contains("3: rows 7-13 columns 7-13")
                .contains("enough: containers of replicas have 1.0 GiB");
    }

    @Test
    void countsTheProcessesOfReplicatedShards() throws IOException {
        Path file = directory.resolve("plan.json");

        Result result = plan("--set", "shards.replication=2", "--json", file.toString());

        assertThat(result.words()).contains("2 parameter shards with a standby each (4 containers)");
        JsonNode json = JsonMapper.builder().build().readTree(file.toFile());
        assertThat(json.at("/shardProcesses").asInt()).isEqualTo(4);
        assertThat(json.at("/shards/replication").asInt()).isEqualTo(2);
        assertRefused(
                plan("--set", "shards.replication=3"),
                "shards.replication: expected a whole number from 1 to 2",
                "'3'");
    }

    @Test
    void showsAllContainersOfAJobWithTheirMemory() throws IOException {
        assertThat(plan("--partitions", "4", "--set", "shards.replication=2").words())
                .contains("9 containers, 6.5 GiB: 4 for replicas (each 1.0 GiB), 4 for shards (each 512 MiB),"
                        + " 1 for the ApplicationMaster (512 MiB)");
        Path file = directory.resolve("plan.json");

        Result result = plan("--set", "optimiser=sandblaster", "--json", file.toString());

        assertThat(result.words())
                .contains("1 model replica of 1 partition, 2 parameter shards, 2 coordinators")
                .contains("6 containers, 3.0 GiB: 1 for replicas (1.0 GiB), 2 for shards (each 512 MiB),"
                        + " 2 for coordinators (each 256 MiB), 1 for the ApplicationMaster (512 MiB)")
                .doesNotContain("Note");
        JsonNode json = JsonMapper.builder().build().readTree(file.toFile());
        assertThat(json.at("/coordinators/count").asInt()).isEqualTo(2);
        assertThat(json.at("/miniBatch").asInt()).isEqualTo(256);
        assertThat(json.at("/notes")).isEmpty();
    }

    @Test
    void saysWhenABatchHasTooFewPortionsForItsReplicas() {
        assertThat(plan("--set", "optimiser=sandblaster", "--set", "replicas.count=4")
                        .words())
                .contains(
                        "Note a batch has only 1 of the data's portions, of about 1,000 examples each, for 4 replicas.")
                .contains("ingest with --portion-examples 25 or less for 10 portions for each");
        assertThat(plan("--set", "replicas.count=4").words()).doesNotContain("Note");
    }

    @Test
    void fitsTheTerminal() {
        for (String partitions : List.of("1", "2", "7", "16", "40")) {
            Result result = plan("--partitions", partitions, "--set", CONVOLUTION);
            assertThat(result.out().lines().toList()).isNotEmpty().allMatch(line -> line.length() <= 120);
        }
    }

    @Test
    void ofManyPartitionsTheExtremesAreShownAndAllAreInTheFile() throws IOException {
        Path file = directory.resolve("plan.json");

        Result result = plan("--partitions", "49", "--json", file.toString());

        assertThat(result.out()).contains("of 49 partitions: the first and the last", "Figures     " + file);
        JsonNode json = JsonMapper.builder().build().readTree(file.toFile());
        assertThat(json.at("/plan/partitions")).hasSize(49);
        assertThat(json.at("/plan/partitions/48/regions/0/top").asInt()).isEqualTo(12);
        assertThat(json.at("/replicas/partitions").asInt()).isEqualTo(49);
        assertThat(json.at("/shortage").isNull()).isTrue();
    }

    @Test
    void saysWhatIsMissing() {
        Result result = plan("--set", WIDE, "--set", "replicas.memory=260m");
        assertThat(result.status()).isEqualTo(ExitStatus.SUCCESS);
        assertThat(result.words())
                .contains("too little: a model replica needs")
                .contains("set replicas.memory to at least");
    }

    @Test
    void everyPartitionConnectsToTheShards() {
        assertThat(plan("--partitions", "1", "--set", "shards.memory=220m").words())
                .contains("enough: containers of replicas have 1.0 GiB, those of shards 220 MiB");
        assertThat(plan("--partitions", "16", "--set", "shards.memory=220m").words())
                .contains("too little: a shard of")
                .contains("set shards.memory to at least");
    }

    @Test
    void refusesMorePartitionsThanThereIsWorkFor() {
        assertRefused(plan("--partitions", "1000"), "replicas.partitions:", "cannot be cut into 1000", "use at most");
        assertRefused(plan("--partitions", "0"), "replicas.partitions", "found '0'");
    }

    @Test
    void refusesAModelThatIsTooLargeForItsShardsOrForOnePartition() {
        String large = "model.layers.2={fullyConnected: {units: 700000}}";

        assertRefused(
                plan("--set", large, "--set", "shards.count=1"),
                "shards.count: the model has 807737888 parameters",
                "expected at least 2 shards, found 1");
        assertRefused(
                plan("--set", large, "--set", "shards.count=4"),
                "replicas.partitions: partition 0 would hold",
                "2.fullyConnected.weights",
                "use more than 1 partitions");
        assertThat(plan("--set", large, "--set", "shards.count=4", "--partitions", "4")
                        .status())
                .isEqualTo(ExitStatus.SUCCESS);
    }

    @Test
    void saysAtOnceWhereHdfsDoesNotAnswer() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        Result result = plan("--set", "data.path=hdfs://localhost:" + port + "/data");

        assertThat(result.err()).contains("NameNode does not answer at localhost:" + port);
        assertThat(result.status()).isEqualTo(ExitStatus.UNAVAILABLE);
    }

    @Test
    void refusesDataThatIsNotThere() {
        assertRefused(plan("--set", "data.path=" + directory + "/nothing"), "no such data set", "/nothing");
        assertRefused(plan("--set", "data.split=dev"), "no split 'dev'");
    }
}
