package org.distbelief.conf;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the job lives on the cluster.
 *
 * @param queue YARN queue
 * @param priority YARN priority, from 0
 * @param nodeLabel node label expression; empty for none
 * @param tags YARN application tags
 * @param zookeeper connect string; where empty, the cluster's {@code distbelief.zookeeper} or {@code hadoop.zk.address}
 * @param allocationTimeout how long the job waits for containers before it ends with the reason
 * @param silenceTimeout how long a container may be silent before it counts as lost
 * @param maxFailures failures of the job's own making (not preemption, lost nodes or disks) before the job ends
 */
public record ClusterConfig(
        String queue,
        int priority,
        Optional<String> nodeLabel,
        List<String> tags,
        Optional<String> zookeeper,
        Duration allocationTimeout,
        Duration silenceTimeout,
        int maxFailures) {
    static ClusterConfig read(SectionReader section) {
        ClusterConfig config = new ClusterConfig(
                section.text("queue", "default"),
                section.integer("priority", 0, 0, Integer.MAX_VALUE),
                optional(section, "nodeLabel"),
                section.texts("tags"),
                optional(section, "zookeeper"),
                section.duration("allocationTimeout", Duration.ofMinutes(10), Duration.ofSeconds(1)),
                section.duration("silenceTimeout", Duration.ofSeconds(60), Duration.ofSeconds(2)),
                section.integer("maxFailures", 8, 0, 1_000_000));
        section.finish();
        return config;
    }

    private static Optional<String> optional(SectionReader section, String key) {
        return section.has(key) ? Optional.of(section.text(key, "")).filter(t -> !t.isEmpty()) : Optional.empty();
    }
}
