package org.distbelief.appmaster.local;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What is remembered of a started daemon, one file each in the run directory.
 *
 * @param order its place in lists
 * @param marker a word that the daemon's command line holds and no other process's does
 * @param started when the process started, as the operating system tells it
 * @param webPage its page, or an empty string
 */
record DaemonRecord(
        String name,
        String title,
        int order,
        long pid,
        Instant started,
        String marker,
        String address,
        String webPage) {
    private static final String SUFFIX = ".daemon";

    static DaemonRecord of(DaemonSpec spec, int order, long pid, Instant started, String marker) {
        return new DaemonRecord(spec.name(), spec.title(), order, pid, started, marker, spec.address(), spec.webPage());
    }

    void write(Path run) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("name", name);
        properties.setProperty("title", title);
        properties.setProperty("order", Integer.toString(order));
        properties.setProperty("pid", Long.toString(pid));
        properties.setProperty("started", Long.toString(started.toEpochMilli()));
        properties.setProperty("marker", marker);
        properties.setProperty("address", address);
        properties.setProperty("webPage", webPage);
        try (Writer writer = Files.newBufferedWriter(file(run))) {
            properties.store(writer, "A daemon of the local cluster.");
        }
    }

    void delete(Path run) throws IOException {
        Files.deleteIfExists(file(run));
    }

    /** The port at which the daemon's clients find it. */
    int port() {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private Path file(Path run) {
        return run.resolve(name + SUFFIX);
    }

    /** All records, in their order; none if nothing was started. */
    static List<DaemonRecord> readAll(Path run) throws IOException {
        List<DaemonRecord> records = new ArrayList<>();
        if (!Files.isDirectory(run)) {
            return records;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(run, "*" + SUFFIX)) {
            for (Path file : files) {
                records.add(read(file));
            }
        }
        records.sort((a, b) -> Integer.compare(a.order, b.order));
        return records;
    }

    private static DaemonRecord read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return new DaemonRecord(
                text(file, properties, "name"),
                text(file, properties, "title"),
                (int) number(file, properties, "order"),
                number(file, properties, "pid"),
                Instant.ofEpochMilli(number(file, properties, "started")),
                text(file, properties, "marker"),
                text(file, properties, "address"),
                properties.getProperty("webPage", ""));
    }

    private static long number(Path file, Properties properties, String key) throws LocalClusterException {
        String text = text(file, properties, key);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new LocalClusterException(
                    file + ": expected a whole number for " + key + ", found '" + text + "'. " + advice(), e);
        }
    }

    private static String text(Path file, Properties properties, String key) throws LocalClusterException {
        String text = properties.getProperty(key, "").strip();
        if (text.isEmpty()) {
            throw new LocalClusterException(file + ": no value for " + key + ". " + advice());
        }
        return text;
    }

    private static String advice() {
        return "The record is damaged: end the daemon by hand if it still runs (its command line names it), then"
                + " delete the file.";
    }
}
