package org.distbelief.container.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.PlainKernels;
import org.junit.jupiter.api.Test;

/** What the benchmark's figures are made of. */
class TimingTest {
    @Test
    void everyRunIsPreparedAndTwoWarmUp() {
        List<String> calls = new ArrayList<>();

        Timing timing = Timing.of(0, () -> calls.add("prepare"), () -> calls.add("run"));

        assertThat(timing.runs()).isEqualTo(5);
        assertThat(timing.nanoseconds()).isPositive();
        assertThat(calls).hasSize(2 * (2 + 5)).startsWith("prepare", "run", "prepare", "run");
    }

    @Test
    void onlyProductsCountAsProducts() {
        StopwatchKernels watch = new StopwatchKernels(new PlainKernels());
        FloatMemory memory = FloatMemory.of(1, 2, 3, 4);

        watch.kernels().scale(4, 2, memory);
        assertThat(watch.takeProducts()).isZero();

        watch.kernels().multiply(false, false, 2, 1, 2, 1, memory, 2, FloatMemory.of(1, 1), 1, 0, memory, 1);
        assertThat(memory.get(0)).isEqualTo(6);
        assertThat(watch.takeProducts()).isPositive();
        assertThat(watch.takeProducts()).isZero();
    }

    @Test
    void theKernelsOwnErrorsComeThrough() {
        StopwatchKernels watch = new StopwatchKernels(new PlainKernels());

        assertThatThrownBy(() -> watch.kernels().scale(3, 1, FloatMemory.of(1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
