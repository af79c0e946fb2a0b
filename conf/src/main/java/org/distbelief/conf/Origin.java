package org.distbelief.conf;

/**
 * Where a value of the job file stands, for messages.
 *
 * @param source the file's name, or {@code --set} for a value given on the command line
 * @param line line in the file, from 1; 0 where there is none
 */
public record Origin(String source, int line) {
    @Override
    public String toString() {
        return line > 0 ? source + ":" + line : source;
    }
}
