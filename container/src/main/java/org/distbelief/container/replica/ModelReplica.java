package org.distbelief.container.replica;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.distbelief.container.exchange.NeighbourException;
import org.distbelief.container.exchange.Neighbours;
import org.distbelief.container.exchange.NoNeighbours;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.model.Model;
import org.distbelief.container.partition.PartitionPlan;
import org.jspecify.annotations.Nullable;

/**
 * A model replica, or one of the partitions it is split into (paper, section 3): its parameters and the memory of its
 * activations, allocated once, and the computation of a step. The parameters exist twice: a fetch lands in the spare
 * copy while the other one is in use, and is installed between steps by {@link #install}. For one thread; only the
 * spare copy may be written by another one in the meantime.
 *
 * <p>All partitions of a replica take the same steps. Partition 0 has the examples: when it takes the gradient of a
 * mini-batch or scores one, the others are told, and must follow with the mini-batch that {@link #awaitOrder} filled. A
 * replica that is not split has one partition, which never waits for anybody.
 */
public final class ModelReplica {
    private final PartitionPlan plan;
    private final Neighbours neighbours;
    private final Kernels kernels;
    private final int maxBatch;
    private final boolean training;
    private final Partition partition;
    private final float[] row;
    private final float[] greatest;
    private final int[] best;
    private final Partition.Keys stepKeys = this::stepKey;
    private final Partition.Keys noiseKeys = this::noiseKey;
    private final long seed;
    private long noise;
    private long steps;
    private ReplicaParameters parameters;
    private ReplicaParameters spare;

    private ModelReplica(
            PartitionPlan plan,
            Neighbours neighbours,
            Kernels kernels,
            int maxBatch,
            boolean training,
            boolean twoCopies,
            long seed) {
        if (neighbours.partitions() != plan.partitions()) {
            throw new IllegalArgumentException(
                    "expected " + plan.partitions() + " partitions, as in the plan, found " + neighbours.partitions());
        }
        this.plan = plan;
        this.neighbours = neighbours;
        this.kernels = kernels;
        this.maxBatch = maxBatch;
        this.training = training;
        this.seed = seed;
        this.row = new float[maxBatch];
        this.greatest = new float[maxBatch];
        this.best = new int[maxBatch];
        this.partition = new Partition(plan, neighbours, kernels, maxBatch, training);
        this.parameters = new ReplicaParameters(plan, neighbours.partition());
        this.spare = twoCopies ? new ReplicaParameters(plan, neighbours.partition()) : parameters;
    }

    /**
     * A replica in one piece that trains.
     *
     * @param kernels the arithmetic; stays the caller's
     * @param maxBatch greatest number of examples in a mini-batch
     * @param seed of the noise that layers such as dropout add; another one for each replica
     */
    public static ModelReplica forTraining(Model model, Kernels kernels, int maxBatch, long seed) {
        return forTraining(PartitionPlan.of(model, 1), NoNeighbours.ALONE, kernels, maxBatch, seed);
    }

    /**
     * A partition of a replica that trains.
     *
     * @param neighbours the other partitions; stay the caller's
     * @param kernels the arithmetic; stays the caller's
     * @param maxBatch greatest number of examples in a mini-batch
     * @param seed of the noise that layers such as dropout add; another one for each replica, the same for all of its
     *     partitions
     */
    public static ModelReplica forTraining(
            PartitionPlan plan, Neighbours neighbours, Kernels kernels, int maxBatch, long seed) {
        return new ModelReplica(plan, neighbours, kernels, maxBatch, true, true, seed);
    }

    /**
     * A partition of a replica that trains with a single copy of the parameters: nothing may be fetched while it
     * computes.
     */
    public static ModelReplica withOneCopy(
            PartitionPlan plan, Neighbours neighbours, Kernels kernels, int maxBatch, long seed) {
        return new ModelReplica(plan, neighbours, kernels, maxBatch, true, false, seed);
    }

    /** A replica in one piece that only scores: without a spare copy of the parameters and without gradients. */
    public static ModelReplica forScoring(Model model, Kernels kernels, int maxBatch) {
        return forScoring(PartitionPlan.of(model, 1), NoNeighbours.ALONE, kernels, maxBatch);
    }

    /** A partition of a replica that only scores. */
    public static ModelReplica forScoring(PartitionPlan plan, Neighbours neighbours, Kernels kernels, int maxBatch) {
        return new ModelReplica(plan, neighbours, kernels, maxBatch, false, false, 0);
    }

    /** The model. */
    public Model model() {
        return plan.model();
    }

