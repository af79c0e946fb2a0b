package org.distbelief.conf;

/**
 * The containers of one role.
 *
 * @param count how many, from 1; of model replicas, each of which has {@code partitions} containers
 * @param partitions containers that one model replica is split over, from 1; 1 for the other roles
 * @param replication processes that each hold a whole parameter shard: 1, or 2 for one that serves and a standby that
 *     takes over; 1 for the other roles
 * @param memoryBytes memory of one container, heap and off-heap together
 * @param vcores virtual cores of one container, from 1; also its number of compute threads
 */
public record ContainerConfig(int count, int partitions, int replication, long memoryBytes, int vcores) {
    private static final long MIB = 1L << 20;
    private static final long SMALL = 512 * MIB;
    private static final int MOST = 10_000;
    private static final int MOST_COORDINATORS = 10;

    static ContainerConfig ofShards(SectionReader section) {
        return read(section, section.integer("count", 1, 1, MOST), 1, section.integer("replication", 1, 1, 2), SMALL);
    }

    static ContainerConfig ofReplicas(SectionReader section) {
        return read(
                section, section.integer("count", 1, 1, MOST), section.integer("partitions", 1, 1, MOST), 1, 2 * SMALL);
    }

    static ContainerConfig ofCoordinators(SectionReader section) {
        return read(section, section.integer("count", 2, 1, MOST_COORDINATORS), 1, 1, SMALL / 2);
    }

    static ContainerConfig ofMaster(SectionReader section) {
        return read(section, 1, 1, 1, SMALL);
    }

    private static ContainerConfig read(
            SectionReader section, int count, int partitions, int replication, long defaultMemory) {
        ContainerConfig config = new ContainerConfig(
                count,
                partitions,
                replication,
                section.bytes("memory", defaultMemory, 128 * MIB),
                section.integer("vcores", 1, 1, 1024));
        section.finish();
        return config;
    }

    /** Memory in MiB, as YARN counts it; rounded up. */
    public int memoryMib() {
        return Math.toIntExact((memoryBytes + MIB - 1) / MIB);
    }
}
