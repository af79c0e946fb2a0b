package org.distbelief.appmaster.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Role;
import org.distbelief.appmaster.roster.YarnGateway;
import org.jspecify.annotations.Nullable;

/** A cluster that gives every container at once and remembers what was asked of it. */
final class FakeCluster implements YarnGateway {
    /** A process that the job started. */
    record Started(Member member, String container, long start) {}

    private final Map<String, Started> running = new HashMap<>();
    private final List<String> stopped = new ArrayList<>();
    private final BlockingQueue<Started> starts = new LinkedBlockingQueue<>();
    private YarnGateway.@Nullable Listener listener;
    private int containers;

    void listener(YarnGateway.Listener job) {
        listener = job;
    }

    /** The processes in the order of their start. */
    BlockingQueue<Started> starts() {
        return starts;
    }

    synchronized List<String> stopped() {
        return List.copyOf(stopped);
    }

    @Override
    public synchronized void request(long request, Role role, List<String> preferredHosts) {
        String container = "container_" + ++containers;
        YarnGateway.Listener job = listener;
        if (job != null) {
            job.allocated(request, container, "node" + containers, "http://logs/" + container);
        }
    }

    @Override
    public void withdraw(long request) {}

    @Override
    public synchronized void launch(String container, Member member, long start) {
        Started process = new Started(member, container, start);
        running.put(container, process);
        starts.add(process);
    }

    @Override
    public synchronized void stop(String container) {
        stopped.add(container);
        running.remove(container);
    }

    @Override
    public void close() {}
}
