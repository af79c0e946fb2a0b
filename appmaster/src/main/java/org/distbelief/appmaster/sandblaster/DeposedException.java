package org.distbelief.appmaster.sandblaster;

/** The master does not want this term any more: another one has begun, or will. */
final class DeposedException extends Exception {
    private static final long serialVersionUID = 1L;

    DeposedException(String message) {
        super(message);
    }
}
