package org.distbelief.appmaster.sandblaster;

import org.distbelief.paramserver.client.VectorAlgebra;

/** The vectors on the shards, as the leader of a term has access to them: until a later term begins. */
public interface TermAlgebra extends VectorAlgebra, AutoCloseable {
    /** Bytes sent to all shards. */
    long bytesSent();

    /** Bytes got from all shards. */
    long bytesReceived();

    /** Ends the connections; a program under way fails. */
    @Override
    void close();

    /** Makes them. */
    @FunctionalInterface
    interface Source {
        /** The algebra of a term. */
        TermAlgebra open(long term);
    }
}
