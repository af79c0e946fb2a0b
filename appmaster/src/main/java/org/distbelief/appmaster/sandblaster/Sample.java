package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Chooses the portions of batches. Immutable: a number always gives the same batch. */
public final class Sample {
    private final List<BatchPortion> split;
    private final long batch;
    private final long seed;

    /**
     * @param split all portions; at least one, no id twice
     * @param batch examples that a batch has at least, where the split has them; 0 for the whole split
     * @param seed seeds the draws
     */
    public Sample(List<BatchPortion> split, long batch, long seed) {
        if (split.isEmpty() || batch < 0) {
            throw new IllegalArgumentException(
                    "expected at least one portion and a batch of at least 0 examples, found " + split.size()
                            + " portions and a batch of " + batch);
        }
        HashSet<Integer> ids = new HashSet<>();
        for (BatchPortion portion : split) {
            if (!ids.add(portion.id())) {
                throw new IllegalArgumentException(
                        "expected each portion once, found portion " + portion.id() + " twice");
            }
        }
        this.split =
                split.stream().sorted(Comparator.comparingInt(BatchPortion::id)).toList();
        this.batch = batch;
        this.seed = seed;
    }

    /**
     * The portions of a draw: all, or as many as have at least the batch's examples, each with the same chance.
     *
     * @param number of the draw
     * @return in the order of their ids
     */
    public List<BatchPortion> draw(long number) {
        if (batch == 0) {
            return split;
        }
        List<BatchPortion> order = new ArrayList<>(split);
        Collections.shuffle(order, new Random(new SplittableRandom(seed + number * 0x9E3779B97F4A7C15L).nextLong()));
        long examples = 0;
        int taken = 0;
        while (taken < order.size() && examples < batch) {
            examples += order.get(taken++).examples();
        }
        return order.subList(0, taken).stream()
                .sorted(Comparator.comparingInt(BatchPortion::id))
                .toList();
    }
}
