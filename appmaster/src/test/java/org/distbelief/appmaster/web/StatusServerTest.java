package org.distbelief.appmaster.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.appmaster.status.JobSnapshot;
import org.distbelief.appmaster.status.SampleSandblaster;
import org.distbelief.appmaster.status.SampleSnapshots;
import org.distbelief.appmaster.status.SnapshotJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages over real HTTP. Requests come from the proxy's address, which is loopback here. */
class StatusServerTest {
    private final AtomicReference<JobSnapshot> snapshot = new AtomicReference<>(SampleSnapshots.training());
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private StatusServer server;

    @BeforeEach
    void start() throws IOException {
        server = serverBehindProxyAt("127.0.0.1");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void theJobAsJsonIsTheSnapshotFreshForEachRequest() throws Exception {
        assertThat(new SnapshotJson().read(get("/api/job").body())).isEqualTo(snapshot.get());

        snapshot.set(SampleSnapshots.failed());

        assertThat(new SnapshotJson().read(get("/api/job").body())).isEqualTo(snapshot.get());
    }

    @Test
    void partitionsOfAReplicaGoIntoTheJsonWithContainerNodeAndLog() throws Exception {
        snapshot.set(SampleSnapshots.split());

        String body = get("/api/job").body();

        assertThat(new SnapshotJson().read(body)).isEqualTo(snapshot.get());
        JsonNode replica = new ObjectMapper().readTree(body).at("/replicas/1");
        assertThat(replica.at("/placement").asText()).isEqualTo("on 2 nodes of rack /rack1");
        assertThat(replica.has("split"))
                .as("only what a reader can't tell itself")
                .isFalse();
        JsonNode partition = replica.at("/partitions/1");
        assertThat(partition.at("/index").asInt()).isEqualTo(1);
        assertThat(partition.at("/state").asText()).isEqualTo("running");
        assertThat(partition.at("/host").asText()).isEqualTo("node3.example");
        assertThat(partition.at("/container").asText()).endsWith("_000016");
        assertThat(partition.at("/log").asText()).contains("_000016/stderr");
    }

    @Test
    void jsonTellsOfTheStandbys() throws Exception {
        snapshot.set(SampleSnapshots.replicated());

        JsonNode shards = new ObjectMapper().readTree(get("/api/job").body()).at("/shards");

        assertThat(shards.at("/0/standby/state").asText()).isEqualTo("in sync");
        assertThat(shards.at("/1/standby/filled").asDouble()).isEqualTo(0.43);
        assertThat(shards.at("/1/standby/sameNode").asBoolean()).isTrue();
        assertThat(shards.at("/1/takeovers").asInt()).isEqualTo(1);
        assertThat(shards.at("/2/standby/container").isNull()).isTrue();
    }

    @Test
    void jsonTellsOfSandblasterAndItsCoordinators() throws Exception {
        snapshot.set(SampleSandblaster.training());

        String body = get("/api/job").body();

        assertThat(new SnapshotJson().read(body)).isEqualTo(snapshot.get());
        JsonNode job = new ObjectMapper().readTree(body);
        assertThat(job.at("/sandblaster/iteration").asInt()).isEqualTo(31);
        assertThat(job.at("/sandblaster/leader").asInt()).isEqualTo(1);
        assertThat(job.at("/sandblaster/batch/replicas/0/portions").asInt()).isEqualTo(437);
        assertThat(job.at("/sandblaster/series")).hasSize(32);
        assertThat(job.at("/coordinators/0/restarts").asInt()).isEqualTo(1);
        assertThat(job.at("/coordinators/1/logs").asText()).contains("_000011/stderr");
    }

    @Test
    void jsonIsNeverCachedAndSaysWhatItIs() throws Exception {
        HttpResponse<String> response = get("/api/job");

        assertThat(header(response, "Content-Type")).isEqualTo("application/json;charset=utf-8");
        assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void thePageIsServedAtTheRootWithAPolicyThatLetsOnlyItsOwnScriptsRun() throws Exception {
        HttpResponse<String> response = get("/");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).startsWith("text/html");
        assertThat(response.body()).contains("<title>DistBelief job</title>");
        assertThat(header(response, "Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(header(response, "X-Frame-Options")).isEqualTo("SAMEORIGIN");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/page.js", "/sandblaster.js", "/dom.js", "/charts.js", "/format.js", "/uplot/uPlot.iife.min.js"
            })
    void scriptsComeFromTheJarAndAreScripts(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).contains("javascript");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page.css", "/uplot/uPlot.min.css"})
    void stylesComeFromTheJarAndAreStyles(String path) throws Exception {
        assertThat(header(get(path), "Content-Type")).startsWith("text/css");
    }

    @Test
    void everyLinkOfThePageIsRelativeSoThatItWorksBelowTheProxysPath() throws Exception {
        assertThat(get("/").body().replace("http://www.w3.org", ""))
                .doesNotContain("href=\"/", "src=\"/", "http://", "https://", "src=\"//");
        assertThat(get("/page.js").body()).contains("fetch(\"api/job\"").doesNotContain("http://", "https://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/api",
                "/api/other",
                "/uplot/",
                "/stacks",
                "/logLevel",
                "/jmx",
                "/conf",
                "/prof",
                "/logs/",
                "/prom",
                "/static/",
                "/page.js/../../../pom.xml"
            })
    void anythingElseIsNotFound(String path) throws Exception {
        assertThat(get(path).statusCode()).isGreaterThanOrEqualTo(400).isLessThan(500);
    }

    @Test
    void theSnapshotCantBeChanged() throws Exception {
        HttpRequest put = request("/api/job")
                .PUT(HttpRequest.BodyPublishers.ofString("{}"))
                .build();

        assertThat(client.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    }

    @Test
    void hostileTextStaysInsideJsonStrings() throws Exception {
        snapshot.set(SampleSnapshots.hostile());

        HttpResponse<String> response = get("/api/job");

        assertThat(header(response, "Content-Type")).startsWith("application/json");
        assertThat(new SnapshotJson().read(response.body())).isEqualTo(snapshot.get());
        assertThat(get("/").body()).doesNotContain("alert(");
    }

    @Test
    void thePagePutsTextInAsTextOnly() throws Exception {
        String scripts = get("/page.js").body()
                + get("/sandblaster.js").body()
                + get("/dom.js").body()
                + get("/charts.js").body();

        assertThat(scripts)
                .contains("textContent")
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
    }

    @Test
    void whoDoesNotComeFromTheProxyIsSentThere() throws Exception {
        try (StatusServer elsewhere = serverBehindProxyAt("192.0.2.1")) {
            HttpResponse<String> response =
                    client.send(request(elsewhere, "/api/job").build(), BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(302);
            assertThat(header(response, "Location"))
                    .isEqualTo("http://192.0.2.1:8088/proxy/redirect/" + SampleSnapshots.APPLICATION + "/api/job");
            assertThat(response.body()).doesNotContain("spoken-digits");
        }
    }

    @Test
    void thePortIsKnownOnceStarted() throws Exception {
        try (StatusServer unstarted = new StatusServer(behindProxyAt("127.0.0.1"), "127.0.0.1", snapshot::get)) {
            assertThatThrownBy(unstarted::port).isInstanceOf(IllegalStateException.class);
        }
        assertThat(server.port()).isPositive();
    }

    @Test
    void afterCloseNothingAnswersAndASecondCloseDoesNothing() throws Exception {
        int port = server.port();
        server.close();
        server.close();

        HttpRequest late = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .build();
        assertThatThrownBy(() -> client.send(late, BodyHandlers.ofString())).isInstanceOf(ConnectException.class);
    }

    private StatusServer serverBehindProxyAt(String address) throws IOException {
        StatusServer made = new StatusServer(behindProxyAt(address), "127.0.0.1", snapshot::get);
        made.start();
        return made;
    }

    private static Configuration behindProxyAt(String address) {
        Configuration conf = new Configuration(false);
        conf.set("yarn.web-proxy.address", address + ":8088");
        return conf;
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return request(server, path);
    }

    private static HttpRequest.Builder request(StatusServer to, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("(none)");
    }
}
