package org.distbelief.tests.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A small data set of synthetic speech on the cluster, and a job file for it. */
final class SyntheticSpeech {
    static final int EPOCHS = 12;

    private static final String JOB = """
            name: synthetic-speech
            output: models/unset
            model:
              layers:
                - fullyConnected: {units: 128, activation: sigmoid, initialisation: {glorot: {gain: 4}}}
                - fullyConnected: {units: classes}
            data: {path: %s, shuffle: 4000}
            downpour:
              epochs: %d
              warmStart: 2000
              update: {adagrad: {learningRate: 0.02}}
            shards: {count: 2, memory: 256m}
            replicas: {count: 2, memory: 512m}
            master: {memory: 384m}
            checkpoint: {interval: 2s, keep: 2}
            """;

    private final Path directory;
    private final String data;

    /** @param directory a local directory for raw data and job file */
    SyntheticSpeech(Path directory, String data) {
        this.directory = directory;
        this.data = data;
    }

    /** Generates and ingests, unless that was done before. */
    void make(Commands commands) throws IOException {
        Files.writeString(directory.resolve("job.yaml"), JOB.formatted(data, EPOCHS));
        if (!commands.exists(data)) {
            Path raw = directory.resolve("raw");
            commands.succeed("generate", "speech", "--out", raw.toString(), "--size", "120", "--seed", "5");
            commands.succeed("ingest", "--input", raw.toString(), "--output", data, "--portion-examples", "1000");
        }
    }

    String jobFile() {
        return directory.resolve("job.yaml").toString();
    }

    List<String> output(String path) {
        return List.of("output=" + path);
    }
}
