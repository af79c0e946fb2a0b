package org.distbelief.appmaster.sandblaster;

import java.util.List;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.algebra.ShardProgram;
import org.distbelief.paramserver.client.InMemoryAlgebra;
import org.distbelief.paramserver.shard.ShardException;

/** The vectors of a job in memory, for all terms of its coordinators, with the fence between them. */
final class SharedVectors {
    private final InMemoryAlgebra vectors;
    private long highest;
    private long programs;

    SharedVectors(double[] start) {
        vectors = new InMemoryAlgebra(start.length);
        vectors.set(VectorName.PARAMETERS, start);
    }

    synchronized double[] run(long term, ShardProgram program) throws ShardException {
        if (term < highest) {
            throw new ShardException(ShardException.Kind.DEPOSED, "term " + highest + " has begun");
        }
        if (term > highest) {
            highest = term;
            for (VectorName name : List.copyOf(vectors.names())) {
                if (name.value().startsWith("push-")) {
                    vectors.run(ShardProgram.begin().free(name).end());
                }
            }
        }
        programs++;
        return vectors.run(program);
    }

    synchronized double[] get(VectorName name) throws ShardException {
        return vectors.get(name);
    }

    /** Adds to a push vector, if it is still there. */
    synchronized void push(VectorName into, double[] gradient) throws ShardException {
        if (!vectors.names().contains(into)) {
            return;
        }
        double[] sum = vectors.get(into);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += gradient[i];
        }
        vectors.set(into, sum);
    }

    synchronized List<VectorName> names() {
        return List.copyOf(vectors.names());
    }

    synchronized long programs() {
        return programs;
    }

    TermAlgebra open(long term) {
        return new TermAlgebra() {
            @Override
            public double[] run(ShardProgram program) throws ShardException {
                return SharedVectors.this.run(term, program);
            }

            @Override
            public long bytesSent() {
                return 0;
            }

            @Override
            public long bytesReceived() {
                return 0;
            }

            @Override
            public void close() {}
        };
    }
}
