package org.distbelief.paramserver.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.distbelief.paramserver.shard.ShardException;
import org.jspecify.annotations.Nullable;

/** The clients of one shard: as many as there are requests at the same time, reused. For any number of threads. */
final class ShardClients implements AutoCloseable {
    private record Idle(ShardAddress address, ShardClient client) {}

    /** A request to a shard. */
    @FunctionalInterface
    interface Request<T> {
        T send(ShardClient client, long generation) throws IOException, ShardException;
    }

    private final ShardConnector connector;
    private final List<Idle> idle = new ArrayList<>();
    private final Set<ShardClient> busy = new HashSet<>();
    private boolean closed;

    ShardClients(ShardConnector connector) {
        this.connector = connector;
    }

    /** Sends a request with a client for this address. A client whose request fails in any way is not used again. */
    <T> T send(ShardAddress address, Request<T> request) throws IOException, ShardException {
        ShardClient client = take(address);
        boolean sound = false;
        try {
            T result = request.send(client, address.generation());
            sound = true;
            return result;
        } finally {
            release(address, client, sound);
        }
    }

    private ShardClient take(ShardAddress address) throws IOException {
        ShardClient found = idle(address);
        ShardClient client = found == null ? connector.connect(address) : found;
        synchronized (this) {
            if (!closed) {
                busy.add(client);
                return client;
            }
        }
        client.close();
        throw new IOException("the client of " + address + " was closed");
    }

    private synchronized @Nullable ShardClient idle(ShardAddress address) {
        while (!idle.isEmpty()) {
            Idle last = idle.remove(idle.size() - 1);
            if (last.address().equals(address)) {
                return last.client();
            }
            last.client().close();
        }
        return null;
    }

    private void release(ShardAddress address, ShardClient client, boolean sound) {
        synchronized (this) {
            busy.remove(client);
            if (sound && !closed) {
                idle.add(new Idle(address, client));
                return;
            }
        }
        client.close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(i -> i.client().close());
        idle.clear();
        busy.forEach(ShardClient::close);
    }
}
