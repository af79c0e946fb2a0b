package org.distbelief.ingest.job;

import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.distbelief.ingest.raw.RawItem;
import org.distbelief.ingest.raw.RawItems;
import org.distbelief.ingest.raw.TarEntries;
import org.jspecify.annotations.Nullable;

/** Reads the files of one archive. */
final class ArchiveRecordReader extends RecordReader<NullWritable, RawItem> {
    private @Nullable RawItems items;
    private @Nullable FSDataInputStream stream;
    private long length;
    private @Nullable RawItem current;

    @Override
    public void initialize(InputSplit split, TaskAttemptContext context) throws IOException {
        RawSplit.Part part = ((RawSplit) split).part();
        IngestSettings settings = IngestSettings.read(context.getConfiguration());
        boolean packed = part.type() == RawSplit.Type.PACKED;
        Path path = new Path(part.uri());
        FileSystem fileSystem = path.getFileSystem(context.getConfiguration());
        length = part.bytes();
        items = RawItems.open(
                settings.roles(),
                part.prefix(),
                settings.maxRawBytes(),
                packed ? RawItems.LabelOrder.BEFORE_RECORDING : RawItems.LabelOrder.ANYWHERE,
                () -> {
                    stream = fileSystem.open(path);
                    return TarEntries.open(path.toString(), stream);
                });
    }

    @Override
    public boolean nextKeyValue() throws IOException {
        current = Objects.requireNonNull(items).next();
        return current != null;
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
    public float getProgress() throws IOException {
        return stream == null || length == 0 ? 0 : Math.min(1, (float) stream.getPos() / length);
    }

    @Override
    public void close() throws IOException {
        if (items != null) {
            items.close();
        }
    }
}
