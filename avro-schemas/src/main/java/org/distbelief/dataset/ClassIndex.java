package org.distbelief.dataset;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Maps the labels of one record, which has its own dictionary, to the class ids of the whole data set. */
public final class ClassIndex {
    private final Map<String, Integer> positions = new HashMap<>();
    private final int statesPerLabel;

    /** Of a data set's labels, numbered in their order. */
    public ClassIndex(DatasetManifest manifest) {
        this.statesPerLabel = manifest.statesPerLabel();
        for (int i = 0; i < manifest.labels().size(); i++) {
            positions.put(manifest.labels().get(i), i);
        }
    }

    /**
     * The class ids behind a record's local labels: entry {@code i * statesPerLabel + s} is the class of state s of
     * name i.
     *
     * @throws IllegalArgumentException if a name is not in the manifest
     */
    public int[] globalIds(List<String> localNames) {
        int[] ids = new int[Math.multiplyExact(localNames.size(), statesPerLabel)];
        for (int i = 0; i < localNames.size(); i++) {
            Integer position = positions.get(localNames.get(i));
            if (position == null) {
                throw new IllegalArgumentException("label '" + localNames.get(i) + "' is not among the "
                        + positions.size() + " labels of the manifest");
            }
            for (int s = 0; s < statesPerLabel; s++) {
                ids[i * statesPerLabel + s] = position * statesPerLabel + s;
            }
        }
        return ids;
    }
}
