package org.distbelief.appmaster.web;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.http.HttpServer2;
import org.distbelief.appmaster.status.JobSnapshot;

/**
 * The job's web pages: {@code /} is the page for people, {@code /api/job} the {@link JobSnapshot} as JSON, which the
 * page fetches every second. Nothing can be changed through them.
 *
 * <p>Runs on Hadoop's {@link HttpServer2} behind YARN's filter for ApplicationMasters: whoever does not come from the
 * proxy's address is redirected to the proxy, which knows the user. All links of the page are relative, so register the
 * tracking address at {@code /}. Hadoop's own pages ({@code /conf}, {@code /jmx}, {@code /stacks}, {@code /logLevel},
 * {@code /prof}, {@code /logs}) are switched off.
 *
 * <p>The pages are unpacked below {@code java.io.tmpdir}; inside a container point that into its working directory.
 */
public final class StatusServer implements AutoCloseable {
    /** Names the folder below {@code webapps/} that holds the pages. */
    private static final String NAME = "distbelief";

    private static final String AM_FILTER = "org.apache.hadoop.yarn.server.webproxy.amfilter.AmFilterInitializer";

    /** What Hadoop puts into every server, and no user of a job needs. */
    private static final List<String> UNWANTED = List.of("/stacks", "/logLevel", "/jmx", "/conf", "/prof", "/prom");

    private static final int MAX_THREADS = 24;

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private final HttpServer2 server;
    private int port = -1;

    /**
     * A server on a free port; nothing is bound before {@link #start}.
     *
     * @param conf the cluster's configuration: tells the proxy's address; not modified
     * @param bindHost address or host name to listen on; {@code 0.0.0.0} for every interface
     * @param snapshot called for each request, by several threads at once; should be cheap
     * @throws IOException if the pages are not on the class path
     */
    public StatusServer(Configuration conf, String bindHost, Supplier<JobSnapshot> snapshot) throws IOException {
        this(conf, bindHost, 0, snapshot);
    }

    /**
     * A server on a given port.
     *
     * @param port port to listen on; 0 for a free one
     * @see #StatusServer(Configuration, String, Supplier)
     */
    public StatusServer(Configuration conf, String bindHost, int port, Supplier<JobSnapshot> snapshot)
            throws IOException {
        Objects.requireNonNull(snapshot, "snapshot");
        server = new HttpServer2.Builder()
                .setName(NAME)
                .setConf(pageConfiguration(conf))
                .addEndpoint(URI.create("http://" + bracketed(bindHost) + ":" + port))
                .setFindPort(false)
                .configureXFrame(true)
                .setXFrameOption("SAMEORIGIN")
                .build();
        server.setAttribute(JobServlet.SNAPSHOT, snapshot);
        server.addServlet("page", "", PageServlet.class);
        server.addServlet("job", "/api/job", JobServlet.class);
        for (String path : UNWANTED) {
            server.addServlet("none" + path.replace('/', '-'), path, NotFoundServlet.class);
        }
    }

    /**
     * Binds and serves.
     *
     * @throws IOException if the address can't be bound
     */
    public void start() throws IOException {
        server.start();
        InetSocketAddress address = Objects.requireNonNull(server.getConnectorAddress(0), "the server is not bound");
        port = address.getPort();
    }

    /**
     * The port that it listens on.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public int port() {
        if (port < 0) {
            throw new IllegalStateException("The status server has no port before start()");
        }
        return port;
    }

    /** Stops serving; open requests are cut off. A second call does nothing. */
    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (IOException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the status server stopped", e);
        } catch (Exception e) {
            throw new IOException("The status server did not stop cleanly: " + e.getMessage(), e);
        }
    }

    private static Configuration pageConfiguration(Configuration conf) {
        Configuration own = new Configuration(conf);
        own.set(HttpServer2.FILTER_INITIALIZER_PROPERTY, AM_FILTER);
        own.setBoolean("hadoop.http.logs.enabled", false);
        own.setBoolean("hadoop.prometheus.endpoint.enabled", false);
        own.setInt(HttpServer2.HTTP_MAX_THREADS_KEY, MAX_THREADS);
        own.set(HttpServer2.HTTP_HEADER_PREFIX + "Content-Security-Policy", CONTENT_SECURITY_POLICY);
        own.set(HttpServer2.HTTP_HEADER_PREFIX + "Referrer-Policy", "no-referrer");
        return own;
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
