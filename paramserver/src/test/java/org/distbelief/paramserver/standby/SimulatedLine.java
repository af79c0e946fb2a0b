package org.distbelief.paramserver.standby;

/** A connection: in order both ways, until it is cut, which the ends notice at different times. */
final class SimulatedLine {
    private final VirtualTime time;
    private final End caller;
    private final End called;
    private boolean cut;
    private long lastCall;
    private long lastReply;

    /** Who is at one end. */
    interface End {
        boolean alive();

        /** Handles something when it can: at once, or after a pause. */
        void handle(Runnable action);

        void cut(SimulatedLine line);
    }

    SimulatedLine(VirtualTime time, End caller, End called) {
        this.time = time;
        this.caller = caller;
        this.called = called;
    }

    boolean isCut() {
        return cut;
    }

    End caller() {
        return caller;
    }

    void call(Runnable action) {
        lastCall = deliver(called, lastCall, action);
    }

    void reply(Runnable action) {
        lastReply = deliver(caller, lastReply, action);
    }

    private long deliver(End to, long last, Runnable action) {
        long arrival = Math.max(last, time.now() + time.delay());
        if (!cut) {
            time.at(arrival, () -> {
                if (!to.alive()) {
                    cut();
                } else if (!cut) {
                    to.handle(() -> {
                        if (!cut) {
                            action.run();
                        }
                    });
                }
            });
        }
        return arrival;
    }

    void cut() {
        if (!cut) {
            cut = true;
            for (End end : new End[] {caller, called}) {
                time.after(time.delay(), () -> {
                    if (end.alive()) {
                        end.handle(() -> end.cut(this));
                    }
                });
            }
        }
    }
}
