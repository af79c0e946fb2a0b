package org.distbelief.appmaster.launch;

/**
 * How a container's memory is divided.
 *
 * @param heapMib Java heap
 * @param directMib off-heap buffers
 */
public record JvmMemory(int heapMib, int directMib) {
    private static final long MIB = 1L << 20;
    /** What a JVM needs besides heap and buffers: code, metaspace, stacks, the collector's tables. */
    private static final int MASTER_NATIVE_MIB = 112;

    private static final int MASTER_DIRECT_MIB = 32;
    /** Share of the memory beyond the need that goes to the heap, and as much to buffers; the rest stays free. */
    private static final double SLACK_SHARE = 0.4;

    /** For the ApplicationMaster and coordinators: nearly all is heap. */
    public static JvmMemory mostlyHeap(int containerMib) {
        return new JvmMemory(Math.max(64, containerMib - MASTER_NATIVE_MIB - MASTER_DIRECT_MIB), MASTER_DIRECT_MIB);
    }

    /**
     * A process with a known need in a container that is at least as large.
     *
     * @param containerMib the container
     * @param heapBytes heap that the process needs
     * @param directBytes off-heap buffers that it needs
     * @param nativeBytes what it needs besides
     */
    public static JvmMemory of(int containerMib, long heapBytes, long directBytes, long nativeBytes) {
        long slack = Math.max(0, containerMib * MIB - heapBytes - directBytes - nativeBytes);
        long share = (long) (slack * SLACK_SHARE);
        return new JvmMemory((int) ((heapBytes + share) / MIB), (int) ((directBytes + share) / MIB));
    }
}
