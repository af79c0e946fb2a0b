package org.distbelief.container.coordinator;

/** The coordinator does not want this replica: it has been replaced and must end. */
public final class CoordinatorRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public CoordinatorRefusedException(String message) {
        super(message);
    }
}
