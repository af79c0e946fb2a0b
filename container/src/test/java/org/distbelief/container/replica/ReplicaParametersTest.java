package org.distbelief.container.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.distbelief.container.TestJobs;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionPlan;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.junit.jupiter.api.Test;

class ReplicaParametersTest {
    private final Model model = Model.of(
            TestJobs.withLayers("fullyConnected: {units: 6, activation: tanh}", "fullyConnected: {units: 4}")
                    .config()
                    .model(),
            Shape.flat(3),
            4);

    @Test
    void holdsAllParametersOfAWholeModel() {
        ReplicaParameters whole = ReplicaParameters.whole(model);
        whole.initialise(model, 5);

        assertThat(whole.ranges()).isEqualTo(model.layout().ranges());
        assertThat(whole.segmentEnd(0)).isEqualTo(18);
        assertThat(whole.segmentEnd(20)).isEqualTo(24);
        assertThat(whole.view(2, 1).getFloat(0))
                .isEqualTo(model.block(0, 0).initialisation().at(5, 2));
        assertThat(whole.layer(0).get(0).get(2)).isEqualTo(whole.view(2, 1).getFloat(0));
        whole.view(18, 6).putFloat(4, 7);
        assertThat(whole.layer(0).get(1).get(1)).isEqualTo(7);
    }

    @Test
    void holdsOnlyWhatAPartitionNeeds() {
        ReplicaParameters part = new ReplicaParameters(PartitionPlan.of(model, 3), 1);

        // The second layer, which is narrower, is cut by its inputs.
        assertThat(part.ranges())
                .isEqualTo(RangeSet.of(List.of(
                        new Range(6, 12),
                        new Range(20, 22),
                        new Range(26, 28),
                        new Range(32, 34),
                        new Range(38, 40),
                        new Range(44, 46),
                        new Range(49, 50))));
        assertThat(part.size()).isEqualTo(model.parameters());
        part.view(7, 2).putFloat(0, 3);
        assertThat(part.layer(0).get(0).get(1)).isEqualTo(3);
        assertThatThrownBy(() -> part.view(0, 1))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("no memory for parameter 0");
        assertThatThrownBy(() -> part.view(11, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void initialValuesDoNotDependOnThePartition() {
        ReplicaParameters whole = ReplicaParameters.whole(model);
        ReplicaParameters part = new ReplicaParameters(PartitionPlan.of(model, 3), 1);
        whole.initialise(model, 9);
        part.initialise(model, 9);

        for (Range range : part.ranges()) {
            for (long i = range.start(); i < range.end(); i++) {
                assertThat(part.view(i, 1).getFloat(0))
                        .isEqualTo(whole.view(i, 1).getFloat(0));
            }
        }
    }
}
