package org.distbelief.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.distbelief.dataset.ClassIndex;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.ExampleGroup;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.PortionSource;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.UtteranceGroup;
import org.distbelief.dataset.avro.Utterance;
import org.jspecify.annotations.Nullable;

/**
 * A data set in memory that a small net learns quickly: each utterance has one label, whose states follow one another;
 * a frame's features are a pattern of its class plus noise. The first frame of each utterance is context only.
 */
public final class SyntheticSpeech implements PortionSource {
    /** Features per frame. */
    public static final int BANDS = 6;

    private static final int STATES = 2;
    private static final double NOISE = 0.7;

    private final DatasetManifest manifest;
    private final List<List<Utterance>> portions = new ArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();

    /**
     * @param labels number of labels, of two states each
     * @param portionCount portions of the split {@code train}
     * @param seed of everything
     */
    public SyntheticSpeech(int labels, int portionCount, long seed) {
        Random random = new Random(seed);
        float[][] patterns = new float[labels * STATES][BANDS];
        for (float[] pattern : patterns) {
            for (int b = 0; b < BANDS; b++) {
                pattern[b] = (float) random.nextGaussian();
            }
        }
        List<String> names = IntStream.range(0, labels)
                .mapToObj(i -> "word" + (char) ('a' + i))
                .toList();
        List<Portion> described = new ArrayList<>();
        long records = 0;
        long examples = 0;
        for (int p = 0; p < portionCount; p++) {
            List<Utterance> utterances = new ArrayList<>();
            int inPortion = 0;
            int count = 3 + random.nextInt(4);
            for (int u = 0; u < count; u++) {
                int frames = 5 + random.nextInt(20);
                int label = random.nextInt(labels);
                utterances.add(utterance("p" + p + "u" + u, names.get(label), label, frames, patterns, random));
                inPortion += frames - 1;
            }
            described.add(new Portion(p, "part-0", p * 100L, 100, count, inPortion));
            portions.add(utterances);
            records += count;
            examples += inPortion;
        }
        this.manifest = new DatasetManifest(
                DatasetManifest.SCHEMA_VERSION,
                "synthetic",
                "test",
                seed,
                new SpeechSettings(8000, 0.025, 0.01, BANDS, 64, 4000, 0.97, 256, SpeechSettings.HAMMING, 1),
                names,
                STATES,
                "train",
                Collections.nCopies(BANDS, 0.0),
                Collections.nCopies(BANDS, 1.0 + NOISE * NOISE),
                Map.of("train", new Split(records, examples, records, List.of(), described)));
    }

    private static Utterance utterance(
            String id, String name, int label, int frames, float[][] patterns, Random random) {
        ByteBuffer features = ByteBuffer.allocate(frames * BANDS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer labels = ByteBuffer.allocate(frames * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int t = 0; t < frames; t++) {
            int state = t * STATES / frames;
            for (int b = 0; b < BANDS; b++) {
                features.putFloat(patterns[label * STATES + state][b] + (float) (NOISE * random.nextGaussian()));
            }
            labels.putInt(t == 0 ? -1 : state);
        }
        return new Utterance(id, frames, BANDS, features.flip(), List.of(name), labels.flip());
    }

    /** The only split. */
    public Split split() {
        return manifest.split("train");
    }

    /** The records of a portion. */
    public List<Utterance> records(int portion) {
        return portions.get(portion);
    }

    /** How many portions were opened so far. */
    public int opened() {
        return opened.get();
    }

    @Override
    public DatasetManifest manifest() {
        return manifest;
    }

    @Override
    public PortionRecords open(Portion portion) {
        opened.incrementAndGet();
        Iterator<Utterance> utterances = portions.get(portion.id()).iterator();
        ClassIndex classes = new ClassIndex(manifest);
        return new PortionRecords() {
            @Override
            public @Nullable ExampleGroup next() {
                return utterances.hasNext() ? new UtteranceGroup(utterances.next(), classes, BANDS) : null;
            }

            @Override
            public void close() throws IOException {
                // Nothing is held.
            }
        };
    }

    @Override
    public List<String> hosts(Portion portion) {
        return List.of();
    }
}
