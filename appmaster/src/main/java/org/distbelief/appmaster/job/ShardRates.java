package org.distbelief.appmaster.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.distbelief.appmaster.status.ShardWork;
import org.distbelief.appmaster.status.ShardWork.Times;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.shard.ShardStatus;

/** Makes rates of what one process of a shard counts. Its own clock counts, so that late answers do no harm. */
final class ShardRates {
    /** Rates are over as much of its time. */
    static final long WINDOW_MILLIS = 5000;

    private final Deque<ShardStatus> heard = new ArrayDeque<>();

    /** The shard answered; a status older than the last one is passed over. */
    void heard(ShardStatus status) {
        if (!heard.isEmpty() && heard.getLast().generation() != status.generation()) {
            heard.clear();
        }
        if (heard.isEmpty() || millis(heard.getLast()) < millis(status)) {
            heard.add(status);
        }
        while (heard.size() > 2 && millis(heard.getLast()) - millis(second()) >= WINDOW_MILLIS) {
            heard.remove();
        }
    }

    private ShardStatus second() {
        return heard.stream().skip(1).findFirst().orElseThrow();
    }

    private static long millis(ShardStatus status) {
        return status.load().upMillis();
    }

    private double perSecond(ToLongFunction<ShardStatus> counter) {
        if (heard.size() < 2) {
            return 0;
        }
        long counted = counter.applyAsLong(heard.getLast()) - counter.applyAsLong(heard.getFirst());
        return counted * 1000.0 / (millis(heard.getLast()) - millis(heard.getFirst()));
    }

    /** The shard's work at a status of it. */
    ShardWork work(ShardStatus status) {
        return new ShardWork(
                perSecond(s -> s.counters().fetches()),
                perSecond(s -> s.counters().pushes()),
                perSecond(s -> s.counters().bytesIn()),
                perSecond(s -> s.counters().bytesOut()),
                status.load().connections(),
                status.load().working(),
                status.load().heapBytes(),
                status.load().directBytes(),
                status.staleness().histogram(),
                times(status.load().latencies()));
    }

    private static Map<String, Times> times(Map<String, Latency> latencies) {
        return latencies.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> times(e.getValue()), (a, b) -> a, TreeMap::new));
    }

    private static Times times(Latency latency) {
        return new Times(latency.count(), latency.mean(), latency.p50(), latency.p90(), latency.p99(), latency.max());
    }
}
