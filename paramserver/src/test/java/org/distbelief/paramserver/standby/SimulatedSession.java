package org.distbelief.paramserver.standby;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** A process' session with ZooKeeper: one request at a time, of which it may never hear again. */
final class SimulatedSession {
    private static final long PATIENCE = 300;

    private final SimulatedZooKeeper zookeeper;
    private final VirtualTime time;
    private final SimulatedCopy owner;
    private boolean asking;
    private long askedAt;
    private long contact;
    private long cutOffUntil;

    SimulatedSession(SimulatedZooKeeper zookeeper, VirtualTime time, SimulatedCopy owner) {
        this.zookeeper = zookeeper;
        this.time = time;
        this.owner = owner;
        this.contact = time.now();
        zookeeper.connect(owner.start);
    }

    void cutOff(long millis) {
        cutOffUntil = time.now() + millis;
    }

    boolean isCutOff() {
        return time.now() < cutOffUntil;
    }

    void heartbeat() {
        if (owner.reachesZooKeeper()) {
            zookeeper.heartbeat(owner.start);
        }
    }

    /** Whether the owner must take it for lost; to be asked often. */
    boolean isLost() {
        if (asking && time.now() - askedAt > PATIENCE) {
            asking = false;
        }
        if (owner.reachesZooKeeper() && zookeeper.knows(owner.start)) {
            contact = time.now();
            return false;
        }
        return owner.reachesZooKeeper() || time.now() - contact > SimulatedZooKeeper.SESSION * 2 / 3;
    }

    /** Asks, unless an answer is waited for. */
    <T> void ask(Supplier<T> transaction, Consumer<T> answer) {
        if (asking) {
            return;
        }
        asking = true;
        askedAt = time.now();
        long asked = askedAt;
        if (owner.reachesZooKeeper()) {
            zookeeper.ask(owner.start, transaction, result -> {
                if (owner.reachesZooKeeper()) {
                    owner.handle(() -> {
                        // An answer that comes after the asker has given up is that of a lost connection.
                        if (asking && askedAt == asked) {
                            asking = false;
                            answer.accept(result);
                        }
                    });
                }
            });
        }
    }
}
