package org.distbelief.container.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

/** Speech of random numbers from 0 to 1 with random labels, of 100 classes, in memory: 40 bands, the same each time. */
public final class RandomSpeech implements PortionSource {
    /** Name of the only split. */
    public static final String SPLIT = "train";

    private static final int BANDS = 40;
    private static final int LABELS = 10;
    private static final int STATES = 10;
    private static final int FRAMES = 100;

    private final DatasetManifest manifest;
    private final List<List<Utterance>> portions = new ArrayList<>();

    /**
     * @param portionCount how many portions there are
     * @param utterances of each portion, with 100 examples each
     */
    public RandomSpeech(int portionCount, int utterances) {
        Random random = new Random(1);
        List<String> names = IntStream.range(0, LABELS)
                .mapToObj(i -> "word" + (char) ('a' + i))
                .toList();
        List<Portion> described = new ArrayList<>();
        for (int p = 0; p < portionCount; p++) {
            List<Utterance> of = new ArrayList<>();
            for (int u = 0; u < utterances; u++) {
                of.add(utterance("p" + p + "u" + u, names, random));
            }
            portions.add(of);
            described.add(new Portion(p, "part-0", p * 100L, 100, utterances, (long) utterances * FRAMES));
        }
        long records = (long) portionCount * utterances;
        this.manifest = new DatasetManifest(
                DatasetManifest.SCHEMA_VERSION,
                "random",
                "bench",
                1,
                new SpeechSettings(8000, 0.025, 0.01, BANDS, 64, 4000, 0.97, 256, SpeechSettings.HAMMING, 1),
                names,
                STATES,
                SPLIT,
                Collections.nCopies(BANDS, 0.0),
                Collections.nCopies(BANDS, 1.0),
                Map.of(SPLIT, new Split(records, records * FRAMES, records, List.of(), described)));
    }

    private static Utterance utterance(String id, List<String> names, Random random) {
        ByteBuffer features = ByteBuffer.allocate(FRAMES * BANDS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer labels = ByteBuffer.allocate(FRAMES * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int frame = 0; frame < FRAMES; frame++) {
            for (int band = 0; band < BANDS; band++) {
                features.putFloat(random.nextFloat());
            }
            labels.putInt(random.nextInt(LABELS * STATES));
        }
        return new Utterance(id, FRAMES, BANDS, features.flip(), names, labels.flip());
    }

    /** The only split. */
    public Split split() {
        return manifest.split(SPLIT);
    }

    @Override
    public DatasetManifest manifest() {
        return manifest;
    }

    @Override
    public PortionRecords open(Portion portion) {
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
