package org.distbelief.container.downpour;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.client.ShardClient;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.storage.SavedFile;

/** A client whose pushes a test can let fail, before or after the shard has applied them. */
abstract class FailingClient implements ShardClient {
    private final ShardClient client;

    FailingClient(ShardClient client) {
        this.client = client;
    }

    void beforePush() throws IOException, ShardException {}

    void afterPush() throws IOException, ShardException {}

    @Override
    public ShardStatus status() throws IOException, ShardException {
        return client.status();
    }

    @Override
    public long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into, OptionalInt keptFor)
            throws IOException, ShardException {
        return client.fetch(vector, ranges, into, keptFor);
    }

    @Override
    public Turn.Answer turn(Turn turn) throws IOException, ShardException {
        return client.turn(turn);
    }

    @Override
    public void leave(int replica, long incarnation) throws IOException, ShardException {
        client.leave(replica, incarnation);
    }

    @Override
    public void begin(PushHeader header, ParameterBuffer gradient) throws IOException {
        client.begin(header, gradient);
    }

    @Override
    public void begin(PushHeader header, ByteBuffer gradient) throws IOException {
        client.begin(header, gradient);
    }

    @Override
    public PushReceipt finish() throws IOException, ShardException {
        beforePush();
        PushReceipt receipt = client.finish();
        afterPush();
        return receipt;
    }

    @Override
    public List<Double> run(long parameters, NumberedProgram program) throws IOException, ShardException {
        return client.run(parameters, program);
    }

    @Override
    public SavedFile save(String directory, List<VectorName> vectors) throws IOException, ShardException {
        return client.save(directory, vectors);
    }

    @Override
    public void close() {
        client.close();
    }
}
