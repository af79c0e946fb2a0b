package org.distbelief.paramserver.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.storage.SavedFile;

/**
 * Speaks to one generation of one shard, one request at a time. After an {@link IOException} it is unknown whether the
 * request was carried out; a push may then be sent again with the same id, here or through another client. An interrupt
 * ends a request with an {@link IOException}. For one thread at once; {@link #close} may come from any.
 */
public interface ShardClient extends AutoCloseable {
    /** What the shard tells about itself. */
    ShardStatus status() throws IOException, ShardException;

    /**
     * Copies part of a vector from the shard.
     *
     * @param ranges parameters that the shard holds; not empty
     * @param into where the floats go, at their flat indices; where the fetch fails, some may have been overwritten
     * @return updates that the shard had applied before the first float was read
     */
    default long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into) throws IOException, ShardException {
        return fetch(vector, ranges, into, OptionalInt.empty());
    }

    /**
     * {@link #fetch(VectorName, RangeSet, ParameterBuffer)}.
     *
     * @param keptFor the replica that will compute a gradient of these parameters from what it fetches: where the
     *     update rule compares with them, the shard keeps a copy
     */
    long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into, OptionalInt keptFor)
            throws IOException, ShardException;

    /**
     * Asks for a replica's turn, and makes it one of those that the others wait for, until it leaves or this client is
     * closed. Waits for the others, some seconds at most.
     */
    Turn.Answer turn(Turn turn) throws IOException, ShardException;

    /** Tells that a replica has nothing to do until it asks for its turn again. */
    void leave(int replica, long incarnation) throws IOException, ShardException;

    /**
     * Sends a gradient without waiting for the shard to apply it. Several may be on their way; in between no other
     * request may be made.
     *
     * @param header for this client's generation; its encoding is that of floats as they are
     * @param gradient holds the floats of the header's ranges at their flat indices; must not change before the push
     *     has been finished or has failed
     * @throws IOException where the connection is lost; the pushes before it are lost, too
     */
    void begin(PushHeader header, ParameterBuffer gradient) throws IOException;

    /**
     * {@link #begin(PushHeader, ParameterBuffer)} of a gradient that is encoded.
     *
     * @param gradient direct, from its position to its limit; of the header's encoding, in ascending order
     */
    void begin(PushHeader header, ByteBuffer gradient) throws IOException;

    /**
     * Waits for the oldest push that was begun.
     *
     * @throws IOException where the connection is lost; the pushes after it are lost, too
     */
    PushReceipt finish() throws IOException, ShardException;

    /** {@link #begin(PushHeader, ParameterBuffer) Begins} and {@link #finish finishes} a push. */
    default PushReceipt push(PushHeader header, ParameterBuffer gradient) throws IOException, ShardException {
        begin(header, gradient);
        return finish();
    }

    /**
     * Runs a program on the shard's vectors; may be sent again with the same number, here or through another client.
     *
     * @param parameters how many floats the shard has by the shard map
     * @return the results of the shard's part; of a norm the sum of squares
     */
    List<Double> run(long parameters, NumberedProgram program) throws IOException, ShardException;

    /** Bytes that have gone over this client's connections so far, as far as that is known. */
    default Traffic traffic() {
        return Traffic.NONE;
    }

    /**
     * Has the shard write vectors to a file of its own.
     *
     * @param directory a directory of the cluster's file system
     */
    SavedFile save(String directory, List<VectorName> vectors) throws IOException, ShardException;

    /** Gives the connection back. A request under way fails. */
    @Override
    void close();
}
