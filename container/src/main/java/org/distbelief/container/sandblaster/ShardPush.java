package org.distbelief.container.sandblaster;

import java.io.IOException;
import org.distbelief.paramserver.ParameterBuffer;
import org.distbelief.paramserver.RangeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.PushSource;
import org.distbelief.paramserver.client.Pushes;
import org.distbelief.paramserver.client.ShardedParameters;
import org.distbelief.paramserver.client.Update;
import org.distbelief.paramserver.shard.ShardException;

/** Pushes bundles to the shards of the job. For one thread; {@link #close} may come from any. */
public final class ShardPush implements BundlePush, AutoCloseable {
    private final Pushes pushes;

    /** @param shards stay the caller's */
    public ShardPush(ShardedParameters shards, PushSource source) {
        this.pushes = shards.pushes(source);
    }

    @Override
    public boolean push(VectorName into, RangeSet ranges, ParameterBuffer gradient)
            throws IOException, ShardException, InterruptedException {
        Update update = pushes.beginInto(ranges, into);
        update.add(ranges, gradient);
        return !update.await().dropped();
    }

    /** Ends all threads and connections. Afterwards no gradient is read any more. */
    @Override
    public void close() {
        pushes.close();
    }
}
