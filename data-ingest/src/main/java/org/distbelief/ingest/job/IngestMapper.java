package org.distbelief.ingest.job;

import java.io.IOException;
import java.util.Objects;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.mapreduce.Mapper;
import org.distbelief.dataset.DatasetKind;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.dataset.avro.Utterance;
import org.distbelief.ingest.image.ImageBatchMaker;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.Picture;
import org.distbelief.ingest.raw.RawData;
import org.distbelief.ingest.raw.RawFormats;
import org.distbelief.ingest.raw.RawItem;
import org.distbelief.ingest.raw.Recording;
import org.distbelief.ingest.select.SeededHash;
import org.distbelief.ingest.select.SplitChooser;
import org.distbelief.ingest.speech.UtteranceMaker;
import org.jspecify.annotations.Nullable;

/** Decodes each raw file and makes its record, or says why there is none. */
final class IngestMapper extends Mapper<NullWritable, RawItem, ShuffleKey, ShuffleValue> {
    /** What is made once for all files of this mapper. */
    private static final class Tools {
        private final IngestSettings settings;
        private final RawFormats formats = RawFormats.load();
        private final SeededHash hash;
        private final SplitChooser splits;
        private final RecordEncoder<Utterance> utterances = new RecordEncoder<>(Utterance.getClassSchema());
        private final RecordEncoder<ImageBatch> images = new RecordEncoder<>(ImageBatch.getClassSchema());
        private final @Nullable UtteranceMaker utteranceMaker;
        private final @Nullable ImageBatchMaker imageMaker;

        Tools(IngestSettings settings) {
            this.settings = settings;
            this.hash = new SeededHash(settings.seed(), "shuffle");
            this.splits = new SplitChooser(settings.splits(), settings.seed());
            this.utteranceMaker = settings.features() instanceof SpeechSettings speech
                    ? new UtteranceMaker(speech, settings.labels())
                    : null;
            this.imageMaker = settings.features() instanceof ImageSettings images
                    ? new ImageBatchMaker(images, settings.splitFolders())
                    : null;
        }
    }

    private @Nullable Tools tools;

    @Override
    protected void setup(Context context) throws IOException {
        tools = new Tools(IngestSettings.read(context.getConfiguration()));
    }

    @Override
    protected void map(NullWritable key, RawItem item, Context context) throws IOException, InterruptedException {
        Tools used = Objects.requireNonNull(tools);
        ShuffleKey place = new ShuffleKey(used.hash.hash(item.path()), item.path());
        if (item instanceof RawItem.Ignored ignored) {
            count(context, IngestCounters.IGNORED, 1);
            context.write(place, ShuffleValue.ignored(ignored.detail()));
            return;
        }
        boolean speech = used.settings.kind() == DatasetKind.SPEECH;
        count(context, speech ? IngestCounters.RECORDINGS : IngestCounters.IMAGES, 1);
        if (item instanceof RawItem.Rejected rejected) {
            reject(context, place, rejected.reason(), rejected.detail());
        } else if (item instanceof RawItem.Present present) {
            try {
                context.write(place, record(used, present, context));
            } catch (BadInputException e) {
                reject(context, place, e.reason(), e.detail());
            } catch (RuntimeException e) {
                throw new IOException(item.path() + ": this file brings the ingest down: " + e, e);
            }
        }
        context.progress();
    }

    private static ShuffleValue record(Tools tools, RawItem.Present item, Context context)
            throws BadInputException, IOException {
        int split = tools.splits.choose(item.path());
        RawData data = tools.formats.decode(item.file(), tools.settings.kind());
        if (data instanceof Recording recording && tools.utteranceMaker != null) {
            Utterance utterance = tools.utteranceMaker.make(item.path(), recording, item.labels());
            count(context, IngestCounters.FRAMES, utterance.getFrameCount());
            return ShuffleValue.record(split, tools.utterances.encode(utterance));
        }
        if (data instanceof Picture picture && tools.imageMaker != null) {
            return ShuffleValue.record(split, tools.images.encode(tools.imageMaker.single(item.path(), picture)));
        }
        throw new IllegalStateException(
                item.path() + ": a format for " + tools.settings.kind() + " gave " + data.getClass());
    }

    private static void reject(Context context, ShuffleKey place, BadReason reason, String detail)
            throws IOException, InterruptedException {
        count(context, IngestCounters.BAD + reason.text(), 1);
        context.write(place, ShuffleValue.bad(reason.text(), detail));
    }

    private static void count(Context context, String name, long increment) {
        context.getCounter(IngestCounters.GROUP, name).increment(increment);
    }
}
