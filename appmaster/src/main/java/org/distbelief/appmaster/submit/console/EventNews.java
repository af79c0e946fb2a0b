package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.JobSnapshot.Event;
import org.jspecify.annotations.Nullable;

/** What went wrong, and what runs again, since the snapshot before. */
final class EventNews {
    private static final String RUNNING = "running";

    private Set<Event> told = Set.of();
    private final Map<String, Integer> restartsTold = new HashMap<>();
    private boolean first = true;

    /** Lines for what is new in this snapshot; each failure and each restart is told once. */
    List<String> since(JobSnapshot job) {
        List<String> lines = new ArrayList<>();
        for (Event event : job.events()) {
            if (event.bad() && !told.contains(event)) {
                lines.add(line(job, event));
            }
        }
        told = new HashSet<>(job.events());
        String now = Figures.duration(StatusText.elapsedSeconds(job)) + "  ";
        job.shards().forEach(row -> {
            if (isNew("parameter shard " + row.index(), row.state(), row.restarts())) {
                lines.add(now + "parameter shard " + row.index() + again(on(row.host()), row.restarts()));
            }
        });
        job.replicas().forEach(row -> {
            if (isNew("model replica " + row.index(), row.state(), row.restarts())) {
                String where = row.split() ? row.placement() : on(row.host());
                lines.add(now + "model replica " + row.index() + again(where, row.restarts()));
            }
        });
        job.coordinators().forEach(row -> {
            if (isNew("coordinator " + row.index(), row.state(), row.restarts())) {
                lines.add(now + "coordinator " + row.index() + again(on(row.host()), row.restarts()));
            }
        });
        first = false;
        return lines;
    }

    /** An event with its time since the job's start; failures are marked. */
    static String line(JobSnapshot job, Event event) {
        String text = TerminalText.clean(event.text());
        return Figures.duration((event.atMillis() - job.startedMillis()) / 1000) + (event.bad() ? "  ! " : "  ") + text;
    }

    private boolean isNew(String process, String state, int restarts) {
        int before = restartsTold.getOrDefault(process, 0);
        if (!first && (restarts <= before || !state.equals(RUNNING))) {
            return false;
        }
        restartsTold.put(process, restarts);
        return !first;
    }

    private static String on(@Nullable String host) {
        return host == null ? "" : "on " + host;
    }

    private static String again(String where, int restarts) {
        return " runs again" + (where.isEmpty() ? "" : " " + TerminalText.clean(where)) + " (restart " + restarts + ")";
    }
}
