package org.distbelief.appmaster.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks the daemons whether they are ready. Every question is bounded to a few seconds. */
final class Readiness {
    private static final int TIMEOUT_MS = 3000;

    private final ClusterFacts facts;
    private final ObjectMapper json = new ObjectMapper();

    Readiness(ClusterFacts facts) {
        this.facts = facts;
    }

    /** What HDFS still lacks; empty when it is out of safe mode with a live DataNode. */
    Optional<String> hdfs() {
        return bean("namenode.web", "Hadoop:service=NameNode,name=FSNamesystemState")
                .map(Readiness::hdfsLacks)
                .orElse(Optional.of("the NameNode to answer"));
    }

    /** What YARN still lacks; empty when every NodeManager has registered with the ResourceManager. */
    Optional<String> yarn() {
        return bean("resourcemanager.web", "Hadoop:service=ResourceManager,name=ClusterMetrics")
                .map(metrics -> yarnLacks(metrics, facts.nodeManagers()))
                .orElse(Optional.of("the ResourceManager to answer"));
    }

    /** What ZooKeeper lacks; empty when it says that it is well. */
    Optional<String> zooKeeper() {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), facts.port("zookeeper.client")),
                    TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            OutputStream out = socket.getOutputStream();
            out.write("ruok".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.equals("imok") ? Optional.empty() : Optional.of("ZooKeeper to be well");
        } catch (IOException notYet) {
            return Optional.of("ZooKeeper to answer");
        }
    }

    /** What the job history server lacks; empty when it listens. */
    Optional<String> historyServer() {
        return answers(facts.port("history.rpc")) ? Optional.empty() : Optional.of("the JobHistoryServer to answer");
    }

    /** Whether somebody accepts connections at a loopback port. */
    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /** Reads the NameNode's own account of its state. */
    static Optional<String> hdfsLacks(JsonNode state) {
        if (state.path("NumLiveDataNodes").asInt() < 1) {
            return Optional.of("a DataNode to report");
        }
        return state.path("FSState").asText().equals("Operational")
                ? Optional.empty()
                : Optional.of("HDFS to leave safe mode");
    }

    /** Reads the ResourceManager's own account of its nodes. */
    static Optional<String> yarnLacks(JsonNode metrics, int expected) {
        int active = metrics.path("NumActiveNMs").asInt();
        return active >= expected
                ? Optional.empty()
                : Optional.of("NodeManagers to register (" + active + " of " + expected + ")");
    }

    private Optional<JsonNode> bean(String port, String name) {
        try {
            URI uri = URI.create("http://localhost:" + facts.port(port) + "/jmx?qry=" + name);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(java.net.Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try (InputStream in = connection.getInputStream()) {
                JsonNode beans = json.readTree(in).path("beans");
                return beans.isEmpty() ? Optional.empty() : Optional.of(beans.get(0));
            }
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }
}
