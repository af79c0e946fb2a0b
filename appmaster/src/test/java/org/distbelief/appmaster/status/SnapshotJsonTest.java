package org.distbelief.appmaster.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.distbelief.appmaster.status.JobSnapshot.ReplicaRow;
import org.junit.jupiter.api.Test;

class SnapshotJsonTest {
    private final SnapshotJson json = new SnapshotJson();

    @Test
    void aSplitReplicaIsReadAsItWasWritten() {
        assertThat(json.read(json.write(SampleSnapshots.split()))).isEqualTo(SampleSnapshots.split());
    }

    @Test
    void standbysAreReadAsTheyWereWritten() {
        assertThat(json.read(json.write(SampleSnapshots.replicated()))).isEqualTo(SampleSnapshots.replicated());
        assertThat(SampleSnapshots.replicated().shards()).noneMatch(row -> row.standby() == null);
    }

    @Test
    void sandblasterIsReadAsItWasWrittenAndWithoutWhatFollowsFromIt() throws Exception {
        String text = json.write(SampleSandblaster.training());

        assertThat(json.read(text)).isEqualTo(SampleSandblaster.training());
        assertThat(json.read(json.write(SampleSandblaster.starting()))).isEqualTo(SampleSandblaster.starting());
        assertThat(new ObjectMapper().readTree(text).at("/sandblaster").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "iteration",
                        "iterations",
                        "loss",
                        "gradientNorm",
                        "examples",
                        "leader",
                        "term",
                        "leaders",
                        "ended",
                        "batch",
                        "series");
    }

    @Test
    void aHistoryFromBeforeSandblasterIsRead() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode tree = (ObjectNode) mapper.readTree(json.write(SampleSnapshots.succeeded()));
        tree.remove(List.of("sandblaster", "coordinators"));

        assertThat(json.read(mapper.writeValueAsString(tree))).isEqualTo(SampleSnapshots.succeeded());
    }

    @Test
    void aHistoryFromBeforeShardsHadStandbysIsRead() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode tree = (ObjectNode) mapper.readTree(json.write(SampleSnapshots.succeeded()));
        tree.get("shards").forEach(row -> ((ObjectNode) row).remove(List.of("takeovers", "standby")));

        assertThat(json.read(mapper.writeValueAsString(tree))).isEqualTo(SampleSnapshots.succeeded());
    }

    @Test
    void aHistoryFromBeforeTheShardsToldTheirWorkIsRead() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode tree = (ObjectNode) mapper.readTree(json.write(SampleSnapshots.succeeded()));
        tree.get("shards").forEach(row -> ((ObjectNode) row).remove("work"));

        JobSnapshot old = json.read(mapper.writeValueAsString(tree));

        assertThat(old.shards()).hasSize(2).allMatch(row -> row.work() == null);
    }

    @Test
    void aHistoryFromBeforeReplicasCouldBeSplitIsRead() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode tree = (ObjectNode) mapper.readTree(json.write(SampleSnapshots.succeeded()));
        tree.get("replicas").forEach(row -> ((ObjectNode) row).remove(List.of("partitions", "placement")));

        JobSnapshot old = json.read(mapper.writeValueAsString(tree));

        assertThat(old.replicas())
                .hasSize(2)
                .noneMatch(ReplicaRow::split)
                .allMatch(row -> row.placement().isEmpty());
        assertThat(old.replicas()).extracting(ReplicaRow::container).doesNotContainNull();
    }
}
