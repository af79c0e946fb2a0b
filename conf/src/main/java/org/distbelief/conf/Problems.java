package org.distbelief.conf;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a job file, so that a user sees all of it at once. */
public final class Problems {
    private final List<String> found = new ArrayList<>();

    /**
     * Notes one problem.
     *
     * @param origin where the offending value stands
     * @param text what was expected and what was found
     */
    public void add(Origin origin, String text) {
        found.add(origin + ": " + text);
    }

    /** Throws {@link JobFileException} if anything was noted. */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new JobFileException(found);
        }
    }
}
