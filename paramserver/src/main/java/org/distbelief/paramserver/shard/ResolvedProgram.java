package org.distbelief.paramserver.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardOperation;
import org.distbelief.paramserver.algebra.ShardProgram;

/**
 * A program with memory in the place of names.
 *
 * @param steps the operations that touch memory, in order
 * @param after the names when it has been run
 * @param spare memory that has no name then
 */
record ResolvedProgram(List<Step> steps, SortedMap<VectorName, OffHeapVector> after, List<OffHeapVector> spare) {
    /**
     * An operation.
     *
     * @param to what it changes, or the first that it reads
     * @param from the other one that it reads; the same where there is none
     */
    record Step(ShardOperation operation, OffHeapVector to, OffHeapVector from) {}

    /**
     * Resolves a program whose names have been followed by {@link ProgramNames}.
     *
     * @param before the names
     * @param spare memory without a name, enough for what the program makes
     */
    static ResolvedProgram of(
            ShardProgram program, SortedMap<VectorName, OffHeapVector> before, Collection<OffHeapVector> spare) {
        Resolving resolving = new Resolving(new TreeMap<>(before), new ArrayDeque<>(spare), new ArrayList<>());
        program.operations().forEach(resolving::resolve);
        return new ResolvedProgram(List.copyOf(resolving.steps), resolving.names, List.copyOf(resolving.spare));
    }

    private record Resolving(SortedMap<VectorName, OffHeapVector> names, Deque<OffHeapVector> spare, List<Step> steps) {
        void resolve(ShardOperation operation) {
            if (operation instanceof ShardOperation.Fill fill) {
                step(operation, made(fill.vector()));
            } else if (operation instanceof ShardOperation.Random random) {
                step(operation, made(random.vector()));
            } else if (operation instanceof ShardOperation.Copy copy) {
                steps.add(new Step(operation, made(copy.to()), there(copy.from())));
            } else if (operation instanceof ShardOperation.Scale scale) {
                step(operation, there(scale.vector()));
            } else if (operation instanceof ShardOperation.Axpy axpy) {
                steps.add(new Step(operation, there(axpy.to()), there(axpy.from())));
            } else if (operation instanceof ShardOperation.Multiply multiply) {
                steps.add(new Step(operation, there(multiply.vector()), there(multiply.by())));
            } else if (operation instanceof ShardOperation.Dot dot) {
                steps.add(new Step(operation, there(dot.left()), there(dot.right())));
            } else if (operation instanceof ShardOperation.Norm norm) {
                step(operation, there(norm.vector()));
            } else if (operation instanceof ShardOperation.Swap swap) {
                OffHeapVector one = there(swap.one());
                names.put(swap.one(), there(swap.other()));
                names.put(swap.other(), one);
            } else if (operation instanceof ShardOperation.Free free) {
                spare.push(there(free.vector()));
                names.remove(free.vector());
            }
        }

        private void step(ShardOperation operation, OffHeapVector vector) {
            steps.add(new Step(operation, vector, vector));
        }

        private OffHeapVector there(VectorName name) {
            OffHeapVector vector = names.get(name);
            if (vector == null) {
                throw new IllegalArgumentException("expected one of the vectors " + names.keySet() + ", found " + name);
            }
            return vector;
        }

        private OffHeapVector made(VectorName name) {
            return names.computeIfAbsent(name, n -> spare.pop());
        }
    }
}
