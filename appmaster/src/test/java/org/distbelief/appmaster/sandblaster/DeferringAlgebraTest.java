package org.distbelief.appmaster.sandblaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.junit.jupiter.api.Test;

class DeferringAlgebraTest {
    private static final VectorName X = new VectorName("x");
    private static final ShardProgram FILL = ShardProgram.begin().fill(X, 3).end();
    private static final ShardProgram DOT = ShardProgram.begin().dot(X, X).end();

    private final List<ShardProgram> ran = new ArrayList<>();
    private boolean failing;

    private final DeferringAlgebra algebra = new DeferringAlgebra(new TermAlgebra() {
        @Override
        public double[] run(ShardProgram program) throws IOException {
            if (failing) {
                throw new IOException("no shard");
            }
            ran.add(program);
            return new double[program.results()];
        }

        @Override
        public long bytesSent() {
            return 5;
        }

        @Override
        public long bytesReceived() {
            return 7;
        }

        @Override
        public void close() {
            ran.clear();
        }
    });

    @Test
    void whatWaitsIsRunOnceAndFirst() throws Exception {
        algebra.defer(FILL);
        algebra.defer(ShardProgram.begin().scale(X, 2).end());
        assertThat(ran).isEmpty();

        assertThat(algebra.run(DOT)).hasSize(1);
        algebra.run(DOT);

        ShardProgram both =
                ShardProgram.begin().fill(X, 3).scale(X, 2).dot(X, X).end();
        assertThat(ran).containsExactly(both, DOT);
    }

    @Test
    void itIsRunAloneWhereAsked() throws Exception {
        algebra.flush();
        assertThat(ran).isEmpty();
        algebra.defer(FILL);
        algebra.flush();
        algebra.flush();
        assertThat(ran).containsExactly(FILL);
    }

    @Test
    void itIsRunAloneWhereBothWouldBeTooLong() throws Exception {
        ShardProgram.Builder longest = ShardProgram.begin();
        for (int i = 0; i < ShardProgram.MOST_OPERATIONS; i++) {
            longest.scale(X, 1);
        }
        algebra.defer(FILL);
        algebra.run(longest.end());
        assertThat(ran).containsExactly(FILL, longest.end());
        algebra.defer(longest.end());
        algebra.defer(FILL);
        assertThat(ran).hasSize(3);
        algebra.flush();
        assertThat(ran).hasSize(4).endsWith(FILL);
    }

    @Test
    void itIsNotForgottenWhereTheProgramFails() throws Exception {
        algebra.defer(FILL);
        failing = true;
        assertThatThrownBy(() -> algebra.run(DOT)).hasMessage("no shard");
        assertThatThrownBy(algebra::flush).hasMessage("no shard");
        failing = false;
        algebra.run(DOT);
        assertThat(ran).containsExactly(FILL.then(DOT));
    }

    @Test
    void whatHasResultsIsNotDeferred() {
        assertThatThrownBy(() -> algebra.defer(DOT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 results");
    }

    @Test
    void theRestIsTheAlgebras() throws Exception {
        algebra.run(DOT);
        assertThat(algebra.bytesSent()).isEqualTo(5);
        assertThat(algebra.bytesReceived()).isEqualTo(7);
        algebra.close();
        assertThat(ran).isEmpty();
    }
}
