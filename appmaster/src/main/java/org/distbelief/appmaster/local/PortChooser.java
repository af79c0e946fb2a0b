package org.distbelief.appmaster.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Chooses the daemons' ports: the one used last time if it is still free, else the one that Hadoop's users know, else
 * the nearest hundreds above it. So addresses stay the same from one start to the next.
 */
final class PortChooser {
    private static final int STEP = 100;
    private static final int LAST = 32_000;

    private final IntPredicate free;

    /** @param free whether nobody listens on a port */
    PortChooser(IntPredicate free) {
        this.free = free;
    }

    /** Chooses among the ports of this machine's loopback interface. */
    static PortChooser ofLoopback() {
        return new PortChooser(PortChooser::freeOnLoopback);
    }

    /**
     * A free port for each name; no two alike.
     *
     * @param preferred the usual port of each name
     * @param previous the ports of the last start, perhaps empty
     * @throws LocalClusterException if no port is free for a name
     */
    SortedMap<String, Integer> choose(Map<String, Integer> preferred, Map<String, Integer> previous)
            throws LocalClusterException {
        SortedMap<String, Integer> chosen = new TreeMap<>();
        Set<Integer> taken = new HashSet<>();
        for (String name : preferred.keySet()) {
            Integer before = previous.get(name);
            if (before != null && !taken.contains(before) && free.test(before)) {
                chosen.put(name, before);
                taken.add(before);
            }
        }
        for (Map.Entry<String, Integer> wish : new TreeMap<>(preferred).entrySet()) {
            if (!chosen.containsKey(wish.getKey())) {
                int port = firstFree(wish.getKey(), wish.getValue(), taken);
                chosen.put(wish.getKey(), port);
                taken.add(port);
            }
        }
        return chosen;
    }

    private int firstFree(String name, int start, Set<Integer> taken) throws LocalClusterException {
        for (int port = start; port <= LAST; port += STEP) {
            if (!taken.contains(port) && free.test(port)) {
                return port;
            }
        }
        throw new LocalClusterException("No port is free for " + name + ": tried " + start + ", " + (start + STEP)
                + " and so on up to " + LAST + " on the loopback interface. Stop what listens there.");
    }

    private static boolean freeOnLoopback(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
