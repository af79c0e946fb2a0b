package org.distbelief.appmaster.local;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * One daemon, as it was found.
 *
 * @param title its name for people
 * @param state whether its process runs and answers
 * @param pid the number of its process, also when that is gone
 * @param residentBytes the memory it holds, if it runs and the system tells
 * @param address where its clients find it
 * @param webPage its page, or an empty string if it has none
 * @param log its log
 */
public record DaemonStatus(
        String title, State state, long pid, OptionalLong residentBytes, String address, String webPage, Path log) {
    /** What a daemon may be found doing. */
    public enum State {
        /** The process runs and accepts connections. */
        RUNNING("running"),
        /** The process runs but accepts no connections. */
        SILENT("not answering"),
        /** The process is gone. */
        DEAD("dead");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The state in words. */
        public String word() {
            return word;
        }
    }
}
