package org.distbelief.appmaster.local;

import java.time.Duration;

/**
 * How the local cluster is laid out.
 *
 * @param nodeManagers how many NodeManagers run, at least 1
 * @param nodeMemoryMb what each NodeManager offers to containers, in MiB; also the largest container. A promise to the
 *     scheduler: memory is used only by what runs
 * @param nodeVcores what each NodeManager offers, in virtual cores
 * @param historyServer whether a job history server runs, so that ended MapReduce jobs keep their pages
 * @param startTimeout how long a start may take before it is given up
 */
public record LocalClusterOptions(
        int nodeManagers, int nodeMemoryMb, int nodeVcores, boolean historyServer, Duration startTimeout) {
    /** The scheduler's step: a container's memory is a multiple of it. */
    public static final int MEMORY_STEP_MB = 128;

    /** Refuses what cannot run. */
    public LocalClusterOptions {
        if (nodeManagers < 1 || nodeManagers > 16) {
            throw new IllegalArgumentException("expected 1 to 16 NodeManagers, found " + nodeManagers);
        }
        if (nodeMemoryMb < 1024) {
            throw new IllegalArgumentException("expected at least 1024 MB for each NodeManager (a MapReduce job needs"
                    + " that much for its ApplicationMaster), found " + nodeMemoryMb);
        }
        if (nodeVcores < 1) {
            throw new IllegalArgumentException("expected at least 1 vcore for each NodeManager, found " + nodeVcores);
        }
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new IllegalArgumentException("expected a positive time for the start, found " + startTimeout);
        }
    }

    /** Two NodeManagers of 6 GB and 8 virtual cores, no history server, ready within two minutes. */
    public static LocalClusterOptions defaults() {
        return new LocalClusterOptions(2, 6144, 8, false, Duration.ofMinutes(2));
    }

    /** The same with other memory for each NodeManager, in MiB. */
    public LocalClusterOptions withNodeMemoryMb(int megabytes) {
        return new LocalClusterOptions(nodeManagers, megabytes, nodeVcores, historyServer, startTimeout);
    }

    /** The same with other virtual cores for each NodeManager. */
    public LocalClusterOptions withNodeVcores(int vcores) {
        return new LocalClusterOptions(nodeManagers, nodeMemoryMb, vcores, historyServer, startTimeout);
    }

    /** The same with another number of NodeManagers. */
    public LocalClusterOptions withNodeManagers(int number) {
        return new LocalClusterOptions(number, nodeMemoryMb, nodeVcores, historyServer, startTimeout);
    }

    /** The same with or without a job history server. */
    public LocalClusterOptions withHistoryServer(boolean wanted) {
        return new LocalClusterOptions(nodeManagers, nodeMemoryMb, nodeVcores, wanted, startTimeout);
    }

    /** The same with another bound for the start. */
    public LocalClusterOptions withStartTimeout(Duration bound) {
        return new LocalClusterOptions(nodeManagers, nodeMemoryMb, nodeVcores, historyServer, bound);
    }
}
