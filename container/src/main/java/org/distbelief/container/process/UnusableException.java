package org.distbelief.container.process;

import org.jspecify.annotations.Nullable;

/** What the process was given cannot work: its arguments, its files, or the two together. */
final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
