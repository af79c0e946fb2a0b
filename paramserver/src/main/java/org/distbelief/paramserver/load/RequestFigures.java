package org.distbelief.paramserver.load;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Counts and times the requests of a server, by method. For any number of threads. */
public final class RequestFigures {
    private final Map<String, LatencyRecorder> methods;
    private final AtomicInteger working = new AtomicInteger();

    /** @param methods the only ones that are timed */
    public RequestFigures(Collection<String> methods) {
        this.methods = methods.stream().collect(Collectors.toUnmodifiableMap(m -> m, m -> new LatencyRecorder()));
    }

    /** A request whose first byte has been read; to be closed when it has been worked on, for better or worse. */
    public final class Request implements AutoCloseable {
        private final long begun = System.nanoTime();

        private Request() {
            working.incrementAndGet();
        }

        /** The last byte of the reply has been written. */
        public void answered(String method) {
            LatencyRecorder recorder = methods.get(method);
            if (recorder != null) {
                recorder.record(System.nanoTime() - begun);
            }
        }

        @Override
        public void close() {
            working.decrementAndGet();
        }
    }

    /** A request begins. */
    public Request begin() {
        return new Request();
    }

    /** Requests that are being worked on, or whose bytes are arriving or leaving. */
    public int working() {
        return working.get();
    }

    /** Times from the first byte of a request to the last one of its reply, for methods that were called. */
    public Map<String, Latency> latencies() {
        Map<String, Latency> latencies = new TreeMap<>();
        methods.forEach((method, recorder) -> {
            Latency latency = recorder.get();
            if (latency.count() > 0) {
                latencies.put(method, latency);
            }
        });
        return latencies;
    }
}
