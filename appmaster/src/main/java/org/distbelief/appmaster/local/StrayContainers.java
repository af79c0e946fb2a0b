package org.distbelief.appmaster.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Containers that outlived their NodeManager, as they do when it is killed. A process is one of them only if it works
 * in a container's directory below this cluster's data and YARN's container id is in its environment.
 */
final class StrayContainers {
    private static final Path PROC = Path.of("/proc");
    private static final String VARIABLE = "CONTAINER_ID=container_";

    private final Path data;

    /** @param data where the NodeManagers keep what they store */
    StrayContainers(Path data) {
        this.data = data;
    }

    /** The processes that are left; none where the system does not tell processes' directories. */
    List<ProcessHandle> find() {
        if (!Files.isDirectory(PROC)) {
            return List.of();
        }
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> isContainer(process.pid())).toList();
        }
    }

    private boolean isContainer(long pid) {
        Path process = PROC.resolve(Long.toString(pid));
        try {
            return isContainerDirectory(Files.readSymbolicLink(process.resolve("cwd")))
                    && Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                            .contains(VARIABLE);
        } catch (IOException goneOrForeign) {
            return false;
        }
    }

    /** Whether a directory is one in which a container of this cluster works. */
    boolean isContainerDirectory(Path directory) {
        if (!directory.startsWith(data)) {
            return false;
        }
        for (Path name : data.relativize(directory)) {
            if (name.toString().startsWith("container_")) {
                return true;
            }
        }
        return false;
    }
}
