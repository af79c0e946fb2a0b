package org.distbelief.appmaster.sandblaster;

/**
 * When a replica takes too long for what it is at, be it computing a portion or pushing a bundle: twice as long as
 * replicas take on average, of which the latest batches count most. What it holds is worth a copy then.
 */
final class Lateness {
    private static final int TIMES = 2;
    /** Nobody is late so soon: messages, and processes that share a processor, take time, too. */
    private static final long LEAST_MILLIS = 50;

    private double computed;
    private double computing;
    private double pushed;
    private double pushing;

    /** Another batch begins. */
    void begin() {
        computed /= 2;
        computing /= 2;
        pushed /= 2;
        pushing /= 2;
    }

    /** A replica has computed a portion. */
    void computed(long millis) {
        computed++;
        computing += millis;
    }

    /** A replica's push has been acknowledged by all shards. */
    void pushed(long millis) {
        pushed++;
        pushing += millis;
    }

    /** How many milliseconds after its beginning anything is late; 0 where it is not known how long portions take. */
    long millis() {
        if (computed == 0) {
            return 0;
        }
        double slower = Math.max(computing / computed, pushed == 0 ? 0 : pushing / pushed);
        return Math.max(LEAST_MILLIS, Math.round(TIMES * slower));
    }
}
