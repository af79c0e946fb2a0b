package org.distbelief.paramserver.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Stands between a client and a server and keeps all that they say, as whoever listens on the network could. */
final class RecordingProxy implements AutoCloseable {
    private final InetSocketAddress server;
    private final ServerSocket listener;
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private final List<Socket> sockets = new ArrayList<>();

    RecordingProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** All bytes of both directions. */
    byte[] record() {
        synchronized (record) {
            return record.toByteArray();
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket client = keep(listener.accept());
                Socket behind = keep(new Socket(server.getAddress(), server.getPort()));
                start(() -> pass(client, behind));
                start(() -> pass(behind, client));
            }
        } catch (IOException e) {
            close();
        }
    }

    private synchronized Socket keep(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private void pass(Socket from, Socket to) {
        byte[] buffer = new byte[64 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                synchronized (record) {
                    record.write(buffer, 0, got);
                }
                out.write(buffer, 0, got);
            }
            to.close();
        } catch (IOException e) {
            close(to);
        }
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized void close() {
        close(listener);
        sockets.forEach(RecordingProxy::close);
    }
}
