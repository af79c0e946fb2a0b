package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.distbelief.appmaster.status.SampleSnapshots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTextTest {
    @Test
    void tellsTheStateTheShardsAndTheReplicasInAlignedTables() {
        assertThat(StatusText.of(SampleSnapshots.training(), 160)).isEqualTo("""
                spoken-digits (application_1700000000000_0007, train, ada): training for 1:02
                training epoch 3 of 10

                Progress    25.4 %, 876,543 of 3,456,780 examples, 17,433/s, loss 1.5321, epoch 3 of 10, 2:28 left
                Data        61 of 240 portions completed, 2 being worked on, 1 given out again after a loss
                Checkpoint  000002 at example 600,000, 4.8 MiB
                Output      hdfs://namenode.example:8020/user/ada/digits

                Parameter shards
                  shard  state    node           parameters  pushes  repeats  dropped  fetches  staleness  restarts  container
                      0  running  node1.example     264,232   8,760        3       12    8,764        1.3         0  container_1700000000000_0007_01_000002
                      1  running  node1.example     264,233   8,761        3       12    8,764        1.3         0  container_1700000000000_0007_01_000003

                Work of the shards
                  shard     in/s    out/s  fetch p50      p99  push p50      p99  lock p99  working  connections      heap  buffers  staleness
                      0  141 MiB  143 MiB     850 us  3.12 ms   1.54 ms  10.4 ms    410 us        2            6  30.0 MiB  5.0 MiB  ▃█▄▁
                      1  141 MiB  143 MiB     850 us  3.12 ms   1.54 ms  10.4 ms    410 us        2            7  30.0 MiB  5.0 MiB  ▃█▄▁

                Model replicas
                  replica  state    node           examples  examples/s    loss  computing  waiting  restarts  container
                        0  running  node2.example   438,271     8,716/s  1.5012       83 %     14 %         0  container_1700000000000_0007_01_000004
                        1  running  node2.example   438,271     8,716/s  1.5637       83 %     14 %         1  container_1700000000000_0007_01_000006

                Events
                  0:00  The job has started
                  0:08  All shards serve; training starts
                  0:31  ! Model replica 1 (container_1700000000000_0007_01_000005 on node2.example) was lost: exit status 137, killed; it is started again
                  0:40  Checkpoint 000002 is committed at example 600,000
                """);
    }

    @Test
    void anEndedJobShowsItsResult() {
        assertThat(StatusText.of(SampleSnapshots.succeeded(), 120))
                .contains(
                        "): succeeded after 3:05\n",
                        "\nEvaluation  accuracy 57.52 %, loss 1.4142 on 38,400 examples",
                        "\nModel       hdfs://namenode.example:8020/user/ada/digits/model\n")
                .doesNotContain(" left");
    }

    @Test
    void processesWithoutAContainerHaveDashes() {
        assertThat(StatusText.of(SampleSnapshots.starting(), 80)).contains("\n        0  waiting  -            0  ");
    }

    @Test
    void ofSplitReplicasItTellsHowTheirPartitionsLieAndEachContainer() {
        assertThat(StatusText.of(SampleSnapshots.split(), 160)).contains("""

                Model replicas
                  replica  state    node                       examples  examples/s    loss  computing  waiting  restarts  container
                        0  running  on 2 nodes of rack /rack1   438,271     8,716/s  1.5012       83 %     14 %         0  see below
                        1  running  on 2 nodes of rack /rack1   438,271     8,716/s  1.5637       83 %     14 %         1  see below

                Partitions of the replicas
                  replica  partition  state    node           container                               rack
                        0          0  running  node2.example  container_1700000000000_0007_01_000004  /rack1
                        0          1  running  node3.example  container_1700000000000_0007_01_000014  /rack1
                        1          0  running  node2.example  container_1700000000000_0007_01_000006  /rack1
                        1          1  running  node3.example  container_1700000000000_0007_01_000016  /rack1

                """);
        assertThat(StatusText.of(SampleSnapshots.splitStarting(), 80))
                .contains("\n        0  waiting  -            0  ", "\n        1          1  waiting  -     -");
    }

    @Test
    void ofReplicatedShardsItTellsWhereTheStandbysAreAndHowFar() {
        assertThat(StatusText.of(SampleSnapshots.replicated(), 120)).contains("""

                Parameter shards
                  shard  state    node           standby                        takeovers  parameters  pushes  repeats  dropped  fetches
                      0  running  node1.example  in sync on node3.example               0     264,232   8,760        3       12    8,764
                      1  running  node1.example  filling 43 % on the same node          1     264,233   8,761        3       12    8,764
                      2  running  node1.example  waits for a container                  0     264,234   8,762        3       12    8,764

                """);
        assertThat(StatusText.of(SampleSnapshots.replicatedStarting(), 80)).contains("waits for a container");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 50, 80, 100, 133})
    void onlyAPathOrAnIdIsWiderThanTheTerminal(int columns) {
        assertThat(StatusText.of(SampleSnapshots.split(), columns).lines())
                .filteredOn(line -> TerminalText.width(line) > columns)
                .allMatch(line ->
                        line.contains("hdfs://") || line.contains("application_") || line.contains("container_"));
    }

    @Test
    void textOfTheJobCantDriveTheTerminal() {
        String text = StatusText.of(SampleSnapshots.hostile(), 80);

        assertThat(text.replace("\n", "").chars().noneMatch(Character::isISOControl))
                .as(text)
                .isTrue();
        assertThat(text).contains("<script>alert('job')</script>", "second line");
    }
}
