package org.distbelief.appmaster.submit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.distbelief.appmaster.bench.SandblasterFigures;
import org.junit.jupiter.api.Test;

class SandblasterTablesTest {
    private static final SandblasterFigures FIGURES = new SandblasterFigures(
            true,
            3,
            12,
            List.of(
                    new SandblasterFigures.Way(1, 2, 40000, 45000, 50000, 1.25, 16, 6144, 0.2, 0.1),
                    new SandblasterFigures.Way(2, 1, 90000, 95000, 100000, 1.25, 17, 7168, 0.1, 0.05)),
            List.of(new SandblasterFigures.Peer("other", 30000)));

    @Test
    void ratiosAreToDownpoursGradientsOfTheSameWayAndOfTheBestWayToPeers() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new SandblasterTables(new PrintStream(bytes, true, StandardCharsets.UTF_8)).print(FIGURES);

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "replicas x threads 1 x 2 2 x 1",
                        "loss and gradient, examples/s 40000 90000",
                        "ratio to Downpour's gradients 0.80x 0.90x",
                        " while a batch is evaluated 0.90x 0.95x",
                        "share of time not in gradients 20.0% 10.0%",
                        "programs for each iteration and shard 16.0 17.0",
                        "coordinator's KiB for each iteration and shard 6.0 7.0",
                        "other 30000 3.00x");
    }

    @Test
    void theJsonNamesTheBenchmarkAndHoldsAllFigures() {
        JsonNode json = new SandblasterTables(System.out).json(FIGURES);

        assertThat(json.path("benchmark").asText()).isEqualTo("sandblaster");
        assertThat(json.path("rounds").asInt()).isEqualTo(3);
        assertThat(json.path("ways").path(1).path("examples").asDouble()).isEqualTo(90000);
        assertThat(json.path("ways").path(1).path("bytes").asDouble()).isEqualTo(7168);
        assertThat(json.path("peers").path(0).path("name").asText()).isEqualTo("other");
    }
}
