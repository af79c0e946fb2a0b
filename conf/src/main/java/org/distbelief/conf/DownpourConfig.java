package org.distbelief.conf;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Downpour SGD (paper, section 4.1).
 *
 * @param miniBatch examples per step of a model replica
 * @param epochs how often the training split is read
 * @param nFetch steps between two fetches of the parameters
 * @param nPush steps between two pushes of the accrued gradient
 * @param consistency how far replicas may run apart
 * @param overlap whether fetches and pushes run beside the computation; without, a replica waits for them and needs
 *     half of the memory for parameters and gradients. Never where the replicas go in step
 * @param fetchEncoding how parameters travel to the replicas
 * @param pushEncoding how gradients travel to the shards; what is lost in one push is made up for in the next
 * @param localLearningRate rate of the step on a replica's own copy of the parameters; where empty, the update rule's
 *     own advice is taken
 * @param warmStart examples that a single replica trains on before the others are let loose
 * @param update the update rule that the shards apply
 * @param schedule how the learning rate changes over the steps
 * @param warmUp steps over which the learning rate grows at first; 0 for none
 * @param stalenessScaling how the learning rate of an update falls with its staleness
 * @param clip how the gradient of a mini-batch is bounded; empty where it is not
 */
public record DownpourConfig(
        int miniBatch,
        int epochs,
        int nFetch,
        int nPush,
        ComponentConfig consistency,
        boolean overlap,
        Encoding fetchEncoding,
        Encoding pushEncoding,
        OptionalDouble localLearningRate,
        long warmStart,
        ComponentConfig update,
        ComponentConfig schedule,
        long warmUp,
        ComponentConfig stalenessScaling,
        Optional<ComponentConfig> clip) {
    /** The consistency under which replicas go in step, and so wait for their fetches and pushes. */
    public static final String SYNCHRONOUS = "synchronous";

    static DownpourConfig read(SectionReader section) {
        ComponentConfig consistency = section.component("consistency", "asynchronous");
        DownpourConfig config = new DownpourConfig(
                section.integer("miniBatch", 100, 1, 1 << 20),
                section.integer("epochs", 1, 1, 1_000_000),
                section.integer("nFetch", 1, 1, 1_000_000),
                section.integer("nPush", 1, 1, 1_000_000),
                consistency,
                section.flag("overlap", true) && !consistency.name().equals(SYNCHRONOUS),
                section.choice("fetchEncoding", Encoding.FLOAT32),
                section.choice("pushEncoding", Encoding.FLOAT32),
                section.optionalNumber("localLearningRate", 0, Double.MAX_VALUE),
                section.whole("warmStart", 0, 0, Long.MAX_VALUE),
                section.component("update", "adagrad"),
                section.component("schedule", "constant"),
                section.whole("warmUp", 0, 0, Long.MAX_VALUE),
                section.component("stalenessScaling", "none"),
                section.component("clip"));
        section.finish();
        return config;
    }
}
