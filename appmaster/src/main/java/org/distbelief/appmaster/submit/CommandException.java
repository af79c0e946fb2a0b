package org.distbelief.appmaster.submit;

import org.distbelief.conf.ExitStatus;

/** A command ends with a message for the user and an exit status. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    private CommandException(String message, int exitStatus) {
        super(message);
        this.exitStatus = exitStatus;
    }

    /** The user can mend it. */
    static CommandException user(String message) {
        return new CommandException(message, ExitStatus.USER_ERROR);
    }

    /** The user can mend what an exception says. */
    static CommandException user(Exception e) {
        return user(String.valueOf(e.getMessage()));
    }

    /** Something needed can't be reached now. */
    static CommandException unavailable(String message) {
        return new CommandException(message, ExitStatus.UNAVAILABLE);
    }

    /** Something needed can't be reached now, as an exception says. */
    static CommandException unavailable(Exception e) {
        return unavailable(String.valueOf(e.getMessage()));
    }

    int exitStatus() {
        return exitStatus;
    }
}
