package org.distbelief.ingest.job;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestOptions;
import org.distbelief.ingest.IngestReport;

/** Runs ingests with MapReduce's local runner in a directory of the test's own. */
final class Harness {
    private final Path directory;
    private final Configuration configuration = new Configuration();
    private final Set<String> phases = new LinkedHashSet<>();

    Harness(Path directory) {
        this.directory = directory;
        configuration.set("mapreduce.framework.name", "local");
        configuration.set("fs.defaultFS", "file:///");
        configuration.set("hadoop.tmp.dir", directory.resolve("tmp").toString());
        configuration.set("fs.cluster.impl", ClusterFileSystem.class.getName());
        configuration.setInt("mapreduce.task.io.sort.mb", 8);
    }

    Configuration configuration() {
        return configuration;
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    IngestOptions.Builder options(String output, String... inputs) {
        return IngestOptions.builder(List.of(inputs), path(output).toString());
    }

    IngestReport run(IngestOptions.Builder options) throws IngestException, IOException, InterruptedException {
        return new Ingest().run(configuration, options.build(), (phase, fraction) -> phases.add(phase));
    }

    Set<String> phases() {
        return phases;
    }

    Path file(String name, byte[] content) throws IOException {
        Path file = path(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    /** All records of a split, portion by portion. */
    List<ExampleGroup> read(String output, String split) throws IOException {
        DatasetReader reader = DatasetReader.open(configuration, path(output).toString());
        List<ExampleGroup> groups = new ArrayList<>();
        for (Portion portion : reader.manifest().split(split).portions()) {
            int before = groups.size();
            try (PortionRecords records = reader.open(portion)) {
                for (ExampleGroup group = records.next(); group != null; group = records.next()) {
                    groups.add(group);
                }
            }
            long examples = groups.subList(before, groups.size()).stream()
                    .mapToLong(ExampleGroup::exampleCount)
                    .sum();
            if (groups.size() - before != portion.records() || examples != portion.examples()) {
                throw new IOException(portion + " gave " + (groups.size() - before) + " records, " + examples);
            }
        }
        return groups;
    }

    /** The content of every visible file. */
    Map<String, Integer> content(String output) throws IOException {
        Map<String, Integer> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(path(output))) {
            for (Path file : files.sorted().toList()) {
                if (!file.getFileName().toString().startsWith(".")) {
                    content.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        }
        return content;
    }

    /** Names in the test's directory: nothing of an ingest may stay there but its output. */
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> !n.equals("tmp"))
                    .sorted()
                    .toList();
        }
    }

    /** Packs a directory, sorted backwards. */
    Path archive(String name, String folder) throws IOException {
        Path archive = path(name);
        try (Stream<Path> files = Files.walk(path(folder));
                OutputStream out = Files.newOutputStream(archive);
                TarArchiveOutputStream tar =
                        new TarArchiveOutputStream(name.endsWith(".tar") ? out : new GzipCompressorOutputStream(out))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                if (Files.isRegularFile(file)) {
                    byte[] content = Files.readAllBytes(file);
                    TarArchiveEntry entry =
                            new TarArchiveEntry(path(folder).relativize(file).toString());
                    entry.setSize(content.length);
                    tar.putArchiveEntry(entry);
                    tar.write(content);
                    tar.closeArchiveEntry();
                }
            }
        }
        return archive;
    }
}
