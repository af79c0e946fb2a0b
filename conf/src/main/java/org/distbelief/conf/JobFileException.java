package org.distbelief.conf;

import java.util.List;

/** The job file is refused. The message lists every problem found, one a line, each with its file and line. */
public final class JobFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The problems, in the order of the file; unmodifiable. */
    private final transient List<String> problems;

    /** @param problems what is wrong, at least one line */
    public JobFileException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** One message per problem. */
    public List<String> problems() {
        return problems;
    }
}
