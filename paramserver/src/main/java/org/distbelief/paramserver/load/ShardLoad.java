package org.distbelief.paramserver.load;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;

/**
 * How busy a shard's process is.
 *
 * @param upMillis how long the process has been running; rates are differences of counters by differences of this
 * @param connections connections open
 * @param working requests that are being worked on, or whose bytes are arriving or leaving
 * @param heapBytes Java heap in use, garbage included
 * @param directBytes direct buffers: vectors and what travels
 * @param latencies times from the first byte of a request to the last one of its reply, by method; and
 *     {@value #LOCK_WAIT}
 */
public record ShardLoad(
        long upMillis, int connections, int working, long heapBytes, long directBytes, Map<String, Latency> latencies) {
    /** The name of the part of the pushes' time in which they waited for locks. */
    public static final String LOCK_WAIT = "pushLockWait";

    /** Nothing is known: the shard serves nobody over the network. */
    public static final ShardLoad UNKNOWN = new ShardLoad(0, 0, 0, 0, 0, Map.of());

    /** Copies the map. */
    public ShardLoad {
        latencies = Map.copyOf(latencies);
    }

    /**
     * That of this process.
     *
     * @param lockWait how long pushes waited for locks
     */
    public static ShardLoad ofThisProcess(int connections, RequestFigures requests, Latency lockWait) {
        Map<String, Latency> latencies = new TreeMap<>(requests.latencies());
        if (lockWait.count() > 0) {
            latencies.put(LOCK_WAIT, lockWait);
        }
        return new ShardLoad(
                ManagementFactory.getRuntimeMXBean().getUptime(),
                connections,
                requests.working(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum(),
                latencies);
    }

    /** The times of a method; {@link Latency#NONE} where it was never called. */
    public Latency latency(String method) {
        return latencies.getOrDefault(method, Latency.NONE);
    }
}
