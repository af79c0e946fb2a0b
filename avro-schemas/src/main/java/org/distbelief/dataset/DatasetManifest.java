package org.distbelief.dataset;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a data set is and where its examples lie: the file {@value #FILE_NAME} in the data set's directory.
 *
 * <p>Class ids run from 0 to {@link #classCount()} - 1: {@code id = index of the label * statesPerLabel + state}.
 *
 * @param schemaVersion version of this file's form, {@value #SCHEMA_VERSION}
 * @param name the data set's name
 * @param createdBy program and version that wrote the data set
 * @param seed seed of the shuffle and of the splits
 * @param settings how the features were made; says whether this is speech or images
 * @param labels all labels, in {@link LabelOrder}
 * @param statesPerLabel states into which each labelled segment was cut; 1 for images
 * @param statisticsSplit the split over which mean and variance were taken
 * @param mean per band (speech) or per channel on the scale 0..255 (images), over all frames or pixels
 * @param variance likewise; the mean squared distance from the mean (divided by n, not n - 1)
 * @param splits by name, in the order asked for
 */
@JsonPropertyOrder({
    "schemaVersion",
    "name",
    "createdBy",
    "seed",
    "settings",
    "labels",
    "statesPerLabel",
    "statisticsSplit",
    "mean",
    "variance",
    "splits"
})
public record DatasetManifest(
        int schemaVersion,
        String name,
        String createdBy,
        long seed,
        FeatureSettings settings,
        List<String> labels,
        int statesPerLabel,
        String statisticsSplit,
        List<Double> mean,
        List<Double> variance,
        Map<String, Split> splits) {
    /** Name of the manifest in the data set's directory. */
    public static final String FILE_NAME = "manifest.json";

    /** The only version of the form that this program reads and writes. */
    public static final int SCHEMA_VERSION = 1;

    /** Copies the collections and checks that everything fits together. */
    public DatasetManifest {
        labels = List.copyOf(labels);
        mean = List.copyOf(mean);
        variance = List.copyOf(variance);
        splits = Collections.unmodifiableMap(new LinkedHashMap<>(splits));
        require(schemaVersion == SCHEMA_VERSION, "schemaVersion: expected " + SCHEMA_VERSION, schemaVersion);
        require(statesPerLabel >= 1, "statesPerLabel: expected at least 1", statesPerLabel);
        require(
                settings.kind() == DatasetKind.SPEECH || statesPerLabel == 1,
                "statesPerLabel: expected 1 for images",
                statesPerLabel);
        int dimension = settings.statisticsDimension();
        require(mean.size() == dimension, "mean: expected " + dimension + " numbers", mean.size());
        require(variance.size() == dimension, "variance: expected " + dimension + " numbers", variance.size());
        LabelOrder order = new LabelOrder();
        for (int i = 1; i < labels.size(); i++) {
            require(
                    order.compare(labels.get(i - 1), labels.get(i)) < 0,
                    "labels: expected distinct and in order",
                    labels.get(i - 1) + " before " + labels.get(i));
        }
        require(
                splits.containsKey(statisticsSplit),
                "statisticsSplit: expected one of " + splits.keySet(),
                statisticsSplit);
    }

    /** What the records hold. */
    public DatasetKind kind() {
        return settings.kind();
    }

    /** Numbers per frame (speech: bands) or per image (width x height x channels). */
    public int featureDimension() {
        return settings.featureDimension();
    }

    /** Number of classes: labels times states. */
    public int classCount() {
        return Math.multiplyExact(labels.size(), statesPerLabel);
    }

    /**
     * The name of a class: its label, followed by {@code /state} where labels have several states.
     *
     * @throws IndexOutOfBoundsException if there is no such class
     */
    public String className(int classId) {
        String label = labels.get(Math.floorDiv(classId, statesPerLabel));
        return statesPerLabel == 1 ? label : label + "/" + classId % statesPerLabel;
    }

    /**
     * One split by name.
     *
     * @throws IllegalArgumentException if there is none, naming those that exist
     */
    public Split split(String splitName) {
        Split split = splits.get(splitName);
        if (split == null) {
            throw new IllegalArgumentException(
                    "data set '" + name + "' has no split '" + splitName + "'; it has " + splits.keySet());
        }
        return split;
    }

    private static void require(boolean holds, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(expected + ", found " + found);
        }
    }
}
