package org.distbelief.ingest.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Reducer;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.dataset.avro.Utterance;
import org.distbelief.ingest.image.ImageBatchMaker;
import org.distbelief.ingest.raw.BadReason;
import org.jspecify.annotations.Nullable;

/** Takes records in the order of the shuffle, batches images, and passes on what was bad. */
final class IngestReducer extends Reducer<ShuffleKey, ShuffleValue, NullWritable, PartRecord> {
    private static final class Batcher {
        private final ImageBatchMaker maker;
        private final ImageSettings settings;
        private final List<List<ImageBatch>> pending = new ArrayList<>();

        Batcher(IngestSettings settings, ImageSettings images) {
            this.settings = images;
            this.maker = new ImageBatchMaker(images, settings.splitFolders());
            settings.splits().names().forEach(name -> pending.add(new ArrayList<>()));
        }
    }

    private final RecordEncoder<Utterance> utterances = new RecordEncoder<>(Utterance.getClassSchema());
    private final RecordEncoder<ImageBatch> images = new RecordEncoder<>(ImageBatch.getClassSchema());
    private @Nullable IngestSettings settings;
    private @Nullable Batcher batcher;

    @Override
    protected void setup(Context context) throws IOException {
        IngestSettings read = IngestSettings.read(context.getConfiguration());
        settings = read;
        batcher = read.features() instanceof ImageSettings sized ? new Batcher(read, sized) : null;
    }

    @Override
    protected void reduce(ShuffleKey key, Iterable<ShuffleValue> values, Context context)
            throws IOException, InterruptedException {
        ShuffleValue first = null;
        for (ShuffleValue value : values) {
            // Of several files with one path the same one is taken, in whatever order they come.
            ShuffleValue other = null;
            if (first == null) {
                first = value.copy();
            } else if (value.compareTo(first) < 0) {
                other = first;
                first = value.copy();
            } else {
                other = value;
            }
            if (other != null) {
                repeated(key.path(), other, context);
            }
        }
        ShuffleValue value = Objects.requireNonNull(first);
        switch (value.type()) {
            case RECORD -> record(value, context);
            case BAD -> report(context, true, value.reason(), key.path(), value.detail());
            case IGNORED -> report(context, false, "", key.path(), value.detail());
        }
    }

    private void repeated(String path, ShuffleValue value, Context context) throws IOException, InterruptedException {
        if (value.type() == ShuffleValue.Type.RECORD) {
            BadReason reason = BadReason.DUPLICATE;
            context.getCounter(IngestCounters.GROUP, IngestCounters.BAD + reason.text())
                    .increment(1);
            report(context, true, reason.text(), path, "another file of this path was taken");
        } else {
            report(context, value.type() == ShuffleValue.Type.BAD, value.reason(), path, value.detail());
        }
    }

    private void record(ShuffleValue value, Context context) throws IOException, InterruptedException {
        if (batcher == null) {
            utterance(value, context);
            return;
        }
        List<ImageBatch> batch = batcher.pending.get(value.split());
        batch.add(images.decode(value.record()));
        if (batch.size() == Objects.requireNonNull(settings).imagesPerRecord()) {
            flush(value.split(), context);
        }
    }

    private void utterance(ShuffleValue value, Context context) throws IOException, InterruptedException {
        Utterance utterance = utterances.decode(value.record());
        Moments moments = new Moments(utterance.getDimension());
        moments.addRows(
                utterance.getFeatures().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer(), utterance.getFrameCount());
        ByteBuffer labels = utterance.getLabels().order(ByteOrder.LITTLE_ENDIAN);
        long labelled = 0;
        while (labels.hasRemaining()) {
            labelled += labels.getInt() >= 0 ? 1 : 0;
        }
        context.write(
                NullWritable.get(),
                new PartRecord.Examples(
                        value.split(),
                        new EncodedRecord(value.record()),
                        labelled,
                        1,
                        utterance.getLabelNames(),
                        moments));
    }

    private void flush(int split, Context context) throws IOException, InterruptedException {
        Batcher used = Objects.requireNonNull(batcher);
        List<ImageBatch> batch = used.pending.get(split);
        if (batch.isEmpty()) {
            return;
        }
        ImageBatch joined = used.maker.join(batch);
        Moments moments = new Moments(used.settings.channels());
        moments.addPixels(joined.getPixels());
        context.write(
                NullWritable.get(),
                new PartRecord.Examples(
                        split,
                        new EncodedRecord(images.encode(joined)),
                        batch.size(),
                        batch.size(),
                        joined.getLabelNames(),
                        moments));
        batch.clear();
    }

    private static void report(Context context, boolean bad, String reason, String path, String detail)
            throws IOException, InterruptedException {
        context.write(NullWritable.get(), new PartRecord.Reported(bad, reason, path, detail));
    }

    @Override
    protected void cleanup(Context context) throws IOException, InterruptedException {
        if (batcher != null) {
            for (int split = 0; split < batcher.pending.size(); split++) {
                flush(split, context);
            }
        }
    }
}
