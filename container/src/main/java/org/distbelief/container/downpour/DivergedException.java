package org.distbelief.container.downpour;

/** Training has run away: the loss or the gradient is no number any more. */
public final class DivergedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message which step, which learning rate, what to try */
    public DivergedException(String message) {
        super(message);
    }
}
