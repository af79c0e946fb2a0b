package org.distbelief.appmaster.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happened in a job, for its page and history. Keeps the latest events. */
final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    private static final int MOST = 200;

    private final Deque<Event> events = new ArrayDeque<>();

    void add(long now, String text, boolean bad) {
        if (bad) {
            LOG.warn("{}", text);
        } else {
            LOG.info("{}", text);
        }
        events.addLast(new Event(now, text, bad));
        if (events.size() > MOST) {
            events.removeFirst();
        }
    }

    List<Event> list() {
        return List.copyOf(events);
    }
}
