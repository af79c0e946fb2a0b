package org.distbelief.container.coordinator;

/** This coordinator does not lead: another one does, or will soon. */
public final class NotLeadingException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotLeadingException(String message) {
        super(message);
    }
}
