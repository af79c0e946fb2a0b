package org.distbelief.ingest.generate;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.distbelief.ingest.IngestException;

/** A local directory for generated data that holds nothing else. */
record NewFolder(Path path) {
    /**
     * Makes the directory where it is missing.
     *
     * @throws IngestException if something is there already, or the user may not write there
     */
    static NewFolder claim(Path path) throws IngestException, IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new IngestException("output: expected a directory, found a file at " + path);
        }
        try {
            Files.createDirectories(path);
        } catch (AccessDeniedException e) {
            throw new IngestException("output: no permission to make the directory " + path, e);
        }
        try (Stream<Path> content = Files.list(path)) {
            if (content.findAny().isPresent()) {
                throw new IngestException(
                        "output: " + path + " exists and is not empty; choose another path, or empty it first");
            }
        }
        return new NewFolder(path);
    }

    /** A directory inside it, made where it is missing. */
    Path inside(String name) throws IOException {
        return Files.createDirectories(path.resolve(name));
    }
}
