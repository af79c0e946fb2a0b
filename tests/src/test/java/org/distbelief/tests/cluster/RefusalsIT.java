package org.distbelief.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.UserGroupInformation;
import org.distbelief.conf.ExitStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is said clearly, before anything is submitted, with an exit status that is not 0. */
@ExtendWith(ClusterExtension.class)
@Timeout(300)
class RefusalsIT {
    private static final String DATA = "datasets/synthetic";

    private final Commands commands;

    @TempDir
    Path directory;

    private SyntheticSpeech speech = new SyntheticSpeech(Path.of(""), DATA);

    RefusalsIT(Commands commands) {
        this.commands = commands;
    }

    @BeforeEach
    void ingest() throws Exception {
        speech = new SyntheticSpeech(directory, DATA);
        speech.make(commands);
    }

    @Test
    void noSuchInput() {
        Commands.Result result = commands.run("ingest", "--input", "/no/such/place", "--output", "datasets/none");

        assertRefused(result, "no such input", "/no/such/place");
    }

    @Test
    void emptyInput() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertRefused(
                commands.run("ingest", "--input", empty.toUri().toString(), "--output", "datasets/none"),
                "empty input");
        assertThat(commands.exists("datasets/none")).isFalse();
    }

    @Test
    void outputThatExists() throws IOException {
        Path raw = Files.createDirectory(directory.resolve("some"));
        Files.writeString(raw.resolve("a.wav"), "not a recording");
        assertRefused(commands.run("ingest", "--input", raw.toString(), "--output", DATA), DATA, "exists already");

        commands.fs().mkdirs(new org.apache.hadoop.fs.Path("models/taken"));
        assertRefused(train("output=models/taken"), "the output exists", "models/taken", "--resume");
    }

    @Test
    void tooMuchBadInput() throws IOException {
        Path raw = Files.createDirectory(directory.resolve("bad"));
        Files.writeString(raw.resolve("a.wav"), "not a recording");

        assertRefused(commands.run("ingest", "--input", raw.toString(), "--output", "datasets/none"), "a.wav");
        assertThat(commands.exists("datasets/none")).isFalse();
    }

    @Test
    void unknownKeyAndImpossibleValue() {
        assertRefused(train("downpour.nPusch=4"), "unknown key 'nPusch'", "did you mean 'nPush'?");
        assertRefused(train("model.layers.0.fullyConnected.units=0"), "units", "from 1 to", "found '0'");
        assertRefused(train("downpour.update={adgrad: {}}"), "unknown update rule 'adgrad'", "'adagrad'");
        assertRefused(train("downpour.clip={norm: {limit: 0}}"), "downpour.clip.norm.limit", "found '0'");
        assertRefused(
                train("downpour.consistency={synchronous: {backups: 7}}"),
                "downpour.consistency: expected fewer backups than replicas",
                "found 7 backups");
        assertRefused(train("downpour.schedule=stepp"), "unknown learning-rate schedule 'stepp'", "'step'");
        assertRefused(train("model.layers.1.fullyConnected.units=3"), "classes", "found 3 units");
    }

    @Test
    void memoryBeyondTheClustersOrBelowTheNeed() {
        assertRefused(train("replicas.memory=900g"), "replicas.memory: 921600 MiB", "at most 4096 MiB");
        assertRefused(train("replicas.memory=128m"), "a model replica needs", "set replicas.memory to at least");
        assertRefused(train("shards.memory=128m"), "a shard of", "set shards.memory to at least");
    }

    @Test
    void pathWithoutPermission() throws Exception {
        org.apache.hadoop.fs.Path closed = new org.apache.hadoop.fs.Path("/closed");
        commands.fs().mkdirs(closed);
        commands.fs().setPermission(closed, new FsPermission((short) 0700));
        commands.fs().mkdirs(new org.apache.hadoop.fs.Path("/user/mallory"));
        commands.fs().setOwner(new org.apache.hadoop.fs.Path("/user/mallory"), "mallory", "people");
        org.apache.hadoop.fs.Path data = commands.fs().makeQualified(new org.apache.hadoop.fs.Path(DATA));
        UserGroupInformation mallory = UserGroupInformation.createUserForTesting("mallory", new String[] {"people"});

        Commands.Result result = mallory.doAs((java.security.PrivilegedExceptionAction<Commands.Result>)
                () -> train("output=/closed/model", "data.path=" + data));

        assertRefused(result, "no permission", "/closed/model");
        FileSystem.closeAllForUGI(mallory);
    }

    @Test
    void zooKeeperThatDoesNotAnswer() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        Commands.Result result = train("cluster.zookeeper=localhost:" + port);

        assertThat(result.output()).contains("ZooKeeper at localhost:" + port, "did not answer within");
        assertThat(result.status()).isEqualTo(ExitStatus.UNAVAILABLE);
    }

    @Test
    void clusterThatDoesNotRun() throws IOException {
        Configuration nowhere = commands.conf();
        try (ServerSocket socket = new ServerSocket(0)) {
            FileSystem.setDefaultUri(nowhere, "hdfs://localhost:" + socket.getLocalPort());
        }

        Commands.Result result = commands.run(nowhere, "train", speech.jobFile());

        assertThat(result.output()).contains("the cluster is not running", "bin/distbelief cluster start");
        assertThat(result.status()).isEqualTo(ExitStatus.UNAVAILABLE);
    }

    @Test
    void missingFilesAndUnknownApplications() {
        assertRefused(commands.run("train", "no-such.yaml"), "no such job file", "no-such.yaml");
        assertRefused(train("data.path=datasets/nothing"), "no such data set", "datasets/nothing");
        assertRefused(train("evaluation.split=dev"), "no split 'dev'", "train, test");
        assertRefused(commands.run("evaluate", "--model", "models/nothing", "--data", DATA), "no model in");
        assertRefused(commands.run("status", "application_1_0001"), "no such application");
        assertRefused(commands.run("status", "job_1"), "expected an application id");
        assertRefused(
                commands.run("train", speech.jobFile(), "--resume", "--set", "output=models/never"),
                "nothing to resume");
        assertThat(commands.run("trian").status()).isEqualTo(ExitStatus.USER_ERROR);
        assertRefused(commands.run("bench", "layers", "--threads", "0"), "expected --threads from 1 to 1024, found 0");
    }

    @Test
    void theFileSystemShellIsAtHand() {
        assertThat(commands.succeed("fs", "-test", "-d", DATA).output()).isEmpty();
        assertThat(commands.run("fs", "-test", "-d", "no/such/directory").status())
                .isNotZero();
    }

    private Commands.Result train(String... settings) {
        String[] arguments = new String[2 + 2 * settings.length + 2];
        arguments[0] = "train";
        arguments[1] = speech.jobFile();
        arguments[2] = "--set";
        arguments[3] = "output=models/refused";
        for (int i = 0; i < settings.length; i++) {
            arguments[4 + 2 * i] = "--set";
            arguments[5 + 2 * i] = settings[i];
        }
        return commands.run(arguments);
    }

    private static void assertRefused(Commands.Result result, String... words) {
        assertThat(result.output()).contains(words);
        assertThat(result.status()).isEqualTo(ExitStatus.USER_ERROR);
    }
}
