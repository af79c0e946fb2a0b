package org.distbelief.paramserver.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.distbelief.paramserver.load.Latency;
import org.distbelief.paramserver.load.ShardLoad;
import org.distbelief.paramserver.wire.gen.Load;
import org.distbelief.paramserver.wire.gen.Times;

/** A shard's load to and from that of the wire. */
final class LoadTranslation {
    private LoadTranslation() {}

    static Load load(ShardLoad load) {
        List<Times> latencies = new TreeMap<>(load.latencies())
                .entrySet().stream().map(e -> latency(e.getKey(), e.getValue())).toList();
        return new Load(
                load.upMillis(), load.connections(), load.working(), load.heapBytes(), load.directBytes(), latencies);
    }

    private static Times latency(String what, Latency times) {
        return new Times(what, times.count(), times.mean(), times.p50(), times.p90(), times.p99(), times.max());
    }

    static ShardLoad load(Load load) {
        Map<String, Latency> latencies = new HashMap<>();
        load.getLatencies()
                .forEach(l -> latencies.put(
                        l.getWhat(),
                        new Latency(l.getCount(), l.getMean(), l.getP50(), l.getP90(), l.getP99(), l.getMax())));
        return new ShardLoad(
                load.getUpMillis(),
                load.getConnections(),
                load.getWorking(),
                load.getHeapBytes(),
                load.getDirectBytes(),
                latencies);
    }
}
