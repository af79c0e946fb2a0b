package org.distbelief.container.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What loading the native library in a process of its own does. */
@Timeout(90)
class NativeLibraryTest {
    /** Prints how many native threads one large product brings into being. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            int size = 512;
            int asked = Integer.parseInt(arguments[0]);
            try (Kernels kernels = Kernels.best(asked)) {
                FloatMemory a = FloatMemory.allocate((long) size * size);
                FloatMemory c = FloatMemory.allocate((long) size * size);
                long before = threads();
                kernels.multiply(false, true, size, size, size, 1, a, size, a, size, 0, c, size);
                System.out.print(kernels.description() + ";" + (threads() - before));
            }
        }

        private static long threads() {
            // Only OpenMP's own threads: the JVM's come and go.
            try (var tasks = Files.list(Path.of("/proc/self/task"))) {
                return tasks.filter(t -> name(t).equals(name(Path.of(
                                "/proc/self/task/" + ProcessHandle.current().pid()))))
                        .count();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static String name(Path task) {
            try {
                return Files.readString(task.resolve("comm")).trim();
            } catch (IOException e) {
                return "";
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void asManyThreadsRunAsWereAskedFor(int threads) throws IOException, InterruptedException {
        assumeTrue(
                Files.isDirectory(Path.of("/proc/self/task")) && Agreement.nativeLibraryIsBuilt(),
                "skipped: this needs Linux's /proc and the native library");
        // Whatever the environment says.
        String[] out = run(2, Child.class, List.of(), Integer.toString(threads)).split(";", -1);
        assertThat(out[0]).as("threads as the kernels tell").contains(", " + threads + " thread");
        assertThat(out[1]).as("threads started beside the calling one").isEqualTo("" + (threads - 1));
    }

    /** Prints which kernels are the best. */
    static final class Chooser {
        private Chooser() {}

        public static void main(String[] arguments) {
            try (Kernels kernels = Kernels.best(1)) {
                System.out.print(kernels.description());
            }
        }
    }

    @Test
    void aMachineWithoutTheLibraryGetsThePlainKernels() throws IOException, InterruptedException {
        assertThat(run(1, Chooser.class, List.of("-Dorg.bytedeco.javacpp.platform=no-such-platform")))
                .isEqualTo("plain Java, 1 thread");
    }

    private static String run(int threads, Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("org.bytedeco.javacpp.cachedir", "")));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(OneDnnKernels.THREADS_VARIABLE, Integer.toString(threads));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return out;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aListOfNumbersMeansItsFirst() {
        assertThat(OneDnnKernels.threads("3,2", 8)).isEqualTo(3);
        assertThat(OneDnnKernels.threads(null, 8)).isEqualTo(8);
        assertThat(OneDnnKernels.threads("many", 8)).isEqualTo(8);
    }
}
