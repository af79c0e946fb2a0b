package org.distbelief.paramserver.security;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Tells of what peers did wrong in a few short lines, however many they are and whatever they sent: after
 * {@value #BURST} lines at once one every {@value #PERIOD_SECONDS} s, which says how many were left out. For any number
 * of threads.
 */
public final class PeerLog {
    static final int BURST = 20;
    static final int PERIOD_SECONDS = 10;
    static final int MOST_CHARACTERS = 300;

    private static final long PERIOD = Duration.ofSeconds(PERIOD_SECONDS).toNanos();

    private final Logger log;
    private final String name;
    private final LongSupplier nanoTime;
    private int lines = BURST;
    private long since;
    private long leftOut;

    /**
     * @param name of the server, at the beginning of each line
     * @param nanoTime the clock
     */
    public PeerLog(Logger log, String name, LongSupplier nanoTime) {
        this.log = log;
        this.name = name;
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /** Says something about a peer that may have to be looked after. */
    public void warn(String what, String peer, String reason) {
        String line = line(what, peer, reason);
        if (line != null) {
            log.warn("{}", line);
        }
    }

    /** Says something about a peer that happens. */
    public void info(String what, String peer, String reason) {
        String line = line(what, peer, reason);
        if (line != null) {
            log.info("{}", line);
        }
    }

    private synchronized @Nullable String line(String what, String peer, String reason) {
        long periods = (nanoTime.getAsLong() - since) / PERIOD;
        since += periods * PERIOD;
        lines = (int) Math.min(BURST, lines + periods);
        if (lines == 0) {
            leftOut++;
            return null;
        }
        lines--;
        String others = leftOut == 0 ? "" : " (" + leftOut + " more such lines were left out before this one)";
        leftOut = 0;
        return name + ": " + what + " " + peer + ": " + printable(reason) + others;
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(MOST_CHARACTERS).forEach(c -> shown.appendCodePoint(c < ' ' || c > '~' ? '?' : c));
        return text.length() > MOST_CHARACTERS ? shown.append(" ...").toString() : shown.toString();
    }
}
