package org.distbelief.container.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FloatMemoryTest {
    @Test
    void isAlignedAndZeroAtFirst() {
        FloatMemory memory = FloatMemory.allocate(17);

        assertThat(memory.bytes().alignmentOffset(0, FloatMemory.ALIGNMENT)).isZero();
        assertThat(memory.toArray()).containsOnly(0f).hasSize(17);
        assertThat(memory.bytes().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(memory.bytes().remaining()).isEqualTo(17 * Float.BYTES);
    }

    @Test
    void aSliceSharesItsMemory() {
        FloatMemory memory = FloatMemory.of(0, 1, 2, 3, 4, 5);
        FloatMemory slice = memory.slice(2, 3);

        slice.put(0, 20);
        memory.put(4, 40);

        assertThat(slice.toArray()).containsExactly(20, 3, 40);
        assertThat(memory.get(2)).isEqualTo(20);
        assertThat(slice.bytes().getFloat(8)).isEqualTo(40);
    }

    @Test
    void copiesInBulk() {
        FloatMemory memory = FloatMemory.allocate(6);
        memory.write(1, new float[] {9, 1, 2, 3}, 1, 3);
        memory.write(4, FloatMemory.of(7, 8, 9), 1, 2);

        float[] read = new float[6];
        memory.read(0, read, 0, 6);
        assertThat(read).containsExactly(0, 1, 2, 3, 8, 9);
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> FloatMemory.allocate(FloatMemory.MOST + 1L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 0 to " + FloatMemory.MOST);
        assertThatThrownBy(() -> FloatMemory.allocate(4).slice(3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
