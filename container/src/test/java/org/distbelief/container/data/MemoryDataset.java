package org.distbelief.container.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.distbelief.dataset.ClassIndex;
import org.distbelief.dataset.DataFile;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.FeatureSettings;
import org.distbelief.dataset.ImageGroup;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.PortionSource;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.UtteranceGroup;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.dataset.avro.Utterance;
import org.jspecify.annotations.Nullable;

/**
 * A data set in memory. Frames have {@value #BANDS} bands; the first holds a number that the frame has to itself in the
 * whole data set, the second its negative, so that every example can be told in a mini-batch.
 */
final class MemoryDataset implements PortionSource {
    static final String SPLIT = "train";
    static final int BANDS = 2;
    static final int STATES = 2;
    static final List<String> LABELS = List.of("a", "b", "c");

    /** What happens when a portion's record is asked for. */
    @FunctionalInterface
    interface Hook {
        void before(Portion portion, int record) throws IOException;
    }

    private final DatasetManifest manifest;
    private final ClassIndex classes;
    private final List<List<Object>> portions;
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile Hook hook = (portion, record) -> {};

    private MemoryDataset(DatasetManifest manifest, List<List<Object>> portions) {
        this.manifest = manifest;
        this.classes = new ClassIndex(manifest);
        this.portions = portions;
    }

    /** Builds a data set portion by portion. */
    static final class Builder {
        private final FeatureSettings settings;
        private final List<Double> mean;
        private final List<Double> variance;
        private final List<List<Object>> portions = new ArrayList<>();
        private final List<Long> examples = new ArrayList<>();
        private int frames;

        Builder(FeatureSettings settings, List<Double> mean, List<Double> variance) {
            this.settings = settings;
            this.mean = mean;
            this.variance = variance;
        }

        /** Not normalised: features come out as they go in. */
        static Builder speech() {
            return new Builder(speechSettings(BANDS), List.of(0.0, 0.0), List.of(1.0, 1.0));
        }

        static SpeechSettings speechSettings(int bands) {
            return new SpeechSettings(8000, 0.025, 0.01, bands, 64, 4000, 0.97, 256, SpeechSettings.HAMMING, 1);
        }

        Builder portion() {
            portions.add(new ArrayList<>());
            examples.add(0L);
            return this;
        }

        /** Adds an utterance to the last portion; a label is index * STATES + state, or -1. */
        Builder utterance(int... labels) {
            float[][] features = new float[labels.length][];
            for (int i = 0; i < labels.length; i++) {
                features[i] = new float[] {frames, -frames};
                frames++;
            }
            return utterance(features, labels);
        }

        Builder utterance(float[][] features, int[] labels) {
            int portion = portions.size() - 1;
            String id = "portion-" + portion + "/" + portions.get(portion).size() + ".wav";
            int bands = features.length == 0 ? settings.featureDimension() : features[0].length;
            ByteBuffer values = bytes(4 * labels.length * bands);
            for (float[] frame : features) {
                for (float value : frame) {
                    values.putFloat(value);
                }
            }
            int labelled = 0;
            for (int label : labels) {
                labelled += label < 0 ? 0 : 1;
            }
            return add(new Utterance(id, labels.length, bands, values.flip(), LABELS, ints(labels)), labelled);
        }

        Builder images(byte[][] pixels, int[] labels) {
            ImageSettings size = (ImageSettings) settings;
            ByteBuffer values = bytes(pixels.length * size.featureDimension());
            List<String> ids = new ArrayList<>();
            for (byte[] image : pixels) {
                values.put(image);
                ids.add("image-" + ids.size() + ".png");
            }
            ImageBatch batch = new ImageBatch(
                    ids, size.width(), size.height(), size.channels(), values.flip(), LABELS, ints(labels));
            return add(batch, labels.length);
        }

        private Builder add(Object record, int labelled) {
            int portion = portions.size() - 1;
            portions.get(portion).add(record);
            examples.set(portion, examples.get(portion) + labelled);
            return this;
        }

        /** Makes the manifest tell another number of examples for the last portion than there are. */
        Builder miscount(int by) {
            int portion = portions.size() - 1;
            examples.set(portion, examples.get(portion) + by);
            return this;
        }

        MemoryDataset build() {
            List<Portion> pieces = new ArrayList<>();
            long records = 0;
            long total = 0;
            for (int i = 0; i < portions.size(); i++) {
                int count = portions.get(i).size();
                long length = Math.max(1, 4L * (BANDS + 1) * examples.get(i));
                pieces.add(new Portion(i, "train-" + i + ".avro", 16, length, count, examples.get(i)));
                records += count;
                total += examples.get(i);
            }
            Split split = new Split(
                    records, total, records, List.of(new DataFile("train-0.avro", 1, records, total)), pieces);
            int states = settings instanceof ImageSettings ? 1 : STATES;
            DatasetManifest manifest = new DatasetManifest(
                    DatasetManifest.SCHEMA_VERSION,
                    "memory",
                    "tests",
                    1,
                    settings,
                    LABELS,
                    states,
                    SPLIT,
                    mean,
                    variance,
                    Map.of(SPLIT, split));
            return new MemoryDataset(manifest, portions);
        }

        private static ByteBuffer bytes(int size) {
            return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }

        private static ByteBuffer ints(int[] values) {
            ByteBuffer buffer = bytes(4 * values.length);
            for (int value : values) {
                buffer.putInt(value);
            }
            return buffer.flip();
        }
    }

    /** Lets something happen before every record, in the reading thread. */
    MemoryDataset hooked(Hook newHook) {
        hook = newHook;
        return this;
    }

    Split split() {
        return manifest.split(SPLIT);
    }

    /** Portions opened and not closed. */
    int leaked() {
        return opened.get() - closed.get();
    }

    int opened() {
        return opened.get();
    }

    @Override
    public DatasetManifest manifest() {
        return manifest;
    }

    @Override
    public List<String> hosts(Portion portion) {
        return List.of();
    }

    @Override
    public PortionRecords open(Portion portion) {
        opened.incrementAndGet();
        Iterator<Object> records = portions.get(portion.id()).iterator();
        return new PortionRecords() {
            private int read;

            @Override
            public @Nullable ExampleGroup next() throws IOException {
                hook.before(portion, read++);
                return records.hasNext() ? group(records.next()) : null;
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    private ExampleGroup group(Object record) {
        if (record instanceof Utterance utterance) {
            return new UtteranceGroup(utterance, classes, utterance.getDimension());
        }
        return new ImageGroup((ImageBatch) record, classes, (ImageSettings) manifest.settings());
    }
}
