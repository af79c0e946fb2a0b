package org.distbelief.appmaster.lbfgs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.InMemoryAlgebra;
import org.distbelief.paramserver.client.VectorAlgebra;
import org.distbelief.paramserver.shard.ShardException;

/** Vectors over some shards, of which only the first ones carry out the program during which the coordinator dies. */
final class TornAlgebra implements VectorAlgebra {
    private final int shardLength;
    private final List<InMemoryAlgebra> shards = new ArrayList<>();
    private int calls;
    private int deadly = Integer.MAX_VALUE;
    private int survivors;

    TornAlgebra(int shards, int shardLength) {
        this.shardLength = shardLength;
        for (int i = 0; i < shards; i++) {
            this.shards.add(new InMemoryAlgebra(shardLength));
        }
    }

    /** Dies during a later call, counted from 1, after so many shards have carried it out. */
    void dieAt(int call, int after) {
        deadly = calls + call;
        survivors = after;
    }

    /** Calls and evaluations so far. */
    int calls() {
        return calls;
    }

    /** Counts a call or evaluation. */
    private boolean deadly() {
        calls++;
        return calls == deadly;
    }

    @Override
    public double[] run(ShardProgram program) throws IOException, ShardException {
        boolean dies = deadly();
        double[] sums = new double[program.results()];
        for (InMemoryAlgebra shard : dies ? shards.subList(0, survivors) : shards) {
            double[] results = shard.run(program);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += results[i];
            }
        }
        if (dies) {
            throw new IOException("the coordinator died");
        }
        return sums;
    }

    void set(VectorName vector, double[] values) {
        for (int i = 0; i < shards.size(); i++) {
            shards.get(i).set(vector, Arrays.copyOfRange(values, i * shardLength, (i + 1) * shardLength));
        }
    }

    double[] get(VectorName vector) throws ShardException {
        double[] values = new double[shards.size() * shardLength];
        for (int i = 0; i < shards.size(); i++) {
            System.arraycopy(shards.get(i).get(vector), 0, values, i * shardLength, shardLength);
        }
        return values;
    }

    Set<VectorName> names() {
        Set<VectorName> names = new TreeSet<>();
        shards.forEach(shard -> names.addAll(shard.names()));
        return names;
    }

    /** A problem on these vectors; where the coordinator dies, only some shards have the gradient. */
    Objective objective(Problem.Function function) {
        return (point, gradient) -> {
            double[] values = new double[shards.size() * shardLength];
            double loss = function.at(get(point), values);
            if (deadly()) {
                for (int i = 0; i < survivors; i++) {
                    shards.get(i).set(gradient, Arrays.copyOf(values, shardLength));
                }
                throw new IOException("the coordinator died");
            }
            set(gradient, values);
            return loss;
        };
    }
}
