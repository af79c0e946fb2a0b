package org.distbelief.appmaster.sandblaster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.distbelief.appmaster.lbfgs.Lbfgs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a coordinator needs and sends does not depend on the size of the model. */
@Timeout(180)
class LargeModelTest {
    private static final int HISTORY = 1;
    private static final int ITERATIONS = 6;
    private static final int SHARDS = 2;
    private static final int VECTORS = Lbfgs.vectors(HISTORY) + 2;
    /** Far less than a vector of the large model, and than a thousandth of it would leave room for. */
    private static final int HEAP_MIB = 12;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aCoordinatorOfAHundredMillionParametersNeedsAndSendsNoMoreThanThatOfAThousand() throws Exception {
        Map<String, Double> small = minimise(1_000);
        Map<String, Double> large = minimise(100_000_000);

        for (Map<String, Double> found : List.of(small, large)) {
            assertThat(number(found, "last")).as("%s", found).isLessThan(0.02 * number(found, "first"));
            assertThat(number(found, "bytes")).isLessThan(64 << 10);
        }
        assertThat(number(large, "bytes")).isLessThan(1.5 * number(small, "bytes"));
        assertThat(number(large, "heap")).isLessThan(number(small, "heap") + (1 << 20));
        System.out.printf("coordinator: %s with a thousand parameters, %s with a hundred million%n", small, large);
    }

    private Map<String, Double> minimise(long parameters) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(
                List.of(Integer.toString(HISTORY), Integer.toString(ITERATIONS), Long.toString(parameters)));
        List<Process> shards = new ArrayList<>();
        for (long shard = 0; shard < SHARDS; shard++) {
            long start = parameters * shard / SHARDS;
            long end = parameters * (shard + 1) / SHARDS;
            long mib = (end - start) * Float.BYTES * VECTORS * 102 / 100 / (1 << 20) + 64;
            Process process = start(
                    LargeModelShard.class,
                    mib,
                    List.of(Long.toString(shard), Long.toString(start), Long.toString(end), Integer.toString(VECTORS)));
            shards.add(process);
            arguments.add(Integer.toString((int) number(read(process, 1), "port")));
        }
        Process coordinator = start(LargeModelCoordinator.class, 8, arguments);
        Map<String, Double> found = read(coordinator, 4);
        assertThat(coordinator.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(coordinator.exitValue()).isZero();
        for (Process shard : shards) {
            shard.destroyForcibly();
            assertThat(shard.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        return found;
    }

    private static double number(Map<String, Double> found, String name) {
        return requireNonNull(found.get(name), name);
    }

    private Process start(Class<?> main, long directMib, List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MIB + "m",
                "-XX:MaxDirectMemorySize=" + directMib + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        line.addAll(arguments);
        Process process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return process;
    }

    /** Lines of a name and a number. */
    private static Map<String, Double> read(Process process, int lines) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Map<String, Double> found = new HashMap<>();
        while (found.size() < lines) {
            String text = out.readLine();
            assertThat(text).as("output of a process, so far %s", found).isNotNull();
            List<String> words = List.of(text.split(" "));
            if (words.size() == 2
                    && List.of("port", "first", "last", "bytes", "heap").contains(words.get(0))) {
                found.put(words.get(0), Double.parseDouble(words.get(1)));
            }
        }
        return found;
    }
}
