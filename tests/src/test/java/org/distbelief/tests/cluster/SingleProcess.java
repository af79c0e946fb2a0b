package org.distbelief.tests.cluster;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.distbelief.appmaster.lbfgs.Lbfgs;
import org.distbelief.appmaster.lbfgs.LbfgsSettings;
import org.distbelief.appmaster.lbfgs.LbfgsState;
import org.distbelief.appmaster.lbfgs.Objective;
import org.distbelief.conf.JobFile;
import org.distbelief.container.data.BlockDecoder;
import org.distbelief.container.data.PortionCache;
import org.distbelief.container.data.PortionExamples;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.model.Model;
import org.distbelief.container.model.ModelDescription;
import org.distbelief.container.replica.MiniBatch;
import org.distbelief.container.replica.ModelReplica;
import org.distbelief.container.replica.ReplicaParameters;
import org.distbelief.dataset.Split;
import org.distbelief.dataset.hdfs.DatasetReader;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.VectorName;
import org.distbelief.paramserver.client.InMemoryAlgebra;
import org.distbelief.paramserver.shard.ShardException;

/** L-BFGS as anybody would run it: one process, one thread after the other, vectors of doubles in memory. */
final class SingleProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MINI_BATCH = 256;
    private static final long CACHE = 256L << 20;

    private final ModelDescription description;
    private final DatasetReader data;

    SingleProcess(Configuration conf, JobFile job) throws Exception {
        this.data = DatasetReader.open(conf, job.config().data().path());
        this.description = ModelDescription.of(job, data.manifest());
    }

    /** The training loss after as many iterations, from the same first parameters as a job. */
    double loss(int iterations) throws Exception {
        Model model = description.model();
        ParameterLayout layout = model.layout();
        int size = Math.toIntExact(layout.size());
        long seed = description.jobFile().config().seed();
        double[] first = new double[size];
        for (Block block : layout.blocks()) {
            for (long i = block.range().start(); i < block.range().end(); i++) {
                first[(int) i] = block.initialisation().at(seed, i);
            }
        }
        InMemoryAlgebra algebra = new InMemoryAlgebra(size);
        algebra.set(VectorName.PARAMETERS, first);
        Split split =
                data.manifest().split(description.jobFile().config().data().split());
        try (Kernels kernels = Kernels.best(2);
                PortionCache portions =
                        new PortionCache(data, split, new BlockDecoder(description, data.manifest()), CACHE)) {
            Evaluation evaluation = new Evaluation(
                    ModelReplica.forTraining(model, kernels, MINI_BATCH, seed), portions, split, algebra);
            Lbfgs lbfgs =
                    new Lbfgs(LbfgsSettings.of(description.jobFile().config().sandblaster()), algebra);
            LbfgsState state = lbfgs.begin(evaluation);
            while (state.iteration() < iterations) {
                state = lbfgs.iterate(state, evaluation);
            }
            return state.loss();
        }
    }

    /** The mean loss of all examples, and its gradient. */
    private static final class Evaluation implements Objective {
        private final ModelReplica replica;
        private final PortionCache portions;
        private final Split split;
        private final InMemoryAlgebra algebra;
        private final MiniBatch batch;
        private final ReplicaParameters gradient;

        Evaluation(ModelReplica replica, PortionCache portions, Split split, InMemoryAlgebra algebra) {
            this.replica = replica;
            this.portions = portions;
            this.split = split;
            this.algebra = algebra;
            this.batch = replica.newBatch();
            this.gradient = replica.newGradient();
        }

        @Override
        public double evaluate(VectorName point, VectorName into) throws ShardException, InterruptedException {
            copy(algebra.get(point), replica.parameters());
            double loss = 0;
            long examples = 0;
            try {
                for (int id : split.portions().stream().map(p -> p.id()).toList()) {
                    PortionExamples portion = portions.open(id);
                    while (!portion.ended()) {
                        portion.fill(batch, PATIENCE);
                        loss += replica.gradientSum(batch, gradient, examples > 0, 0);
                        examples += batch.size();
                    }
                }
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            double[] mean = new double[algebra.get(point).length];
            for (long i = 0; i < mean.length; ) {
                long end = gradient.segmentEnd(i);
                ByteBuffer view = gradient.view(i, (int) (end - i));
                for (; i < end; i++) {
                    mean[(int) i] = view.getFloat() / (double) examples;
                }
            }
            algebra.set(into, mean);
            return loss / examples;
        }

        private static void copy(double[] from, ReplicaParameters to) {
            for (long i = 0; i < from.length; ) {
                long end = to.segmentEnd(i);
                ByteBuffer view = to.view(i, (int) (end - i));
                for (; i < end; i++) {
                    view.putFloat((float) from[(int) i]);
                }
            }
        }
    }

    /** A job file with settings of its own. */
    static JobFile job(String yaml, List<String> settings) {
        return JobFile.read("job.yaml", yaml, settings);
    }
}
