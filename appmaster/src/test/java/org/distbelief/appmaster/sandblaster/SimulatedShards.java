package org.distbelief.appmaster.sandblaster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;

/**
 * Shards with named vectors, a fence of terms, and memory of what they have applied. Each has an element for every
 * portion, which counts it, and one more for the sum of their numbers: so a portion that is lost or doubled at one
 * shard is seen.
 */
final class SimulatedShards {
    static final VectorName GRADIENT = new VectorName("gradient");
    private static final long RETRY_MILLIS = 400;

    /** How a shard answers. */
    enum Outcome {
        DONE,
        NO_VECTOR,
        DEPOSED
    }

    /** One shard. */
    static final class Shard {
        final Map<VectorName, long[]> vectors = new HashMap<>();
        /** In which order portions have come into the gradient since it was filled. */
        final List<Integer> summed = new ArrayList<>();

        private final Set<String> applied = new HashSet<>();
        private final int length;
        private long term;

        Shard(int length) {
            this.length = length;
        }

        Outcome push(String push, VectorName into, long[] values) {
            long[] vector = vectors.get(into);
            if (vector == null) {
                return Outcome.NO_VECTOR;
            }
            if (applied.add(push)) {
                add(values, vector);
            }
            return Outcome.DONE;
        }

        Outcome run(long leader, long number, ShardProgram program) {
            if (leader < term) {
                return Outcome.DEPOSED;
            }
            term = leader;
            if (!applied.add("program " + leader + " " + number)) {
                return Outcome.DONE;
            }
            for (ShardOperation operation : program.operations()) {
                apply(operation);
            }
            return Outcome.DONE;
        }

        private void apply(ShardOperation operation) {
            if (operation instanceof ShardOperation.Fill fill) {
                vectors.put(fill.vector(), new long[length]);
                if (fill.vector().equals(GRADIENT)) {
                    summed.clear();
                }
            } else if (operation instanceof ShardOperation.Free free) {
                if (vectors.remove(free.vector()) == null) {
                    throw new AssertionError("there is no vector " + free.vector() + " to free");
                }
            } else if (operation instanceof ShardOperation.Axpy axpy) {
                long[] from = vectors.get(axpy.from());
                long[] to = vectors.get(axpy.to());
                if (from == null || to == null) {
                    throw new AssertionError("there is no vector for " + axpy);
                }
                add(from, to);
                for (int i = 0; i < length - 1; i++) {
                    if (from[i] != 0) {
                        summed.add(i);
                    }
                }
            } else {
                throw new AssertionError("nobody asked for " + operation);
            }
        }
    }

    static void add(long[] values, long[] vector) {
        for (int i = 0; i < values.length; i++) {
            vector[i] += values[i];
        }
    }

    final List<Shard> shards = new ArrayList<>();
    private final SimulatedNetwork network;
    private final Random random;

    SimulatedShards(SimulatedNetwork network, Random random, int shards, int length) {
        this.network = network;
        this.random = random;
        for (int i = 0; i < shards; i++) {
            this.shards.add(new Shard(length));
        }
    }

    /** Something sent to one shard, again and again until it answers, as long as its sender lives. */
    void request(Shard shard, BooleanSupplier wanted, Function<Shard, Outcome> what, Consumer<Outcome> then) {
        boolean[] answered = new boolean[1];
        attempt(shard, () -> wanted.getAsBoolean() && !answered[0], what, outcome -> {
            if (!answered[0]) {
                answered[0] = true;
                then.accept(outcome);
            }
        });
    }

    private void attempt(Shard shard, BooleanSupplier wanted, Function<Shard, Outcome> what, Consumer<Outcome> then) {
        if (!wanted.getAsBoolean()) {
            return;
        }
        network.send(() -> {
            Outcome outcome = what.apply(shard);
            network.send(() -> then.accept(outcome));
        });
        network.after(RETRY_MILLIS + random.nextInt(50), () -> attempt(shard, wanted, what, then));
    }
}
