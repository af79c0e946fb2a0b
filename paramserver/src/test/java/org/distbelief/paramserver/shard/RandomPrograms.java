package org.distbelief.paramserver.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;

/** Programs that can be run one after the other, all following from the numbers of a generator. */
public final class RandomPrograms {
    private static final List<VectorName> NAMES =
            IntStream.range(0, 8).mapToObj(i -> new VectorName("v" + i)).toList();

    private final Random random;
    private final int most;
    private final Set<VectorName> names = new TreeSet<>(Set.of(VectorName.PARAMETERS));

    /** @param most how many vectors there may be, the parameters included */
    public RandomPrograms(Random random, int most) {
        this.random = random;
        this.most = most;
    }

    /** The vectors that there are after all programs so far. */
    public Set<VectorName> names() {
        return names;
    }

    private VectorName there() {
        return List.copyOf(names).get(random.nextInt(names.size()));
    }

    private VectorName any() {
        VectorName name = random.nextInt(9) == 0 ? VectorName.PARAMETERS : NAMES.get(random.nextInt(NAMES.size()));
        return names.contains(name) || names.size() < most ? name : there();
    }

    /** The next program. */
    public ShardProgram next() {
        ShardProgram.Builder program = ShardProgram.begin();
        for (int i = random.nextInt(12); i >= 0; i--) {
            operation(program);
        }
        return program.end();
    }

    private void operation(ShardProgram.Builder program) {
        double factor = random.nextInt(3) == 0 ? 0.5 : random.nextDouble() - 0.5;
        switch (random.nextInt(11)) {
            case 0 -> program.fill(made(any()), factor);
            case 1 -> program.random(made(any()), random.nextLong(), 1);
            case 2, 3 -> {
                VectorName from = there();
                program.copy(from, made(any()));
            }
            case 4 -> program.scale(there(), factor);
            case 5, 6 -> program.axpy(factor, there(), there());
            case 7 -> program.multiply(there(), there());
            case 8 -> program.swap(there(), there());
            case 9 -> {
                List<VectorName> free = new ArrayList<>(names);
                free.remove(VectorName.PARAMETERS);
                if (!free.isEmpty()) {
                    VectorName freed = free.get(random.nextInt(free.size()));
                    names.remove(freed);
                    program.free(freed);
                }
            }
            default -> {
                program.dot(there(), there());
                program.norm(there());
            }
        }
    }

    private VectorName made(VectorName name) {
        names.add(name);
        return name;
    }
}
