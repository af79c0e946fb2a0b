package org.distbelief.paramserver.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.distbelief.conf.JobFile;
import org.distbelief.paramserver.rule.Adagrad;
import org.distbelief.paramserver.rule.Sgd;
import org.junit.jupiter.api.Test;

class HoldingsTest {
    private static Holdings of(String more) {
        String job = """
                output: /out
                model: {layers: [{softmax: {units: 3}}]}
                data: {path: /data}
                """;
        return Holdings.of(JobFile.read("job.yaml", job + more, List.of()).config());
    }

    @Test
    void downpourHoldsParametersAndTheRulesState() {
        Holdings holdings = of("downpour: {update: adagrad}\n");
        assertThat(holdings.rule()).isInstanceOf(Adagrad.class);
        assertThat(holdings.mostVectors()).isEqualTo(2);
        assertThat(holdings.runsPrograms()).isFalse();
    }

    @Test
    void sandblasterHoldsTheHistoryAndAVectorForEachReplicaThatPushes() {
        Holdings holdings =
                of("optimiser: sandblaster\nsandblaster: {history: 7, pushesAtOnce: 3}\ndownpour: {update: adagrad}\n");
        assertThat(holdings.rule())
                .as("no state is kept for a rule that nothing goes through")
                .isInstanceOf(Sgd.class);
        assertThat(holdings.mostVectors()).isEqualTo(2 * (7 + 1) + 4 + 3 + 1);
        assertThat(holdings.pacing().gathers()).isFalse();
        assertThat(holdings.runsPrograms()).isTrue();
    }
}
