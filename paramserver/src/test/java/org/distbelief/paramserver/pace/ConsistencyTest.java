package org.distbelief.paramserver.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.conf.JobConfig;
import org.distbelief.conf.JobFile;
import org.distbelief.conf.JobFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job file may ask for. */
class ConsistencyTest {
    private static JobConfig job(String... settings) {
        return JobFile.read("job.yaml", """
                        output: somewhere
                        model:
                          layers: [{fullyConnected: {units: classes}}]
                        data: {path: data}
                        replicas: {count: 3}
                        """, List.of(settings)).config();
    }

    @Test
    void isAsynchronousUnlessTheJobSaysOtherwise() {
        assertThat(Consistency.of(job())).isEqualTo(new Consistency.Asynchronous());
        assertThat(Consistency.of(job("downpour.consistency=asynchronous"))).isEqualTo(new Consistency.Asynchronous());
        assertThat(Consistency.of(job("downpour.consistency={bounded: {steps: 4}}")))
                .isEqualTo(new Consistency.Bounded(4));
        assertThat(Consistency.of(job("downpour.consistency=synchronous"))).isEqualTo(new Consistency.Synchronous(0));
        assertThat(Consistency.of(job("downpour.consistency={synchronous: {backups: 2}}")))
                .isEqualTo(new Consistency.Synchronous(2));
    }

    @Test
    void inStepNothingOverlaps() {
        assertThat(job("downpour.consistency={bounded: {steps: 4}}").downpour().overlap())
                .isTrue();
        assertThat(job("downpour.consistency=synchronous", "downpour.overlap=true")
                        .downpour()
                        .overlap())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bound | unknown consistency 'bound'; did you mean 'bounded'?",
                "bounded | missing key 'steps' in section 'downpour.consistency.bounded'",
                "{bounded: {steps: -1}} | downpour.consistency.bounded.steps: expected a whole number from 0 to",
                "{synchronous: {backup: 1}} | unknown key 'backup'",
                "{synchronous: {backups: 3}} | expected fewer backups than replicas, found 3 backups and replicas.count 3",
            })
    void whatCannotBeIsRefused(String consistency, String message) {
        assertThatThrownBy(() -> Consistency.of(job("downpour.consistency=" + consistency)))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void inStepFetchesAndPushesGoTogether() {
        assertThatThrownBy(() -> Consistency.of(job("downpour.consistency=synchronous", "downpour.nPush=2")))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(
                        "downpour.consistency: expected downpour.nFetch and downpour.nPush to be the same")
                .hasMessageContaining("found downpour.nFetch 1 and downpour.nPush 2");
        assertThat(Consistency.of(job("downpour.consistency=synchronous", "downpour.nPush=2", "downpour.nFetch=2")))
                .isEqualTo(new Consistency.Synchronous(0));
    }

    @Test
    void aRuleThatComparesMustKnowWhatWasFetched() {
        String rule = "downpour.update=adaptiveDelayCompensatedSgd";
        assertThatThrownBy(() -> Consistency.of(job(rule)))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("expected downpour.overlap: false")
                .hasMessageContaining("and downpour.overlap true");
        assertThatThrownBy(() -> Consistency.of(job(rule, "downpour.overlap=false", "downpour.nFetch=3")))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining("found downpour.nFetch 3 and downpour.nPush 1");
        assertThatThrownBy(() -> Consistency.of(job(rule, "downpour.consistency=synchronous")))
                .isInstanceOf(JobFileException.class)
                .hasMessageContaining(
                        "downpour.update: the rule 'adaptiveDelayCompensatedSgd' corrects stale gradients");
        assertThat(Consistency.of(job(rule, "downpour.overlap=false", "downpour.consistency={bounded: {steps: 1}}")))
                .isEqualTo(new Consistency.Bounded(1));
    }
}
