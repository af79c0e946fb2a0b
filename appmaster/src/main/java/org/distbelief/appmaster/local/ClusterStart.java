package org.distbelief.appmaster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;

/** One start of the local cluster: launches the daemons at once and waits until all are ready or one has died. */
final class ClusterStart {
    private static final Duration FORMAT_BOUND = Duration.ofSeconds(60);
    private static final int TAIL = 12;
    private static final int REASONS = 3;

    /** A daemon that this start launched. */
    private record Launched(DaemonSpec spec, Process process, LogTail log) {}

    /** A question to the daemons, asked until nothing is lacking. */
    private record Question(String name, Supplier<Optional<String>> lacks) {}

    private final LocalClusterLayout layout;
    private final DaemonPlan plan;
    private final DaemonLauncher launcher;
    private final Readiness readiness;
    private final ClusterFacts facts;
    private final Waiting waiting;
    private final String user;
    private final Consumer<String> progress;
    private final List<Launched> launched = new CopyOnWriteArrayList<>();

    ClusterStart(
            LocalClusterLayout layout,
            DaemonPlan plan,
            DaemonLauncher launcher,
            ClusterFacts facts,
            Waiting waiting,
            String user,
            Consumer<String> progress) {
        this.layout = layout;
        this.plan = plan;
        this.launcher = launcher;
        this.readiness = new Readiness(facts);
        this.facts = facts;
        this.waiting = waiting;
        this.user = user;
        this.progress = progress;
    }

    /**
     * Launches all and returns when all are ready.
     *
     * @throws LocalClusterException if a daemon dies or the bound passes; what was launched may still run then
     */
    void run(Duration bound) throws IOException, InterruptedException {
        boolean formatted = Files.exists(formatted());
        Optional<Launched> format = formatted ? Optional.empty() : Optional.of(launch(plan.format()));
        int order = 0;
        for (DaemonSpec spec : plan.daemons()) {
            if (format.isPresent() && spec.name().equals("namenode")) {
                finishFormat(format.get());
            }
            record(launch(spec), order++);
        }
        awaitAll(bound, !Files.exists(prepared()));
    }

    private void finishFormat(Launched format) throws IOException, InterruptedException {
        if (!format.process().waitFor(FORMAT_BOUND.toSeconds(), TimeUnit.SECONDS)) {
            throw new LocalClusterException(
                    "Formatting HDFS took more than " + FORMAT_BOUND.toSeconds() + " s." + tail(format));
        }
        if (format.process().exitValue() != 0) {
            throw died(format);
        }
        launched.remove(format);
        Files.writeString(formatted(), "HDFS has been formatted.\n");
    }

    private void awaitAll(Duration bound, boolean prepare) throws IOException, InterruptedException {
        List<Question> open = questions();
        List<String> lacking = new ArrayList<>();
        boolean ready = waiting.<IOException>until(
                () -> {
                    lacking.clear();
                    failIfOneDied();
                    for (Question question : List.copyOf(open)) {
                        Optional<String> lacks = question.lacks().get();
                        lacks.ifPresent(lacking::add);
                        if (lacks.isEmpty()) {
                            open.remove(question);
                            ready(question.name(), prepare);
                        }
                    }
                    return open.isEmpty();
                },
                bound);
        if (!ready) {
            throw new LocalClusterException("The local cluster was not ready after " + bound.toSeconds()
                    + " s: still waiting for " + String.join(", ", lacking) + ". The logs are in " + layout.logs()
                    + ".");
        }
    }

    private List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        questions.add(new Question("ZooKeeper", readiness::zooKeeper));
        questions.add(new Question("HDFS", readiness::hdfs));
        questions.add(new Question("YARN", readiness::yarn));
        if (facts.historyServer()) {
            questions.add(new Question("The job history server", readiness::historyServer));
        }
        return questions;
    }

    private void ready(String name, boolean prepare) throws IOException {
        progress.accept(name + " is ready.");
        if (name.equals("HDFS") && prepare) {
            Configuration configuration = new Configuration();
            layout.addTo(configuration);
            new HdfsHome(configuration, user).prepare();
            Files.writeString(prepared(), "The directories of HDFS have been made.\n");
        }
    }

    /** Exists once a format has ended well, so that an interrupted one is done again. */
    private Path formatted() {
        return layout.data().resolve("hdfs-formatted");
    }

    private Path prepared() {
        return layout.data().resolve("hdfs-prepared");
    }

    private Launched launch(DaemonSpec spec) throws IOException {
        LogTail log = LogTail.fromNow(spec.log(layout));
        Launched one = new Launched(spec, launcher.start(spec), log);
        launched.add(one);
        return one;
    }

    private void record(Launched one, int order) throws IOException {
        ProcessHandle handle = one.process().toHandle();
        DaemonRecord.of(one.spec(), order, handle.pid(), ProcessTable.started(handle), launcher.marker(one.spec()))
                .write(layout.run());
    }

    private void failIfOneDied() throws LocalClusterException {
        for (Launched one : launched) {
            if (!one.process().isAlive()) {
                throw died(one);
            }
        }
    }

    private LocalClusterException died(Launched one) {
        return new LocalClusterException("The " + one.spec().title() + " ended with exit status "
                + one.process().exitValue() + " while the local cluster was starting." + tail(one));
    }

    private String tail(Launched one) {
        Path output = one.spec().output(layout);
        StringBuilder text = new StringBuilder();
        List<String> reasons = one.log().reasons(REASONS);
        if (!reasons.isEmpty()) {
            text.append(" It says:\n");
            reasons.forEach(line -> text.append("    ").append(line).append('\n'));
        }
        List<String> lines = new ArrayList<>(one.log().last(TAIL));
        lines.addAll(new LogTail(output, 0).last(TAIL));
        text.append(reasons.isEmpty() ? " Its last lines:\n" : "  Its last lines:\n");
        lines.forEach(line -> text.append("    ").append(line).append('\n'));
        return text.append("  The whole log: " + one.spec().log(layout) + " and " + output)
                .toString();
    }

    /** Ends at once what this start launched. May be called by another thread, when the program is interrupted. */
    void abandon() {
        launched.forEach(one -> one.process().destroyForcibly());
    }
}
