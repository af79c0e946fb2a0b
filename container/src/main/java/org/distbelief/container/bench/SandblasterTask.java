package org.distbelief.container.bench;

import java.util.List;
import org.distbelief.conf.JobFile;
import org.distbelief.container.model.ModelDescription;

/** What {@code bench sandblaster} trains: 440-512-512-100 on 20,000 examples, in portions of 2000. Immutable. */
public final class SandblasterTask {
    private static final int PORTIONS = 10;
    private static final int UTTERANCES = 20;
    private static final String HIDDEN = "    - fullyConnected: {units: 512, activation: sigmoid}\n";

    /** What it is, for people. */
    public static final String TEXT = "the net 440-512-512-100, 20,000 examples, portions of 2000, history 10";

    private final RandomSpeech data = new RandomSpeech(PORTIONS, UTTERANCES);
    private final ModelDescription description;

    /** @param iterations how many of L-BFGS */
    public SandblasterTask(int iterations) {
        String yaml = "output: none\noptimiser: sandblaster\ndata: {path: none, context: 5}\n"
                + "evaluation: {enabled: false}\nmodel:\n  layers:\n"
                + HIDDEN
                + HIDDEN
                + "    - fullyConnected: {units: classes}\n  loss: softmaxCrossEntropy\n"
                + "sandblaster: {history: 10, gradientTolerance: 0, lossTolerance: 0, pushAfter: 5, iterations: "
                + iterations
                + "}\n";
        this.description = ModelDescription.of(JobFile.read("benchmark", yaml, List.of()), data.manifest());
    }

    /** The examples. */
    public RandomSpeech data() {
        return data;
    }

    /** The model and its job. */
    public ModelDescription description() {
        return description;
    }
}
