package org.distbelief.container;

import java.util.List;
import org.distbelief.conf.JobFile;

/** Job files for tests. */
public final class TestJobs {
    private TestJobs() {}

    /** A job with these layers, one a line as the job file has them, such as {@code fullyConnected: {units: 3}}. */
    public static JobFile withLayers(String... layers) {
        return job("softmaxCrossEntropy", List.of(layers), List.of());
    }

    /** A job with a loss, layers, and settings of the form {@code key.path=value}. */
    public static JobFile job(String loss, List<String> layers, List<String> settings) {
        StringBuilder yaml = new StringBuilder("output: out\ndata: {path: data}\nmodel:\n  layers:\n");
        layers.forEach(layer -> yaml.append("    - ").append(layer).append('\n'));
        yaml.append("  loss: ").append(loss).append('\n');
        return JobFile.read("job.yaml", yaml.toString(), settings);
    }
}
