package org.distbelief.container.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaArgumentsTest {
    private static final ReplicaArguments TRAIN = new ReplicaArguments(
            2, 1, 3, "zk:2181", "/job", ReplicaArguments.Mode.TRAIN, Optional.empty(), "hdfs:///data");
    private static final ReplicaArguments EVALUATE = new ReplicaArguments(
            0, 0, 1L << 40, "zk:2181", "/job", ReplicaArguments.Mode.EVALUATE, Optional.of("models/m"), "data");

    private static ReplicaArguments parse(String line) {
        return ReplicaArguments.parse(line.split(" ", -1));
    }

    @Test
    void areReadAsTheyWereWritten() {
        assertThat(ReplicaArguments.parse(TRAIN.toCommandLine().toArray(new String[0])))
                .isEqualTo(TRAIN);
        assertThat(ReplicaArguments.parse(EVALUATE.toCommandLine().toArray(new String[0])))
                .isEqualTo(EVALUATE);
    }

    @Test
    void sayWhatIsWrong() {
        String rest = " --partition 0 --incarnation 1 --zookeeper z --znode /j --data d";
        assertThatThrownBy(
                        () -> parse("--replica 1 --partition 0 --mode train --incarnation 1 --zookeeper z --znode /j"))
                .hasMessage("missing argument --data");
        assertThatThrownBy(() -> parse("--replica 1 --mode train --incarnation 1 --zookeeper z --znode /j --data d"))
                .hasMessage("missing argument --partition");
        assertThatThrownBy(() -> parse("--replica x --mode train" + rest))
                .hasMessage("--replica: expected a whole number, found 'x'");
        assertThatThrownBy(() -> parse("--replica -1 --mode train" + rest))
                .hasMessageContaining("--replica: expected a whole number from 0");
        assertThatThrownBy(() -> parse("--replica 1 --mode dance" + rest))
                .hasMessage("--mode: expected train or evaluate, found 'dance'");
        assertThatThrownBy(() -> parse("--replica 1 --mode evaluate" + rest))
                .hasMessageContaining("--model: expected one in mode evaluate");
        assertThatThrownBy(() -> parse("--replica 1 --mode train --fast yes" + rest))
                .hasMessageContaining("found '--fast'");
    }
}
