package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.distbelief.appmaster.status.SampleSnapshots;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final String WEB = "http://rm.example:8088/proxy/application_1700000000000_0007/";

    @Test
    void successTellsTheResultAndWhereItLies() {
        assertThat(Summary.of(SampleSnapshots.succeeded(), WEB, 120)).isEqualTo("""
                Training spoken-digits (application_1700000000000_0007) succeeded after 3:05
                Result      accuracy 57.52 %, loss 1.4142 on 38,400 examples of split test; 99.67 % of 300 utterances right
                Trained     3,456,780 examples, epoch 10 of 10, 18,685/s from start to end, training loss 1.5321
                Model       hdfs://namenode.example:8020/user/ada/digits/model
                Output      hdfs://namenode.example:8020/user/ada/digits
                Web page    http://rm.example:8088/proxy/application_1700000000000_0007/
                """);
    }

    @Test
    void failureTellsTheReasonTheContainerItsLastWordsAndItsLog() {
        assertThat(Summary.of(SampleSnapshots.failed(), null, 120)).isEqualTo("""
                Training spoken-digits (application_1700000000000_0007) failed after 1:05
                Reason      Model replica 1 failed 4 times, more than cluster.maxFailures=3 allows
                Container   container_1700000000000_0007_01_000009, model replica 1, on node2.example
                Exit status 1, the process ended with an error
                Last lines of its stderr:
                    ERROR replica 1: portion 17 of the data can't be read
                    java.io.EOFException: hdfs:/data/digits/train-00003.avro: expected a block of 65536 bytes at 1048576, found the end\s
                of the file
                        at org.distbelief.dataset.hdfs.AvroPortionRecords.next(AvroPortionRecords.java:88)
                Its log     http://node1.example:8042/node/containerlogs/container_1700000000000_0007_01_000009/stderr
                Trained     876,543 of 3,456,780 examples, epoch 3 of 10, 13,485/s from start to end, training loss 1.5321
                Checkpoint  000002 at example 600,000; train --resume continues from it
                Output      hdfs://namenode.example:8020/user/ada/digits
                """);
    }

    @Test
    void onlyAnAddressIsWiderThanTheTerminal() {
        assertThat(Summary.of(SampleSnapshots.failed(), WEB, 72).lines())
                .filteredOn(line -> line.length() > 72)
                .allMatch(line -> line.startsWith("Its log     http://") || line.startsWith("Web page    http://"));
    }

    @Test
    void aJobThatRunsHasNoSummary() {
        assertThatThrownBy(() -> Summary.of(SampleSnapshots.training(), null, 80))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TRAINING");
    }
}
