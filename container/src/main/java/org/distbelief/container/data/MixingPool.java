package org.distbelief.container.data;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.distbelief.container.replica.MiniBatch;
import org.jspecify.annotations.Nullable;

/**
 * Examples waiting to be drawn, each as likely as any other. Blocks lie in numbered slots; an example is a slot and its
 * number in the block, packed into a long. A block's memory is let go when its last example is drawn. For one thread.
 */
final class MixingPool {
    private static final int FIRST_SLOTS = 64;
    private static final int FIRST_EXAMPLES = 1024;

    private final Random random;
    private final Augmentation augmentation;
    private @Nullable ExampleBlock[] blocks = new ExampleBlock[FIRST_SLOTS];
    private @Nullable OpenLease[] leases = new OpenLease[FIRST_SLOTS];
    private int[] remaining = new int[FIRST_SLOTS];
    private int[] freeSlots = new int[FIRST_SLOTS];
    private int free;
    private int slots;
    private long[] examples = new long[FIRST_EXAMPLES];
    private int size;
    private final Map<OpenLease, Integer> drawn = new LinkedHashMap<>();

    /** @param augmentation brings the drawn examples into the mini-batch */
    MixingPool(Random random, Augmentation augmentation) {
        this.random = random;
        this.augmentation = augmentation;
    }

    /** Examples waiting. */
    int size() {
        return size;
    }

    /** Puts all examples of a block in. */
    void add(ExampleBlock block, OpenLease lease) {
        int count = block.size();
        int slot = free > 0 ? freeSlots[--free] : newSlot();
        blocks[slot] = block;
        leases[slot] = lease;
        remaining[slot] = count;
        if (size + count > examples.length) {
            examples = Arrays.copyOf(examples, Math.max(size + count, examples.length + examples.length / 2));
        }
        for (int i = 0; i < count; i++) {
            examples[size++] = (long) slot << Integer.SIZE | i;
        }
    }

    /**
     * Draws a mini-batch: a full one, or all that is left.
     *
     * @return how many examples of which lease; valid until the next draw
     */
    Map<OpenLease, Integer> draw(MiniBatch batch) {
        drawn.clear();
        batch.fill(Math.min(batch.capacity(), size), (row, into) -> drawOne(into));
        return drawn;
    }

    private int drawOne(float[] into) {
        int at = random.nextInt(size);
        int slot = (int) (examples[at] >>> Integer.SIZE);
        int example = (int) examples[at];
        examples[at] = examples[--size];
        ExampleBlock block = Objects.requireNonNull(blocks[slot]);
        augmentation.copy(block, example, into);
        drawn.merge(Objects.requireNonNull(leases[slot]), 1, Integer::sum);
        if (--remaining[slot] == 0) {
            blocks[slot] = null;
            leases[slot] = null;
            freeSlots[free++] = slot;
        }
        return block.label(example);
    }

    private int newSlot() {
        if (slots == blocks.length) {
            int more = slots + slots / 2;
            blocks = Arrays.copyOf(blocks, more);
            leases = Arrays.copyOf(leases, more);
            remaining = Arrays.copyOf(remaining, more);
            freeSlots = Arrays.copyOf(freeSlots, more);
        }
        return slots++;
    }

    /** Blocks in memory, for the tests of the memory plan. */
    int blocks() {
        return slots - free;
    }
}
