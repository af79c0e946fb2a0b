package org.distbelief.paramserver.standby;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.distbelief.paramserver.standby.Registration.Promotion;

/**
 * What ZooKeeper keeps of one shard, with the transactions of {@code ShardRegistration}. Requests and answers travel;
 * either may be lost, so that the asker does not know what has happened.
 */
final class SimulatedZooKeeper {
    /** After so long without a sign of life a process is forgotten. */
    static final long SESSION = 1000;

    private final VirtualTime time;
    private final Supplier<Boolean> loses;
    private final TreeMap<Long, Long> serving = new TreeMap<>();
    private final Set<Long> voided = new HashSet<>();
    private final TreeMap<Long, Node> standbys = new TreeMap<>();
    private final Map<Long, Long> heard = new TreeMap<>();

    /** When the last request of a session arrives: they come in order. */
    private final Map<Long, Long> arrivals = new TreeMap<>();

    private record Node(long inSyncWith, long version) {}

    /** @param loses whether the next message is lost */
    SimulatedZooKeeper(VirtualTime time, Supplier<Boolean> loses) {
        this.time = time;
        this.loses = loses;
    }

    /** What a process sees of it, when it looks. */
    record View(long serving, long standby, Set<Long> voided) {
        static final View NOTHING = new View(0, 0, Set.of());
    }

    View view() {
        expire();
        long now = serving.keySet().stream()
                .filter(s -> !voided.contains(s))
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        return new View(now, standbys.isEmpty() ? 0 : standbys.lastKey(), Set.copyOf(voided));
    }

    /** Whether the session of a process is not over. */
    boolean knows(long process) {
        expire();
        return heard.containsKey(process);
    }

    void heartbeat(long process) {
        expire();
        if (heard.containsKey(process)) {
            heard.put(process, time.now());
        }
    }

    private void expire() {
        heard.entrySet().removeIf(entry -> {
            boolean over = time.now() - entry.getValue() > SESSION;
            if (over) {
                serving.remove(entry.getKey());
                standbys.remove(entry.getKey());
            }
            return over;
        });
    }

    /** The ApplicationMaster knows that a process has ended. */
    void forget(long process) {
        serving.remove(process);
        standbys.remove(process);
        heard.remove(process);
    }

    /**
     * Has a transaction done.
     *
     * @param process whose session it is in; not done where that is over
     * @param answer gets the result; not called where request or answer is lost
     */
    <T> void ask(long process, Supplier<T> transaction, Consumer<T> answer) {
        if (loses.get()) {
            return;
        }
        long arrival = Math.max(arrivals.getOrDefault(process, 0L), time.now() + time.delay());
        arrivals.put(process, arrival);
        time.at(arrival, () -> {
            expire();
            if (!heard.containsKey(process)) {
                return;
            }
            T result = transaction.get();
            if (!loses.get()) {
                time.after(time.delay(), () -> answer.accept(result));
            }
        });
    }

    /** Begins a session. */
    void connect(long process) {
        heard.put(process, time.now());
    }

    /** Makes earlier registrations void; says whether somebody still serves by one. */
    boolean clear(long process) {
        standbys.headMap(process).clear();
        voided.addAll(serving.headMap(process).keySet());
        // Whoever was started later may have been marked by one of those.
        standbys.replaceAll((standby, node) -> node.inSyncWith() < process ? new Node(0, node.version() + 1) : node);
        return !serving.headMap(process).isEmpty();
    }

    boolean serve(long process) {
        if (serving.tailMap(process, false).isEmpty()) {
            serving.headMap(process).clear();
            serving.put(process, process);
        }
        return serving.containsKey(process);
    }

    boolean follow(long process) {
        standbys.putIfAbsent(process, new Node(0, 0));
        return true;
    }

    Leading.Marked write(long process, long standby, long inSyncWith) {
        if (!serving.containsKey(process) || voided.contains(process)) {
            return Leading.Marked.REPLACED;
        }
        Node node = standbys.get(standby);
        if (node == null) {
            return Leading.Marked.STANDBY_GONE;
        }
        standbys.put(standby, new Node(inSyncWith, node.version() + 1));
        return Leading.Marked.ON;
    }

    boolean unmark(long process, long standby) {
        return write(process, standby, 0) != Leading.Marked.REPLACED;
    }

    Promotion promote(long process) {
        if (serving.containsKey(process)) {
            return Promotion.PROMOTED;
        }
        Node node = standbys.get(process);
        if (node == null) {
            return Promotion.GONE;
        }
        if (node.inSyncWith() == 0) {
            return serving.isEmpty() ? Promotion.UNMARKED : Promotion.SERVED;
        }
        if (serving.containsKey(node.inSyncWith())) {
            return Promotion.SERVED;
        }
        standbys.remove(process);
        serving.put(process, process);
        return Promotion.PROMOTED;
    }

    /** Whether a standby is registered that may take over. */
    boolean hasHeir(long process) {
        expire();
        Node node = standbys.get(process);
        return node != null && node.inSyncWith() != 0 && !serving.containsKey(node.inSyncWith());
    }
}
