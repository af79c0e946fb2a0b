package org.distbelief.paramserver.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import org.distbelief.conf.Encoding;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.NumberedProgram;
import org.distbelief.paramserver.kernel.ShardKernels;
import org.distbelief.paramserver.pace.Turn;
import org.distbelief.paramserver.shard.Fetched;
import org.distbelief.paramserver.shard.ParameterShard;
import org.distbelief.paramserver.shard.PushHeader;
import org.distbelief.paramserver.shard.PushReceipt;
import org.distbelief.paramserver.shard.ShardException;
import org.distbelief.paramserver.shard.ShardSaver;
import org.distbelief.paramserver.shard.ShardStatus;
import org.distbelief.paramserver.storage.SavedFile;

/** Speaks to a shard in the same process. */
public final class InProcessShardClient implements ShardClient {
    private final ShardKernels kernels = ShardKernels.best();
    private final ParameterShard shard;
    private final ShardSaver saver;
    private final long generation;
    private final ByteBuffer floats =
            ByteBuffer.allocateDirect(PushHeader.MOST_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Deque<Push> begun = new ArrayDeque<>();

    /** Copies a gradient to where the shard gets it from. */
    private interface Gradient {
        void copy(PushHeader header, ByteBuffer into);
    }

    private record Push(PushHeader header, Gradient gradient) {}

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
    public long fetch(VectorName vector, RangeSet ranges, ParameterBuffer into, OptionalInt keptFor)
            throws ShardException {
        Fetched fetched = shard.fetch(generation, vector, ranges, keptFor, Encoding.FLOAT32);
        ParameterViews views = new ParameterViews(into, ranges);
        while (!fetched.reader().finished()) {
            fetched.reader().next(piece -> {
                while (piece.hasRemaining()) {
                    ByteBuffer view = views.next(piece.remaining());
                    int bytes = view.remaining();
                    view.put(piece.slice(piece.position(), bytes));
                    piece.position(piece.position() + bytes);
                }
            });
        }
        return fetched.version();
    }

    @Override
    public void begin(PushHeader header, ParameterBuffer gradient) {
        begun.add(new Push(header, (pushed, into) -> {
            ParameterViews views = new ParameterViews(gradient, pushed.ranges());
            while (views.hasNext()) {
                into.put(views.next(Integer.MAX_VALUE));
            }
        }));
    }

    @Override
    public void begin(PushHeader header, ByteBuffer gradient) {
        ByteBuffer encoded = gradient.slice().order(gradient.order());
        begun.add(new Push(header, (pushed, into) -> {
            int length = encoded.capacity() / pushed.encoding().bytes();
            kernels.decode(pushed.encoding(), encoded, 0, into, 0, length);
            into.position(length * Float.BYTES);
        }));
    }

    @Override
    public PushReceipt finish() throws IOException, ShardException {
        Push push = begun.remove();
        PushHeader header = push.header();
        if (header.ranges().size() > PushHeader.MOST_FLOATS) {
            throw new IllegalArgumentException("expected a push of at most " + PushHeader.MOST_FLOATS
                    + " parameters, found one of " + header.ranges().size());
        }
        push.gradient().copy(header, floats.clear());
        try {
            return shard.push(header, floats.flip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted during " + header.id()).initCause(e);
        }
    }

    @Override
    public Turn.Answer turn(Turn turn) throws IOException, ShardException {
        try {
            return shard.turn(generation, turn, this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted during " + turn).initCause(e);
        }
    }

    @Override
    public void leave(int replica, long incarnation) throws ShardException {
        shard.leave(generation, replica, incarnation);
    }

    @Override
    public List<Double> run(long parameters, NumberedProgram program) throws IOException, ShardException {
        try {
            return shard.run(generation, parameters, program);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted during " + program).initCause(e);
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
    public void close() {
        shard.closed(this);
    }
}
