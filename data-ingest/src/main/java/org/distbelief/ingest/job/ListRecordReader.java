package org.distbelief.ingest.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.security.AccessControlException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.RawFile;
import org.distbelief.ingest.raw.RawItem;
import org.jspecify.annotations.Nullable;

/** Reads the files named in some lines of a list file. */
final class ListRecordReader extends RecordReader<NullWritable, RawItem> {
    private final JsonForm<ListedItem> form = new JsonForm<>(ListedItem.class);
    private @Nullable Configuration configuration;
    private String list = "";
    private String[] lines = {};
    private int maxRawBytes;
    private int at;
    private @Nullable RawItem current;

    @Override
    public void initialize(InputSplit split, TaskAttemptContext context) throws IOException {
        configuration = context.getConfiguration();
        maxRawBytes = IngestSettings.read(configuration).maxRawBytes();
        RawSplit.Part part = ((RawSplit) split).part();
        list = part.uri();
        Path path = new Path(part.uri());
        byte[] bytes = new byte[Math.toIntExact(part.to() - part.from())];
        try (FSDataInputStream in = path.getFileSystem(configuration).open(path)) {
            in.readFully(part.from(), bytes);
        }
        lines = new String(bytes, StandardCharsets.UTF_8).split("\n", 0);
    }

    @Override
    public boolean nextKeyValue() throws IOException {
        if (at == lines.length) {
            current = null;
            return false;
        }
        current = item(form.read(lines[at++], list));
        return true;
    }

    private RawItem item(ListedItem listed) throws IOException {
        if (listed.uri() == null) {
            String detail = Objects.requireNonNullElse(listed.detail(), "");
            return listed.reason() == null
                    ? new RawItem.Ignored(listed.path(), detail)
                    : new RawItem.Rejected(listed.path(), listed.reason(), detail);
        }
        try {
            return read(listed, new Path(listed.uri()), Objects.requireNonNull(configuration));
        } catch (AccessControlException e) {
            return new RawItem.Rejected(listed.path(), BadReason.UNREADABLE, "no permission to read it");
        } catch (FileNotFoundException e) {
            return new RawItem.Rejected(listed.path(), BadReason.UNREADABLE, "it has gone since the input was listed");
        }
    }

    private RawItem read(ListedItem listed, Path path, Configuration configuration) throws IOException {
        FileSystem fileSystem = path.getFileSystem(configuration);
        FileStatus status = fileSystem.getFileStatus(path);
        if (status.getLen() > maxRawBytes) {
            return new RawItem.Rejected(
                    listed.path(),
                    BadReason.TOO_LARGE,
                    "expected at most " + maxRawBytes + " bytes, found " + status.getLen());
        }
        RawFile labels = null;
        if (listed.labelUri() != null && listed.labelPath() != null) {
            Path labelPath = new Path(listed.labelUri());
            labels = new RawFile(listed.labelPath(), read(labelPath.getFileSystem(configuration), labelPath));
        }
        return new RawItem.Present(new RawFile(listed.path(), read(fileSystem, path)), labels);
    }

    private static byte[] read(FileSystem fileSystem, Path path) throws IOException {
        try (FSDataInputStream in = fileSystem.open(path)) {
            return in.readAllBytes();
        }
    }

    @Override
    public NullWritable getCurrentKey() {
        return NullWritable.get();
    }

    @Override
    public RawItem getCurrentValue() {
        return Objects.requireNonNull(current);
    }

    @Override
    public float getProgress() {
        return lines.length == 0 ? 1 : (float) at / lines.length;
    }

    @Override
    public void close() {}
}
