package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.conf.ContainerConfig;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.Optimiser;

/** The containers that a training job asks for, and how much memory that is together. */
final class ContainerTotal {
    private final List<String> parts = new ArrayList<>();
    private long containers;
    private long bytes;

    ContainerTotal(JobConfig job) {
        ContainerConfig shards = job.shards();
        ContainerConfig replicas = job.replicas();
        add("for replicas", (long) replicas.count() * replicas.partitions(), replicas);
        add("for shards", (long) shards.count() * shards.replication(), shards);
        if (job.optimiser() == Optimiser.SANDBLASTER) {
            add("for coordinators", job.coordinators().count(), job.coordinators());
        }
        add("for the ApplicationMaster", 1, job.master());
    }

    private void add(String what, long count, ContainerConfig size) {
        containers += count;
        bytes += count * size.memoryBytes();
        parts.add(Figures.count(count) + " " + what + (count == 1 ? " (" : " (each ")
                + Figures.bytes(size.memoryBytes()) + ")");
    }

    /** {@code 4 containers, 2.5 GiB: 2 for replicas (each 1.0 GiB), ...}. */
    String text() {
        return Figures.count(containers) + " containers, " + Figures.bytes(bytes) + ": " + String.join(", ", parts);
    }
}
