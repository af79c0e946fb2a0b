package org.distbelief.paramserver.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.distbelief.paramserver.kernel.BusyWait;

/** A process of a benchmark, on processors of its own where the system can see to that. For one thread. */
public final class PinnedProcess implements AutoCloseable {
    private static final int END_SECONDS = 30;

    private final Process process;
    private final BufferedReader output;
    private final Writer input;

    private PinnedProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
        this.input = process.outputWriter();
    }

    /** Whether processes can be pinned here: there are two processors, and the program that does it. */
    public static boolean possible() {
        return taskset().isPresent();
    }

    private static Optional<String> taskset() {
        return Runtime.getRuntime().availableProcessors() < 2
                ? Optional.empty()
                : Stream.of(String.valueOf(System.getenv("PATH")).split(File.pathSeparator, -1))
                        .map(folder -> Path.of(folder, "taskset"))
                        .filter(Files::isExecutable)
                        .map(Path::toString)
                        .findFirst();
    }

    /**
     * Starts a Java process with this program's class path.
     *
     * @param processors as in "0" or "0,1"
     * @param directMib its most memory in buffers
     * @param main the class whose main runs
     */
    public static PinnedProcess start(String processors, int directMib, Class<?> main, String... arguments)
            throws IOException {
        return start(processors, directMib, List.of(), main, arguments);
    }

    /**
     * {@link #start(String, int, Class, String...)} with more options of the virtual machine.
     *
     * @param options as they stand on the command line
     */
    public static PinnedProcess start(
            String processors, int directMib, List<String> options, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        taskset().ifPresent(program -> command.addAll(List.of(program, "-c", processors)));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=" + directMib + "m",
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(main), main.getName()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        process.environment().put(BusyWait.VARIABLE, BusyWait.ROUNDS); // As a job's containers have it.
        return new PinnedProcess(process.start());
    }

    /**
     * Runs another program to its end.
     *
     * @param processors as in "0" or "0,1"
     * @return what it wrote on its standard output
     * @throws IOException where it can't be started, or its exit status is not 0
     */
    public static String output(String processors, String... program) throws IOException {
        List<String> command = new ArrayList<>();
        taskset().ifPresent(pin -> command.addAll(List.of(pin, "-c", processors)));
        command.addAll(Arrays.asList(program));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.outputWriter().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException("expected exit status 0 of " + String.join(" ", program) + ", found " + status);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + String.join(" ", program) + " ran", e);
        }
        return output;
    }

    /** This program's own, also where it was started in a way that does not put its jar on the class path. */
    private static String classPath(Class<?> main) throws IOException {
        try {
            Path own = Path.of(
                    main.getProtectionDomain().getCodeSource().getLocation().toURI());
            return own + File.pathSeparator + System.getProperty("java.class.path");
        } catch (URISyntaxException e) {
            throw new IOException("cannot tell where this program's jar is", e);
        }
    }

    /** Writes a line to the process. */
    public void tell(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /**
     * Waits for a line of the process.
     *
     * @param start how the line begins
     * @return the rest of it
     * @throws IOException where the process ends before it has written one
     */
    public String expect(String start) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(start)) {
                return line.substring(start.length());
            }
        }
        throw new IOException(
                "a process of the benchmark ended before it wrote '" + start.strip() + "'; its reason stands above");
    }

    /** Ends the process's input, and the process, if it has not ended a while after that. */
    @Override
    public void close() throws IOException {
        try {
            input.close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
