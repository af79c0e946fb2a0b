package org.distbelief.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.UtteranceGroup;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.ingest.BadLimit;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.IngestReport;
import org.distbelief.ingest.LabelOptions;
import org.distbelief.ingest.OutputOptions;
import org.distbelief.ingest.SplitPolicy;
import org.distbelief.ingest.generate.SpeechGenerator;
import org.distbelief.ingest.speech.Wav;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeechIngestTest {
    private static final int UTTERANCES = 24;

    @TempDir
    Path directory;

    private Harness harness;

    @BeforeEach
    void generate() throws Exception {
        harness = new Harness(directory);
        new SpeechGenerator(3).generate(directory.resolve("raw"), UTTERANCES);
    }

    @Test
    void everyFrameOfEveryRecordingComesBackOnce() throws Exception {
        IngestReport report =
                harness.run(options("out", directory.resolve("raw").toString()));

        DatasetManifest manifest = report.manifest();
        assertThat(report.read()).isEqualTo(UTTERANCES);
        assertThat(report.bad()).isZero();
        assertThat(report.ignored()).isZero();
        assertThat(manifest).isEqualTo(reader("out").manifest());
        assertThat(manifest.kind()).isEqualTo(DatasetKind.SPEECH);
        assertThat(manifest.name()).isEqualTo("out");
        assertThat(manifest.labels()).hasSizeBetween(14, 16).contains("sil", "iy");
        assertThat(manifest.classCount()).isEqualTo(3 * manifest.labels().size());
        TreeSet<String> ids = new TreeSet<>();
        double[] sums = new double[40];
        long trainFrames = 0;
        for (Map.Entry<String, Split> split : manifest.splits().entrySet()) {
            List<ExampleGroup> groups = harness.read("out", split.getKey());
            assertThat(groups).hasSize((int) split.getValue().groups());
            assertThat(groups.stream().mapToLong(ExampleGroup::exampleCount).sum())
                    .isEqualTo(split.getValue().examples());
            for (ExampleGroup group : groups) {
                UtteranceGroup utterance = (UtteranceGroup) group;
                assertThat(ids.add(utterance.id())).as(utterance.id()).isTrue();
                long samples = (Files.size(directory.resolve("raw").resolve(utterance.id())) - 44) / 2;
                assertThat(utterance.frameCount()).isEqualTo((int) (1 + (samples - 400) / 160));
                assertThat(utterance.exampleCount()).isEqualTo(utterance.frameCount());
                if (split.getKey().equals("train")) {
                    trainFrames += utterance.frameCount();
                    for (int i = 0; i < utterance.features().remaining(); i++) {
                        sums[i % 40] += utterance.features().get(i);
                    }
                }
            }
        }
        assertThat(ids).hasSize(UTTERANCES);
        for (int band = 0; band < 40; band++) {
            assertThat(manifest.mean().get(band)).isEqualTo(sums[band] / trainFrames, within(1e-6));
            assertThat(manifest.variance().get(band)).isGreaterThan(0.1);
        }
        assertThat(harness.names()).containsExactly("out", "raw");
        assertThat(harness.phases()).contains("reading input", "packing input", "publishing");
    }

    @Test
    void theBytesDependNeitherOnMappersNorOnHowTheInputComes() throws Exception {
        String raw = directory.resolve("raw").toString();
        harness.run(options("packed", raw).name("same"));
        harness.configuration().setLong(InputStager.PACK_BYTES, 200_000);
        harness.run(options("many", raw).name("same"));
        harness.configuration().setLong(InputStager.SPLIT_BYTES, 300_000);
        harness.run(options("listed", "cluster://" + raw).name("same"));
        harness.archive("raw.tar.gz", "raw");
        harness.run(options("archive", "cluster://" + raw + ".tar.gz").name("same"));
        harness.run(options("local", raw + ".tar.gz").name("same"));

        Map<String, Integer> first = harness.content("packed");
        assertThat(first).containsKeys("manifest.json", "bad-input.tsv", "train-00000-00000.avro");
        assertThat(harness.content("many")).isEqualTo(first);
        assertThat(harness.content("listed")).isEqualTo(first);
        assertThat(harness.content("archive")).isEqualTo(first);
        assertThat(harness.content("local")).isEqualTo(first);
    }

    @Test
    void anotherSeedGivesAnotherOrder() throws Exception {
        String raw = directory.resolve("raw").toString();
        harness.run(options("one", raw));
        harness.run(options("two", raw).seed(2));

        List<String> one = ids(harness.read("one", "train"));
        assertThat(one)
                .isNotEqualTo(ids(harness.read("two", "train")))
                .isNotEqualTo(one.stream().sorted().toList());
    }

    @Test
    void portionsAreCutToSizeAndSpreadOverFiles() throws Exception {
        OutputOptions layout = OutputOptions.defaults()
                .withReducers(2)
                .withFilesPerSplit(4)
                .withPortionExamples(400)
                .withMaxFileBytes(150_000);
        IngestReport report =
                harness.run(options("out", directory.resolve("raw").toString())
                        .layout(layout)
                        .splits(SplitPolicy.byShare("train=1")));

        Split train = report.manifest().split("train");
        assertThat(train.files()).hasSizeGreaterThan(3);
        for (Portion portion : train.portions()) {
            // A portion ends with the utterance that fills it; each reducer's last one may be small.
            assertThat(portion.examples()).isLessThan(400 + 330);
        }
        assertThat(train.portions().stream().filter(p -> p.examples() < 400)).hasSizeLessThanOrEqualTo(2);
        assertThat(harness.read("out", "train")).hasSize(UTTERANCES);
    }

    @Test
    void badRecordingsAreCountedAndListed() throws Exception {
        harness.file("raw/cut.wav", new Wav().samples(1, 2, 3).claiming(100).build());
        harness.file("raw/empty.wav", new byte[0]);
        harness.file(
                "raw/alone.wav",
                new Wav().header(1, 1, 16000, 16).samples(new int[500]).build());
        harness.file("raw/text.wav", "text\n".getBytes(StandardCharsets.UTF_8));
        harness.file(
                "raw/wrong.wav",
                new Wav().header(1, 1, 16000, 16).samples(new int[500]).build());
        harness.file("raw/wrong.lab", "0 1 a\n0.5 2 b\n".getBytes(StandardCharsets.UTF_8));
        harness.file("raw/README.md", "# about".getBytes(StandardCharsets.UTF_8));
        harness.file("raw/lost.lab", "0 1 a\n".getBytes(StandardCharsets.UTF_8));
        for (String input : List.of(directory.resolve("raw").toString(), "cluster://" + directory.resolve("raw"))) {
            String output = "out" + input.indexOf(':');
            IngestReport report = harness.run(options(output, input).maxBad(BadLimit.parse("20%")));

            assertThat(report.read()).isEqualTo(UTTERANCES + 5);
            assertThat(report.bad()).isEqualTo(5);
            assertThat(report.ignored()).isEqualTo(2);
            assertThat(report.badByReason()).hasSize(5).containsEntry("unlabelled", 1L);
            assertThat(Files.readAllLines(directory.resolve(output + "/bad-input.tsv")))
                    .hasSize(8)
                    .contains("bad\tempty file\tempty.wav\tthe file has no bytes")
                    .anyMatch(l -> l.startsWith("bad\tbad label file\twrong.wav\twrong.lab, line 2: expected a start"))
                    .anyMatch(l -> l.startsWith("bad\tunlabelled\talone.wav\texpected a label file beside"))
                    .anyMatch(l -> l.startsWith("bad\ttruncated\tcut.wav\tthe header promises 100 bytes"))
                    .anyMatch(l -> l.startsWith("bad\tnot what its extension says\ttext.wav\t"))
                    .anyMatch(l -> l.startsWith("ignored\t\tREADME.md\t"))
                    .contains("ignored\t\tlost.lab\ta label file that no recording uses");
        }
    }

    @Test
    void labelsFromNamesAndSplitsFromFolders() throws Exception {
        for (int i = 0; i < 12; i++) {
            String folder = i % 3 == 0 ? "test" : "train";
            harness.file("digits/" + folder + "/" + i % 4 + "_x_" + i + ".wav", tone(200 + 80 * i));
        }
        IngestReport report = harness.run(harness.options(
                        "out", directory.resolve("digits").toString())
                .labels(LabelOptions.defaults().withPattern("^(?<label>[0-9])_").withStatesPerLabel(8))
                .splits(SplitPolicy.byFolder("train,test")));

        DatasetManifest manifest = report.manifest();
        assertThat(manifest.labels()).containsExactly("0", "1", "2", "3");
        assertThat(manifest.classCount()).isEqualTo(32);
        assertThat(manifest.split("test").groups()).isEqualTo(4);
        for (ExampleGroup group : harness.read("out", "train")) {
            UtteranceGroup utterance = (UtteranceGroup) group;
            int digit = utterance.id().charAt("train/".length()) - '0';
            int frames = utterance.frameCount();
            for (int t = 0; t < frames; t++) {
                assertThat(utterance.classId(t)).isEqualTo(8 * digit + t * 8 / frames);
            }
        }
    }

    @Test
    void severalInputsKeepTheirNamesApart() throws Exception {
        harness.file("a/1_x.wav", tone(900));
        harness.file("b/1_x.wav", tone(1200));
        harness.archive("b.tar", "b");

        harness.run(harness.options(
                        "out",
                        directory.resolve("a").toString(),
                        directory.resolve("b.tar").toString())
                .labels(LabelOptions.defaults().withPattern("^(?<label>[0-9])_"))
                .splits(SplitPolicy.byShare("train=1")));

        assertThat(ids(harness.read("out", "train"))).containsExactlyInAnyOrder("a/1_x.wav", "b.tar/1_x.wav");
    }

    private IngestOptions.Builder options(String output, String input) {
        return harness.options(output, input)
                .labels(LabelOptions.defaults().withStatesPerLabel(3))
                .splits(SplitPolicy.byShare("train=0.8,test=0.2"));
    }

    private DatasetReader reader(String output) throws Exception {
        return DatasetReader.open(
                harness.configuration(), directory.resolve(output).toString());
    }

    private static List<String> ids(List<ExampleGroup> groups) {
        List<String> ids = new ArrayList<>();
        groups.forEach(g -> ids.add(((UtteranceGroup) g).id()));
        return ids;
    }

    private static byte[] tone(int samples) {
        int[] tone = new int[samples];
        for (int i = 0; i < samples; i++) {
            tone[i] = (int) (8000 * Math.sin(0.2 * i));
        }
        return new Wav().samples(tone).build();
    }
}
