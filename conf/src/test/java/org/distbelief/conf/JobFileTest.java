package org.distbelief.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobFileTest {
    private static final String MINIMAL = """
            output: models/m
            data: {path: datasets/d}
            model:
              layers:
                - fullyConnected: {units: 10}
            """;

    @Test
    void fillsDefaults() {
        JobConfig config = read(MINIMAL).config();

        assertThat(config.downpour().nPush()).isEqualTo(1);
        assertThat(config.downpour().update().name()).isEqualTo("adagrad");
        assertThat(config.downpour().schedule().name()).isEqualTo("constant");
        assertThat(config.downpour().warmUp()).isZero();
        assertThat(config.downpour().stalenessScaling().name()).isEqualTo("none");
        assertThat(config.downpour().clip()).isEmpty();
        assertThat(config.shards().count()).isEqualTo(1);
        assertThat(config.shards().replication()).isEqualTo(1);
        assertThat(config.shards().memoryMib()).isEqualTo(512);
        assertThat(config.model().loss().name()).isEqualTo("softmaxCrossEntropy");
        assertThat(config.cluster().silenceTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.evaluation().split()).isEqualTo("test");
        assertThat(config.data().augment().on()).isFalse();
        assertThat(config.security().encrypt()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("exampleFiles")
    void readsTheExampleFiles(Path file) throws IOException {
        JobFile job = JobFile.read(file.getFileName().toString(), Files.readString(file), List.of());

        assertThat(job.config().model().layers()).isNotEmpty();
        assertThat(reread(job).yaml()).isEqualTo(job.yaml());
    }

    static Stream<Path> exampleFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("jobs"))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    downpour: {npush: 4}                | job.yaml:6: unknown key 'npush' in section 'downpour'; did you mean 'nPush'?
                    downpor: {nPush: 4}                 | job.yaml:6: unknown key 'downpor'; did you mean 'downpour'?
                    downpour: {nPush: 0}                | job.yaml:6: downpour.nPush: expected a whole number from 1 to 1000000, found '0'
                    downpour: {nPush: many}             | job.yaml:6: downpour.nPush: expected a whole number from 1 to 1000000, found 'many'
                    shards: {memory: 12}                | job.yaml:6: shards.memory: expected a size of at least 128 MiB, written like 512m or 2g, found '12'
                    shards: {memory: 9999999999999g}    | job.yaml:6: shards.memory: expected a size
                    shards: {replication: 0}            | job.yaml:6: shards.replication: expected a whole number from 1 to 2, found '0'
                    shards: {replication: 3}            | job.yaml:6: shards.replication: expected a whole number from 1 to 2, found '3'
                    shards: {replicas: 2}               | job.yaml:6: unknown key 'replicas' in section 'shards'; valid keys are count, replication, memory, vcores
                    replicas: {replication: 2}          | job.yaml:6: unknown key 'replication' in section 'replicas'
                    checkpoint: {interval: 3 weeks}     | job.yaml:6: checkpoint.interval: expected a time of at least 1s
                    evaluation: {enabled: perhaps}      | job.yaml:6: evaluation.enabled: expected true or false, found 'perhaps'
                    security: {encrypt: some}           | job.yaml:6: security.encrypt: expected true or false, found 'some'
                    security: {encryption: true}        | job.yaml:6: unknown key 'encryption' in section 'security'; did you mean 'encrypt'?
                    cluster: [a]                        | job.yaml:6: cluster: expected a section, found a list
                    cluster: {tags: {a: b}}             | job.yaml:6: cluster.tags: expected a list of texts, found a section
                    optimiser: lbfgs                    | job.yaml:6: optimiser: expected one of downpour, sandblaster, found 'lbfgs'
                    downpour: {update: {sgd: {}, b: {}}} | job.yaml:6: downpour.update: expected a name, or a name with its settings
                    downpour: {clip: 3, clip: 4}        | job.yaml:6: key 'clip' is given twice
                    downpour: {clip: {norm: {}, value: {}}} | job.yaml:6: downpour.clip: expected a name, or a name with its settings
                    downpour: {warmUp: -1}              | job.yaml:6: downpour.warmUp: expected a whole number from 0, found '-1'
                    downpour: {schedule: [step]}        | job.yaml:6: downpour.schedule: expected a name, or a name with its settings
                    downpour: {stalenessScaling: [none]} | job.yaml:6: downpour.stalenessScaling: expected a name, or a name with its settings
                    name:                               | job.yaml:6: name: expected a text, found nothing
                    """)
    void refusesWithTheLine(String line, String message) {
        assertThatThrownBy(() -> read(MINIMAL + line + "\n"))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesEveryProblemAtOnce() {
        assertThatThrownBy(() -> read("output: x\nmodel: {layers: []}\nseeed: 1\nseed: one\n"))
                .isInstanceOfSatisfying(
                        JobFileException.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "job.yaml:4: seed: expected a whole number from -9223372036854775808, found 'one'",
                                        "job.yaml:2: model.layers: expected a list with at least one item",
                                        "job.yaml:1: missing key 'path' in section 'data'",
                                        "job.yaml:3: unknown key 'seeed'; did you mean 'seed'?"));
    }

    @Test
    void refusesBrokenYamlAndDoubleKeysAndOtherShapes() {
        assertThatThrownBy(() -> read("model: [\n")).hasMessageContaining("job.yaml:2: not valid YAML");
        assertThatThrownBy(() -> read(MINIMAL + "output: y\n"))
                .hasMessageContaining("job.yaml:6: key 'output' is given twice");
        assertThatThrownBy(() -> read("just text")).hasMessageContaining("expected a job file with sections");
        assertThatThrownBy(() -> read("")).hasMessageContaining("missing key 'output'");
    }

    @Test
    void shardsMayHaveAStandby() {
        assertThat(read(MINIMAL + "shards: {count: 3, replication: 2}\n")
                        .config()
                        .shards()
                        .replication())
                .isEqualTo(2);
    }

    @Test
    void setReplacesAndAddsValues() {
        JobFile job = JobFile.read(
                "job.yaml",
                MINIMAL,
                List.of(
                        "downpour.nPush=4",
                        "output=elsewhere",
                        "model.layers.0.fullyConnected.units=7",
                        "downpour.update={sgd: {learningRate: 0.5}}",
                        "downpour.update.sgd.learningRate=0.25",
                        "cluster.tags=[a, b]"));

        assertThat(job.config().downpour().nPush()).isEqualTo(4);
        assertThat(job.config().output()).isEqualTo("elsewhere");
        assertThat(job.config().model().layers().get(0).read().integer("units", 1, 10))
                .isEqualTo(7);
        assertThat(job.config().downpour().update().read().number("learningRate", 0, 0, 1))
                .isEqualTo(0.25);
        assertThat(reread(job).config().cluster().tags()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    downpour.nPush             | --set downpour.nPush: expected key.path=value
                    downpour.nPusj=4           | --set downpour.nPusj: unknown key 'nPusj' in section 'downpour'; did you mean 'nPush'?
                    downpour.nPush=-1          | --set downpour.nPush: downpour.nPush: expected a whole number
                    model.layers.3.x=1         | --set model.layers.3.x: expected the index of a list item from 0 to 0, found '3'
                    """)
    void setIsCheckedLikeTheFile(String setting, String message) {
        assertThatThrownBy(() -> JobFile.read("job.yaml", MINIMAL, List.of(setting)))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void imagesAreMirroredAndShiftedWhereItIsAskedFor() {
        AugmentConfig both = augment("{mirror: true, shift: 4}");
        assertThat(both.mirror()).isTrue();
        assertThat(both.shift()).isEqualTo(4);
        assertThat(both.on()).isTrue();
        assertThat(augment("{mirror: true}").on()).isTrue();
        assertThat(augment("{shift: 1}").on()).isTrue();
        assertThat(augment("{mirror: false, shift: 0}").on()).isFalse();
        assertThat(augment("").on()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {mirror: maybe} | job.yaml:2: data.augment.mirror: expected true or false, found 'maybe'
                    {shift: -1}     | job.yaml:2: data.augment.shift: expected a whole number from 0 to 4095, found '-1'
                    {shift: 4096}   | job.yaml:2: data.augment.shift: expected a whole number from 0 to 4095, found '4096'
                    {shift: 1.5}    | job.yaml:2: data.augment.shift: expected a whole number from 0 to 4095, found '1.5'
                    {shfit: 2}      | job.yaml:2: unknown key 'shfit' in section 'data.augment'; did you mean 'shift'?
                    true            | job.yaml:2: data.augment: expected a section, found 'true'
                    """)
    void impossibleChangesOfImagesAreRefused(String settings, String message) {
        assertThatThrownBy(() -> augment(settings))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void sandblasterNeedsTheSameImagesAtEveryEvaluation() {
        String yaml = MINIMAL.replace("{path: datasets/d}", "{path: datasets/d, augment: {mirror: true}}");
        assertThatThrownBy(() -> JobFile.read("job.yaml", yaml, List.of("optimiser=sandblaster")))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("job.yaml:2: data.augment: expected no augmentation with optimiser: sandblaster");
        assertThat(JobFile.read("job.yaml", MINIMAL, List.of("optimiser=sandblaster"))
                        .config()
                        .optimiser())
                .isEqualTo(Optimiser.SANDBLASTER);
    }

    private static AugmentConfig augment(String settings) {
        String yaml = MINIMAL.replace("{path: datasets/d}", "{path: datasets/d, augment: " + settings + "}");
        return read(yaml).config().data().augment();
    }

    @Test
    void componentsRefuseUnknownSettingsAndNames() {
        ComponentConfig layer = read(MINIMAL).config().model().layers().get(0);

        assertThatThrownBy(() -> {
                    SectionReader settings = layer.read();
                    settings.integer("unit", 1, 10);
                    settings.check();
                })
                .hasMessageContaining("job.yaml:5: missing key 'unit' in section 'model.layers.0.fullyConnected'")
                .hasMessageContaining("unknown key 'units'")
                .hasMessageContaining("did you mean 'unit'?");
        assertThat(layer.unknown("layer type", List.of("fullyConnect", "pooling")))
                .hasMessageContaining(
                        "job.yaml:5: model.layers.0: unknown layer type 'fullyConnected'; did you mean 'fullyConnect'?");
    }

    private static JobFile read(String yaml) {
        return JobFile.read("job.yaml", yaml, List.of());
    }

    private static JobFile reread(JobFile job) {
        return JobFile.read("again.yaml", job.yaml(), List.of());
    }
}
