package org.distbelief.container.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From a data set's class ids to a model's, by the labels' names. */
final class LabelMap {
    /** In place of a class. */
    static final int UNKNOWN = -1;

    private final List<String> dataLabels;
    private final int states;
    private final int[] positions;
    private final int modelLabels;

    /**
     * @param dataLabels the data set's labels, in the order of their numbers
     * @param modelLabels the model's
     * @param states states per label, of both
     */
    LabelMap(List<String> dataLabels, List<String> modelLabels, int states) {
        this.dataLabels = dataLabels;
        this.states = states;
        this.modelLabels = modelLabels.size();
        Map<String, Integer> known = new HashMap<>();
        for (int i = 0; i < modelLabels.size(); i++) {
            known.put(modelLabels.get(i), i);
        }
        this.positions = dataLabels.stream()
                .mapToInt(label -> known.getOrDefault(label, UNKNOWN))
                .toArray();
    }

    /** The model's class, or {@link #UNKNOWN} where the model does not know the label. */
    int modelClass(int dataClass) {
        int position = positions[dataClass / states];
        return position == UNKNOWN ? UNKNOWN : position * states + dataClass % states;
    }

    /**
     * What to throw where the model does not know a class's label.
     *
     * @param where what carries the label
     */
    IllegalArgumentException unknown(int dataClass, String where) {
        return new IllegalArgumentException(where + " has the label '" + dataLabels.get(dataClass / states)
                + "', which is not among the " + modelLabels
                + " labels of the model; it can only be given data with labels that it was trained on");
    }
}
