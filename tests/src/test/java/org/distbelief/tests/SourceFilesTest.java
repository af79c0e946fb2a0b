package org.distbelief.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can only be seen in the sources: their length, and things put off for later. */
class SourceFilesTest {
    private static final int LONGEST = 400;
    private static final Pattern PUT_OFF = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

    private final Path root = repositoryRoot();

    @Test
    void noFileIsLongerThanFourHundredLines() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : mainSources()) {
            int lines = Files.readAllLines(file).size();
            if (lines > LONGEST) {
                tooLong.add(root.relativize(file) + ": " + lines + " lines");
            }
        }
        assertThat(tooLong).as("files out of which something wants to come").isEmpty();
    }

    @Test
    void nothingIsPutOffForLater() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : mainSources()) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (PUT_OFF.matcher(lines.get(i)).find()) {
                    found.add(root.relativize(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
                }
            }
        }
        assertThat(found).as("marks of unfinished work").isEmpty();
    }

    /** Every Java file below a {@code src/main} of a module that was written by hand. */
    private List<Path> mainSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path main : folders.map(folder -> folder.resolve("src/main"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(main)) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.toString().contains("/gen/"))
                            .forEach(sources::add);
                }
            }
        }
        assertThat(sources).as("Java files below %s", root).hasSizeGreaterThan(50);
        return sources;
    }

    private static Path repositoryRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("avro-schemas")) || !Files.isDirectory(folder.resolve("conf"))) {
            folder = Objects.requireNonNull(
                    folder.getParent(),
                    "run the tests inside the repository: no folder above has conf/ and avro-schemas/");
        }
        return folder;
    }
}
