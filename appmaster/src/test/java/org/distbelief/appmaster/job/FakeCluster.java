package org.distbelief.appmaster.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Place;
import org.distbelief.appmaster.roster.RosterAction;
import org.distbelief.appmaster.roster.YarnGateway;
import org.jspecify.annotations.Nullable;

/** A cluster that gives containers at once, on the first node preferred, and remembers what was asked of it. */
final class FakeCluster implements YarnGateway {
    /** A process that the job started. */
    record Started(Member member, String container, long start, boolean standby) {}

    private final Map<String, Started> running = new HashMap<>();
    private final List<String> stopped = new ArrayList<>();
    private final List<Runnable> unanswered = new ArrayList<>();
    private final BlockingQueue<Started> starts = new LinkedBlockingQueue<>();
    private YarnGateway.@Nullable Listener listener;
    private int containers;
    private int room = Integer.MAX_VALUE;

    void listener(YarnGateway.Listener job) {
        listener = job;
    }

    /** How many containers are given, from the job's beginning; what was asked for meanwhile is given when it grows. */
    synchronized void room(int most) {
        room = most;
        while (containers < room && !unanswered.isEmpty()) {
            unanswered.remove(0).run();
        }
    }

    /** The processes in the order of their start. */
    BlockingQueue<Started> starts() {
        return starts;
    }

    synchronized List<String> stopped() {
        return List.copyOf(stopped);
    }

    @Override
    public synchronized void request(RosterAction.Request request, List<String> preferredHosts) {
        unanswered.add(() -> {
            String container = "container_" + ++containers;
            String node = preferredHosts.isEmpty() ? "node" + containers : preferredHosts.get(0);
            YarnGateway.Listener job = listener;
            if (job != null) {
                job.allocated(request.request(), new Place(container, node, null, "http://logs/" + container));
            }
        });
        room(room);
    }

    @Override
    public void withdraw(long request) {}

    @Override
    public synchronized void launch(RosterAction.Launch launch) {
        Started process = new Started(launch.member(), launch.container(), launch.start(), launch.standby());
        running.put(launch.container(), process);
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
