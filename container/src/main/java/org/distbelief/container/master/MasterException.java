package org.distbelief.container.master;

/** A report that got no reply. The message names the master's address and what went wrong. */
public final class MasterException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean refused;

    private MasterException(boolean refused, String message, Throwable cause) {
        super(message, cause);
        this.refused = refused;
    }

    /** The master could not be reached, or gave no answer in time: worth another try. */
    public static MasterException unreachable(String message, Throwable cause) {
        return new MasterException(false, message, cause);
    }

    /** The master answered that it does not want this replica: no use trying again. */
    public static MasterException refused(String message, Throwable cause) {
        return new MasterException(true, message, cause);
    }

    /** Whether the master refused, so that trying again is of no use. */
    public boolean refused() {
        return refused;
    }
}
