package org.distbelief.conf;

/**
 * The containers of one role.
 *
 * @param count how many, from 1
 * @param memoryBytes memory of one container, heap and off-heap together
 * @param vcores virtual cores of one container, from 1; also its number of compute threads
 */
public record ContainerConfig(int count, long memoryBytes, int vcores) {
    private static final long MIB = 1L << 20;

    static ContainerConfig read(SectionReader section, boolean counted, int count, long defaultMemory) {
        ContainerConfig config = new ContainerConfig(
                counted ? section.integer("count", count, 1, 10_000) : count,
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
