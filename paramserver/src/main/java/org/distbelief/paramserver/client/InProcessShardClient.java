package org.distbelief.paramserver.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.PushSession;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.shard.VectorBank;
import org.distbelief.paramserver.storage.SavedFile;

/** Speaks to a shard in the same process. */
public final class InProcessShardClient implements ShardClient {
    private final ParameterShard shard;
    private final ShardSaver saver;
    private final long generation;
    private final ByteBuffer chunk =
            ByteBuffer.allocateDirect(VectorBank.CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** @param generation the generation that the client takes the shard for */
    public InProcessShardClient(ParameterShard shard, ShardSaver saver, long generation) {
        this.shard = shard;
        this.saver = saver;
        this.generation = generation;
    }

    @Override
    public ShardStatus status() {
        return shard.status();
    }

    @Override
    public long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into) throws ShardException {
        ParameterShard.Fetched fetched = shard.fetch(generation, vector, ranges);
        ParameterViews views = new ParameterViews(into, ranges);
        while (!fetched.reader().finished()) {
            fetched.reader().read(chunk.clear());
            chunk.flip();
            while (chunk.hasRemaining()) {
                ByteBuffer view = views.next(chunk.remaining());
                view.put(chunk.slice(chunk.position(), view.remaining()));
                chunk.position(chunk.position() + view.position());
            }
        }
        return fetched.version();
    }

    @Override
    public PushReceipt push(PushHeader header, ParameterBuffer gradient) throws IOException, ShardException {
        try (PushSession session = shard.push(header)) {
            ParameterViews views = new ParameterViews(gradient, header.ranges());
            while (views.hasNext()) {
                session.accept(views.next(Integer.MAX_VALUE));
            }
            return session.complete();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted during " + header.id()).initCause(e);
        }
    }

    @Override
    public SavedFile save(String directory, List<VectorName> vectors) throws ShardException {
        shard.check(generation);
        shard.check(vectors);
        try {
            return saver.save(shard, directory, vectors);
        } catch (IOException e) {
            throw new ShardException(ShardException.Kind.SAVE_FAILED, e.getMessage() + "", e);
        }
    }

    @Override
    public void close() {}
}
