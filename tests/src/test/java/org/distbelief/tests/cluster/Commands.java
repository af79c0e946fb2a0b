package org.distbelief.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.distbelief.appmaster.hdfs.HistoryStore;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.submit.Main;

/** Runs commands as users do, and keeps what they print. */
final class Commands {
    private static final Duration GONE = Duration.ofSeconds(20);
    private static final Pattern APPLICATION = Pattern.compile("Submitted (application_\\d+_\\d+)");

    private final Configuration conf;

    Commands(Configuration conf) {
        this.conf = conf;
    }

    /**
     * What a command did.
     *
     * @param status exit status
     * @param output what it printed, both streams
     */
    record Result(int status, String output) {
        String application() {
            Matcher matcher = APPLICATION.matcher(output);
            assertThat(matcher.find()).as("an application id in: %s", output).isTrue();
            return matcher.group(1);
        }
    }

    Configuration conf() {
        return conf;
    }

    FileSystem fs() throws IOException {
        return FileSystem.get(conf);
    }

    /** Runs a command to its end. */
    Result run(String... arguments) {
        return run(conf, arguments);
    }

    /** Runs a command with another configuration. */
    Result run(Configuration other, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int status;
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            status = Main.run(arguments, new Configuration(other), out, out, false);
        }
        return new Result(status, bytes.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command that must succeed. */
    Result succeed(String... arguments) {
        Result result = run(arguments);
        assertThat(result.status())
                .as("%s:%n%s", Arrays.toString(arguments), result.output())
                .isZero();
        return result;
    }

    /** Submits a job and returns its application id at once. */
    String submit(String jobFile, List<String> settings) {
        List<String> arguments = new ArrayList<>(List.of("train", jobFile, "--detach"));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return succeed(arguments.toArray(String[]::new)).application();
    }

    /** The last words of an ended job. */
    JobSnapshot history(String application) throws IOException {
        return new HistoryStore(conf).read(application).orElseThrow();
    }

    /** Waits until a path is gone: the ApplicationMaster removes what is left after it has told YARN of the end. */
    void awaitGone(String path) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + GONE.toNanos();
        while (exists(path)) {
            assertThat(System.nanoTime()).as("%s is gone within %s", path, GONE).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    boolean exists(String path) throws IOException {
        return fs().exists(new Path(path));
    }
}