    /** How the replica is split. */
    public PartitionPlan plan() {
        return plan;
    }

    /** The number of this partition; the first one, 0, leads. */
    public int partition() {
        return neighbours.partition();
    }

    private boolean leads() {
        return neighbours.partition() == 0;
    }

    /** The arithmetic, for those who step this replica's parameters in its thread. */
    public Kernels kernels() {
        return kernels;
    }

    /** Greatest number of examples in a mini-batch. */
    public int maxBatch() {
        return maxBatch;
    }

    /** A mini-batch that fits this replica; that of a partition other than 0 has labels only. */
    public MiniBatch newBatch() {
        return new MiniBatch(ReplicaMemory.inputUnits(plan, neighbours.partition()), maxBatch);
    }

    /** The parameters that steps use now. */
    public ReplicaParameters parameters() {
        return parameters;
    }

    /** The copy in which fetched parameters land; where there is one copy only, the parameters themselves. */
    public ReplicaParameters spare() {
        return spare;
    }

    /** Makes the spare copy the one in use, and the one in use the spare; nothing is copied. */
    public void install() {
        ReplicaParameters fetched = spare;
        spare = parameters;
        parameters = fetched;
    }

    /** Memory for a gradient by the parameters that are here. */
    public ReplicaParameters newGradient() {
        return new ReplicaParameters(plan, neighbours.partition());
    }

    /**
     * Waits for the next order of partition 0.
     *
     * @param batch of {@link #newBatch}; made the one that goes with an order to train or to score
     * @throws NeighbourException where none comes in time
     */
    public ReplicaOrder awaitOrder(MiniBatch batch) {
        return ReplicaOrder.read(neighbours.hear(0), batch);
    }

    /** Tells the other partitions something; for partition 0. */
    public void order(long argument) {
        order(argument, "");
    }

    /** {@link #order(long)} with a text. */
    public void order(long argument, String text) {
        tellOthers(new ReplicaOrder(ReplicaOrder.Kind.OTHER, argument, text).toBytes(0, new int[0]));
    }

    private void lead(ReplicaOrder.Kind kind, MiniBatch batch, long argument) {
        int size = batch.size();
        if (size < 1 || size > maxBatch) {
            throw new IllegalArgumentException("expected 1 to " + maxBatch + " examples, found " + size);
        }
        if (leads() && plan.partitions() > 1) {
            tellOthers(new ReplicaOrder(kind, argument, "").toBytes(size, batch.labels()));
        }
    }

    private void tellOthers(byte[] words) {
        for (int other = 1; other < plan.partitions(); other++) {
            neighbours.tell(other, words);
        }
    }

    /**
     * Adds numbers up over all partitions, in their order. All must call it at the same time.
     *
     * @param own this partition's; replaced by the sums
     */
    public void addUp(double[] own) {
        if (plan.partitions() == 1) {
            return;
        }
        if (!leads()) {
            neighbours.tell(0, bytes(own));
            fill(own, neighbours.hear(0));
            return;
        }
        collect(own);
        tellOthers(bytes(own));
    }

    /** At partition 0, the sums over all partitions; elsewhere the own numbers as they are. */
    private void collect(double[] own) {
        if (!leads()) {
            neighbours.tell(0, bytes(own));
            return;
        }
        double[] theirs = new double[own.length];
        for (int other = 1; other < plan.partitions(); other++) {
            fill(theirs, neighbours.hear(other));
            Arrays.setAll(own, i -> own[i] + theirs[i]);
        }
    }

    private static byte[] bytes(double[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Double.BYTES);
        bytes.asDoubleBuffer().put(numbers);
        return bytes.array();
    }

    private static void fill(double[] numbers, byte[] bytes) {
        ByteBuffer.wrap(bytes).asDoubleBuffer().get(numbers);
    }

    /**
     * The gradient of the <em>mean</em> loss of a mini-batch by the parameters, with that of the weights' decay.
     *
     * @param into where the gradient goes
     * @param add whether to add to what is there
     * @param listener hears of each layer's gradient as soon as it is ready
     * @return the <em>sum</em> of the examples' losses, without the decay's penalty; not finite where the parameters
     *     have run away. At other partitions than 0 only the part that their outputs account for
     * @throws NeighbourException where another partition is lost; the gradient must not be used then
     */
    public double gradient(MiniBatch batch, ReplicaParameters into, boolean add, GradientListener listener) {
        steps++;
        return backward(batch, into, 1, add, 0, stepKeys, listener);
    }

