package org.distbelief.paramserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.Arrays;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.shard.ShardException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InMemoryAlgebraTest {
    private static final VectorName A = new VectorName("a");
    private static final VectorName B = new VectorName("b");
    private static final VectorName NEW = new VectorName("new");

    private final InMemoryAlgebra algebra = new InMemoryAlgebra(3);

    @BeforeEach
    void twoVectors() {
        algebra.set(A, new double[] {1, -2, 4});
        algebra.set(B, new double[] {3, 5, 0.5});
    }

    private double[] run(ShardProgram.Builder program) throws ShardException {
        return algebra.run(program.end());
    }

    @Test
    void fillMakesOrOverwrites() throws Exception {
        assertThat(run(ShardProgram.begin().fill(NEW, 2.5).fill(A, -1))).isEmpty();
        assertThat(algebra.get(NEW)).containsExactly(2.5, 2.5, 2.5);
        assertThat(algebra.get(A)).containsExactly(-1, -1, -1);
    }

    @Test
    void copyMakesOrOverwritesAndTheCopiesPart() throws Exception {
        run(ShardProgram.begin().copy(A, NEW).copy(A, B).scale(A, 2).copy(A, A));
        assertThat(algebra.get(NEW)).containsExactly(1, -2, 4);
        assertThat(algebra.get(B)).containsExactly(1, -2, 4);
        assertThat(algebra.get(A)).containsExactly(2, -4, 8);
    }

    @Test
    void scaleMultiplies() throws Exception {
        run(ShardProgram.begin().scale(A, -0.5));
        assertThat(algebra.get(A)).containsExactly(-0.5, 1, -2);
    }

    @Test
    void axpyAddsAMultipleAlsoOfItself() throws Exception {
        run(ShardProgram.begin().axpy(2, A, B).axpy(3, A, A));
        assertThat(algebra.get(B)).containsExactly(5, 1, 8.5);
        assertThat(algebra.get(A)).containsExactly(4, -8, 16);
    }

    @Test
    void multiplyGoesElementByElement() throws Exception {
        run(ShardProgram.begin().multiply(B, A));
        assertThat(algebra.get(A)).containsExactly(3, -10, 2);
        assertThat(algebra.get(B)).containsExactly(3, 5, 0.5);
    }

    @Test
    void dotAndNormAreTheResultsInTheirOrder() throws Exception {
        assertThat(run(ShardProgram.begin()
                        .dot(A, B)
                        .scale(B, 0)
                        .norm(A)
                        .dot(A, B)
                        .dot(A, A)))
                .containsExactly(-5, Math.sqrt(21), 0, 21);
    }

    @Test
    void swapExchangesNames() throws Exception {
        run(ShardProgram.begin().swap(A, B).swap(A, A));
        assertThat(algebra.get(A)).containsExactly(3, 5, 0.5);
        assertThat(algebra.get(B)).containsExactly(1, -2, 4);
    }

    @Test
    void freeTakesAway() throws Exception {
        run(ShardProgram.begin().free(A));
        assertThat(algebra.names()).containsExactly(B);
        assertThatThrownBy(() -> algebra.get(A)).isInstanceOf(ShardException.class);
    }

    @Test
    void randomFollowsFromSeedAndIndexAndFillsItsInterval() throws Exception {
        InMemoryAlgebra large = new InMemoryAlgebra(50_000);
        large.run(ShardProgram.begin()
                .random(A, 7, 0.25)
                .random(B, 8, 0.25)
                .random(NEW, 7, 0.5)
                .end());
        double[] values = large.get(A);

        assertThat(Arrays.stream(values)).allMatch(v -> v >= -0.25 && v < 0.25);
        assertThat(Arrays.stream(values).average().orElseThrow()).isBetween(-0.005, 0.005);
        assertThat(Arrays.stream(values).map(v -> v * v).average().orElseThrow())
                .isBetween(0.0625 / 3 - 0.0005, 0.0625 / 3 + 0.0005);
        assertThat(large.get(B)).isNotEqualTo(values);
        assertThat(Arrays.stream(large.get(NEW)).map(v -> v / 2))
                .containsExactly(Arrays.stream(values).boxed().toArray(Double[]::new));
        run(ShardProgram.begin().random(NEW, 7, 0.25));
        assertThat(algebra.get(NEW)).containsExactly(Arrays.copyOf(values, 3));
    }

    @Test
    void whereAVectorIsMissingNothingIsDone() {
        assertThatThrownBy(
                        () -> run(ShardProgram.begin().scale(A, 2).fill(NEW, 1).dot(A, new VectorName("none"))))
                .asInstanceOf(type(ShardException.class))
                .satisfies(e -> {
                    assertThat(e.kind()).isEqualTo(ShardException.Kind.NO_VECTOR);
                    assertThat(e).hasMessage("expected one of the vectors [a, b, new], found 'none'");
                    assertThat(algebra.get(A)).containsExactly(1, -2, 4);
                    assertThat(algebra.names()).containsExactly(A, B);
                });
        assertThatThrownBy(() -> run(ShardProgram.begin().copy(A, NEW).free(A).norm(A)))
                .asInstanceOf(type(ShardException.class))
                .extracting(ShardException::kind)
                .isEqualTo(ShardException.Kind.NO_VECTOR);
        assertThat(algebra.names()).containsExactly(A, B);
    }

    @Test
    void whatAProgramMakesItCanUse() throws Exception {
        assertThat(run(ShardProgram.begin().fill(NEW, 2).norm(NEW).free(NEW))).containsExactly(Math.sqrt(12));
    }

    @Test
    void valuesAreCopiedInAndOutAndMustFit() throws Exception {
        double[] given = {1, 2, 3};
        algebra.set(NEW, given);
        given[0] = 9;
        algebra.get(NEW)[1] = 9;
        assertThat(algebra.get(NEW)).containsExactly(1, 2, 3);
        assertThatThrownBy(() -> algebra.set(NEW, new double[2]))
                .hasMessage("expected 3 values for vector new, found 2");
        assertThatThrownBy(() -> new InMemoryAlgebra(-1)).hasMessageContaining("found -1");
    }
}
