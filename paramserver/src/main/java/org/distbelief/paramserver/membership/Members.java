package org.distbelief.paramserver.membership;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Members by role, each with its lives by number; the highest counts. Plain Java: events go in, waiting readers are
 * woken.
 *
 * @param <T> what is known of a member
 */
final class Members<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, TreeMap<Long, T>> lives = new HashMap<>();

    void add(String role, long life, T member) {
        lock.lock();
        try {
            lives.computeIfAbsent(role, r -> new TreeMap<>()).put(life, member);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void remove(String role, long life) {
        lock.lock();
        try {
            TreeMap<Long, T> known = lives.get(role);
            if (known != null) {
                known.remove(life);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The highest life of a role, waiting for one to appear; empty where none has in time. */
    Optional<T> await(String role, Duration bound) throws InterruptedException {
        long left = bound.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                TreeMap<Long, T> known = lives.get(role);
                if (known != null && !known.isEmpty()) {
                    return Optional.of(known.lastEntry().getValue());
                }
                if (left <= 0) {
                    return Optional.empty();
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a role has no life; says whether that is so. */
    boolean awaitNone(String role, Duration bound) throws InterruptedException {
        long left = bound.toNanos();
        lock.lockInterruptibly();
        try {
            while (!lives.getOrDefault(role, new TreeMap<>()).isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
