package org.distbelief.appmaster.launch;

import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a Java process in a container, in the shell's quoting. YARN replaces {@code {{JAVA_HOME}}},
 * {@code {{PWD}}} and {@code <LOG_DIR>}.
 *
 * @param mainClass class to run
 * @param memory sizes of heap and buffers
 * @param compiler how much work goes into compiling
 * @param arguments arguments of the main class
 */
public record JavaCommand(String mainClass, JvmMemory memory, Compiler compiler, List<String> arguments) {
    /** What compiles a process's methods. */
    public enum Compiler {
        /** The virtual machine's choice. */
        USUAL,
        /**
         * The fast one alone: for processes that only pass messages, which then leave others more of the processors.
         */
        FAST;

        /** What stands for it on the command line. */
        public List<String> options() {
            return this == FAST ? List.of("-XX:TieredStopAtLevel=1") : List.of();
        }
    }

    public JavaCommand {
        arguments = List.copyOf(arguments);
    }

    /** The line for the launch context. */
    public String line() {
        List<String> words = new ArrayList<>(List.of(
                "exec",
                "{{JAVA_HOME}}/bin/java",
                "-Xmx" + memory.heapMib() + "m",
                "-XX:MaxDirectMemorySize=" + memory.directMib() + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir={{PWD}}/tmp",
                "-Dorg.bytedeco.javacpp.cachedir={{PWD}}/javacpp",
                "-Ddistbelief.log.dir=<LOG_DIR>"));
        words.addAll(compiler.options());
        words.add(mainClass);
        arguments.forEach(argument -> words.add(quoted(argument)));
        words.add("1><LOG_DIR>/stdout");
        words.add("2><LOG_DIR>/stderr");
        return String.join(" ", words);
    }

    private static String quoted(String argument) {
        return argument.matches("[A-Za-z0-9_./:,=@+-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
