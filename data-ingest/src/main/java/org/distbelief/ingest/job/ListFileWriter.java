package org.distbelief.ingest.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes list files and cuts them into splits of many small files. */
final class ListFileWriter {
    private static final int MAX_LINES = 5000;

    private final FSDataOutputStream out;
    private final String uri;
    private final long splitBytes;
    private final JsonForm<ListedItem> form = new JsonForm<>(ListedItem.class);
    private final List<RawSplit.Part> parts = new ArrayList<>();
    private long start;
    private long bytes;
    private int lines;

    /** A split is complete with {@code splitBytes} of raw data. */
    ListFileWriter(FileSystem fileSystem, Path file, long splitBytes) throws IOException {
        this.out = fileSystem.create(file, false);
        this.uri = file.toString();
        this.splitBytes = splitBytes;
    }

    void add(ListedItem item, long rawBytes) throws IOException {
        out.write((form.write(item) + "\n").getBytes(StandardCharsets.UTF_8));
        bytes += rawBytes;
        lines++;
        if (bytes >= splitBytes || lines >= MAX_LINES) {
            cut();
        }
    }

    /** Closes the file; the splits cover all of it. */
    List<RawSplit.Part> finish() throws IOException {
        cut();
        out.close();
        return List.copyOf(parts);
    }

    private void cut() throws IOException {
        if (lines > 0) {
            parts.add(new RawSplit.Part(RawSplit.Type.LIST, uri, start, out.getPos(), bytes, ""));
            start = out.getPos();
            bytes = 0;
            lines = 0;
        }
    }
}
