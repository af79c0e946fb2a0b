package org.distbelief.paramserver.pace;

/** A later incarnation of the same replica takes part: this process has been replaced and must end. */
public final class ReplacedReplicaException extends Exception {
    private static final long serialVersionUID = 1L;

    ReplacedReplicaException(Turn turn, long incarnation) {
        super("expected incarnation " + incarnation + " or later of replica " + turn.replica() + ", found one of "
                + turn.incarnation() + "; the process that sent it has been replaced");
    }
}
