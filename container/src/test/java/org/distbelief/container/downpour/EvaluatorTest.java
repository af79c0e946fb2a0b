package org.distbelief.container.downpour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.distbelief.conf.JobFile;
import org.distbelief.container.SyntheticSpeech;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.GroupPiece;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.PlainKernels;
import org.distbelief.container.master.Kind;
import org.distbelief.container.master.Lease;
import org.distbelief.container.master.Scored;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.dataset.Portion;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    private final SyntheticSpeech data = new SyntheticSpeech(4, 6, 1);

    private Scored score(int batch, int portion) throws Exception {
        JobFile job = WorkerHarness.job(List.of());
        ModelDescription description = ModelDescription.of(job, data.manifest());
        ModelReplica replica = ModelReplica.forScoring(description.model(), new PlainKernels(), batch);
        replica.parameters().initialise(description.model(), 1);
        return new Evaluator(
                        replica,
                        data,
                        data.split(),
                        new BlockDecoder(description, data.manifest()),
                        description.statesPerLabel())
                .score(new Lease(9, 0, portion, Kind.EVALUATE));
    }

    @Test
    void everyExampleAndEveryUtteranceCountsOnceWhateverTheMiniBatch() throws Exception {
        for (Portion portion : data.split().portions()) {
            Scored one = score(1, portion.id());
            Scored many = score(37, portion.id());

            assertThat(one.lease()).isEqualTo(9);
            assertThat(one.examples()).isEqualTo(portion.examples());
            assertThat(one.groups()).isEqualTo(portion.records());
            assertThat(one.groupsCorrect()).isBetween(0L, one.groups());
            assertThat(many.lossSum()).isCloseTo(one.lossSum(), within(1e-3));
            assertThat(many.correct()).isEqualTo(one.correct());
            assertThat(many.groupsCorrect()).isEqualTo(one.groupsCorrect());
        }
    }

    @Test
    void refusesAPortionThatTheSplitDoesNotHave() {
        assertThatThrownBy(() -> score(4, 6)).hasMessageContaining("expected a portion from 0 to 5, found 6");
    }

    /** An utterance of two frames; probabilities of 2 labels x 2 states, frames next to each other. */
    private static GroupScore group(int label) {
        GroupScore group = new GroupScore(2, 2, label, true);
        // Label 0 has the likelier single state in frame 0; summed over its states label 1 wins by the product.
        FloatMemory probabilities = FloatMemory.of(0.45f, 0.1f, 0.0f, 0.1f, 0.3f, 0.4f, 0.25f, 0.4f);
        group.add(probabilities, 2, 0);
        group.add(probabilities, 2, 1);
        return group;
    }

    @Test
    void anUtteranceIsScoredByTheProductOverFramesOfTheSumOverStates() {
        assertThat(group(1).counts()).isTrue();
        assertThat(group(1).correct()).isTrue();
        assertThat(group(0).correct()).isFalse();
        assertThat(group(GroupPiece.SEVERAL).counts()).isFalse();
    }

    @Test
    void scoresThatAreNoProbabilitiesAreAddedSoThatANegativeOneDoesNotDecideAlone() {
        FloatMemory scores = FloatMemory.of(0.9f, -0.1f, 0.3f, 0.3f);
        GroupScore group = new GroupScore(2, 1, 0, false);
        group.add(scores, 2, 0);
        group.add(scores, 2, 1);

        assertThat(group.correct()).isTrue();
    }
}
