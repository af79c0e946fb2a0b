package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.distbelief.appmaster.local.LocalClusterOptions;
import org.distbelief.conf.ExitStatus;
import org.distbelief.conf.JobFile;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.generate.SpeechGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quickstart}: the whole road once, on the local cluster. */
@Command(
        name = "quickstart",
        description = "Shows the whole road in about two minutes: starts the local cluster, generates speech, ingests"
                + " it, trains on 2 shards and 2 model replicas, evaluates.",
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
    private static final String JOB = "quickstart.yaml";

    private final Session session;

    @Option(names = "--size", paramLabel = "N", description = "utterances to generate (default: ${DEFAULT-VALUE})")
    private int size = 240;

    @Option(names = "--seed", paramLabel = "N", description = "seed of everything (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    QuickstartCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, IngestException, YarnException {
        long start = System.nanoTime();
        step(1, "starting the local cluster");
        ClusterCommand.cluster(session, LocalClusterOptions.defaults())
                .start(session.out()::println)
                .lines()
                .forEach(session.out()::println);
        Configuration conf = new Configuration(session.conf());
        session.local().addTo(conf);
        Session here = session.with(conf);
        String folder = "quickstart/"
                + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now(ZoneId.systemDefault()));
        Path raw = session.local().root().resolve(folder).resolve("speech");

        step(2, "generating " + size + " utterances of synthetic speech in " + raw);
        Files.createDirectories(raw.getParent());
        new SpeechGenerator(seed).generate(raw, size);

        step(3, "ingesting them with MapReduce");
        String data = folder + "/dataset";
        IngestCommand.run(
                here,
                IngestOptions.builder(List.of(raw.toUri().toString()), data)
                        .seed(seed)
                        .jobJar(here.jobJar().toString())
                        .build());

        step(4, "training on YARN with 2 shards and 2 model replicas");
        String output = folder + "/job";
        JobFile job = JobFile.read(JOB, jobText(), List.of("data.path=" + data, "output=" + output, "seed=" + seed));
        try (YarnClient yarn = here.yarn()) {
            int status = new JobRunner(here, yarn).run(new Preflight(conf).train(job, false), false, false);
            if (status != ExitStatus.SUCCESS) {
                return status;
            }
            step(5, "evaluating the trained model on held-out data, as a job of its own");
            Submission evaluation = new Preflight(conf).evaluate(output, data, List.of("replicas.count=1"));
            status = new JobRunner(here, yarn).run(evaluation, false, false);
            if (status != ExitStatus.SUCCESS) {
                return status;
            }
        }
        session.out().println();
        session.out()
                .println("Done in " + ClusterCommand.took((System.nanoTime() - start) / 1_000_000)
                        + ". The cluster goes on running; stop it with: bin/distbelief cluster stop");
        return ExitStatus.SUCCESS;
    }

    private void step(int number, String what) {
        session.out().println();
        session.out().println("[" + number + "/5] " + what);
    }

    private static String jobText() throws IOException {
        try (InputStream in = QuickstartCommand.class.getResourceAsStream(JOB)) {
            if (in == null) {
                throw new IOException(JOB + " is missing in the job jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
