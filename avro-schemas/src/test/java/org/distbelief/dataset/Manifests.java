package org.distbelief.dataset;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small manifests for tests. */
public final class Manifests {
    /** Of two bands at 8 kHz. */
    public static final SpeechSettings SPEECH =
            new SpeechSettings(8000, 0.025, 0.01, 2, 64, 4000, 0.97, 256, SpeechSettings.HAMMING, 1);

    /** Speech with labels 2, 10 and a, two states each, and one split. */
    public static DatasetManifest speech(List<DataFile> files, List<Portion> portions) {
        Map<String, Split> splits = new LinkedHashMap<>();
        long records = portions.stream().mapToLong(Portion::records).sum();
        long examples = portions.stream().mapToLong(Portion::examples).sum();
        splits.put("train", new Split(records, examples, records, files, portions));
        return new DatasetManifest(
                1,
                "small",
                "test",
                5,
                SPEECH,
                List.of("2", "10", "a"),
                2,
                "train",
                List.of(0.1, 0.2),
                List.of(1.0, 2.0),
                splits);
    }

    private Manifests() {}
}