    /**
     * The gradient of the <em>sum</em> of the losses of a mini-batch's examples by the parameters, with that of the
     * weights' decay for each of them. What layers such as dropout draw depends on {@code noiseKey} and the layer
     * alone.
     *
     * @param into where the gradient goes
     * @param add whether to add to what is there
     * @param noiseKey goes to the other partitions with partition 0's order, as {@link ReplicaOrder#argument}
     * @return as {@link #gradient} does
     * @throws NeighbourException where another partition is lost; the gradient must not be used then
     */
    public double gradientSum(MiniBatch batch, ReplicaParameters into, boolean add, long noiseKey) {
        noise = noiseKey;
        return backward(batch, into, batch.size(), add, noiseKey, noiseKeys, layer -> {});
    }

    /**
     * This partition's part of the penalty for the weights' decay, {@code l2 / 2} times the sum of the squares of each
     * layer's weights; of weights that several partitions need the first one tells it. Without that for {@code l1}.
     */
    public double penalty() {
        return partition.penalty(parameters, layer -> plan.isFirst(layer, neighbours.partition()));
    }

    /**
     * A step of plain gradient descent on the parameters in use. Each layer's product that makes its gradient takes the
     * step, too, after the layer's weights were last read: nothing goes over the parameters a second time.
     *
     * @param learningRate above 0
     * @return as {@link #gradient} does
     * @throws NeighbourException where another partition is lost; the parameters must not be used then
     */
    public double descend(MiniBatch batch, float learningRate) {
        steps++;
        return backward(batch, parameters, -learningRate, true, 0, stepKeys, layer -> {});
    }

    private double backward(
            MiniBatch batch,
            ReplicaParameters into,
            float scale,
            boolean add,
            long argument,
            Partition.Keys keys,
            GradientListener listener) {
        if (!training) {
            throw new IllegalStateException("expected a replica that trains, found one that only scores");
        }
        lead(ReplicaOrder.Kind.TRAIN, batch, argument);
        partition.forward(batch.size(), inputs(batch), parameters, true, keys);
        double loss = partition.backward(batch.labels(), parameters, into, scale, add, keys, listener);
        if (plan.partitions() == 1) {
            return loss;
        }
        double[] sum = {loss};
        collect(sum);
        return sum[0];
    }

    private @Nullable FloatMemory inputs(MiniBatch batch) {
        return leads() ? batch.inputs() : null;
    }

    /** Different for each replica, step and layer. */
    private long stepKey(int layer) {
        return mixed((seed * 0x9e3779b97f4a7c15L + steps) * 0xbf58476d1ce4e5b9L + layer);
    }

    private long noiseKey(int layer) {
        return mixed(noise * 0xbf58476d1ce4e5b9L + layer);
    }

    private static long mixed(long number) {
        long mixed = (number ^ number >>> 30) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    /**
     * Scores a mini-batch.
     *
     * @throws NeighbourException where another partition is lost
     */
    public Score score(MiniBatch batch) {
        scores(batch);
        int size = batch.size();
        FloatMemory out = partition.scores();
        int units = model().output().units();
        double loss = model().loss().score(kernels, units, size, out, batch.labels());
        return new Score(loss, correct(units, size, out, batch.labels()), out);
    }

    /** Helps partition 0 to score the mini-batch that an order brought. */
    public void helpToScore(MiniBatch batch) {
        scores(batch);
    }

    private void scores(MiniBatch batch) {
        lead(ReplicaOrder.Kind.SCORE, batch, 0);
        partition.forward(batch.size(), inputs(batch), parameters, false, stepKeys);
    }

    private int correct(int units, int size, FloatMemory scores, int[] labels) {
        Arrays.fill(greatest, 0, size, Float.NEGATIVE_INFINITY);
        for (int unit = 0; unit < units; unit++) {
            scores.read(unit * size, row, 0, size);
            for (int i = 0; i < size; i++) {
                if (row[i] > greatest[i]) {
                    greatest[i] = row[i];
                    best[i] = unit;
                }
            }
        }
        int correct = 0;
        for (int i = 0; i < size; i++) {
            correct += best[i] == labels[i] ? 1 : 0;
        }
        return correct;
    }

    /**
     * A score for each class, greater where it is more likely, for data without labels; probabilities where the model's
     * loss has them.
     *
     * @return output units x examples, row-major; the replica's own memory, valid until its next call
     * @throws NeighbourException where another partition is lost
     */
    public FloatMemory predict(MiniBatch batch) {
        scores(batch);
        FloatMemory out = partition.scores();
        model().loss().predict(kernels, model().output().units(), batch.size(), out);
        return out;
    }
}
