package org.distbelief.container.replica;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.LayerBlock;
import org.distbelief.container.layer.LayerPart;
import org.distbelief.container.layer.Pass;
import org.distbelief.container.layer.Region;
import org.distbelief.container.layer.WeightDecay;
import org.distbelief.container.model.Model;

/**
 * A model replica: its parameters and the memory of its activations, allocated once, and the computation of a step. The
 * parameters exist twice: a fetch lands in the spare copy while the other one is in use, and is installed between steps
 * by {@link #install}. For one thread; only the spare copy may be written by another one in the meantime.
 */
public final class ModelReplica {
    private final Model model;
    private final Kernels kernels;
    private final int maxBatch;
    private final List<LayerPart> parts = new ArrayList<>();
    private final List<List<WeightDecay>> decays = new ArrayList<>();
    private final List<FloatMemory> outputs = new ArrayList<>();
    private final List<FloatMemory> gradients = new ArrayList<>();
    private final float[] row;
    private final float[] greatest;
    private final int[] best;
    private final Pass pass = new Pass();
    private final long seed;
    private final int lowest;
    private long steps;
    private ReplicaParameters parameters;
    private ReplicaParameters spare;

    private ModelReplica(Model model, Kernels kernels, int maxBatch, boolean training, long seed) {
        this.seed = seed;
        this.model = model;
        this.kernels = kernels;
        this.maxBatch = maxBatch;
        this.row = new float[maxBatch];
        this.greatest = new float[maxBatch];
        this.best = new int[maxBatch];
        this.lowest = lowestWithParameters(model);
        int widest = 0;
        for (Layer layer : model.layers()) {
            Region whole = layer.output().whole();
            parts.add(layer.part(whole, kernels, maxBatch));
            decays.add(layer.blocks().stream().map(LayerBlock::decay).toList());
            outputs.add(FloatMemory.allocate((long) whole.units() * maxBatch));
            widest = Math.max(widest, whole.units());
        }
        // The gradient by a layer's outputs lives until the layer below has its own: two pieces of memory in turn.
        for (int i = 0; i < (training ? 2 : 0); i++) {
            gradients.add(FloatMemory.allocate((long) widest * maxBatch));
        }
        this.parameters = ReplicaParameters.whole(model);
        this.spare = training ? ReplicaParameters.whole(model) : parameters;
    }

    /** The lowest layer with parameters: nothing needs the gradient by its inputs. */
    private static int lowestWithParameters(Model model) {
        int layer = 0;
        while (model.layers().get(layer).blocks().isEmpty()) {
            layer++;
        }
        return layer;
    }

    /**
     * A replica that trains.
     *
     * @param kernels the arithmetic; stays the caller's
     * @param maxBatch greatest number of examples in a mini-batch
     * @param seed of the noise that layers such as dropout add; another one for each replica
     */
    public static ModelReplica forTraining(Model model, Kernels kernels, int maxBatch, long seed) {
        return new ModelReplica(model, kernels, maxBatch, true, seed);
    }

    /** A replica that only scores: without a spare copy of the parameters and without gradients. */
    public static ModelReplica forScoring(Model model, Kernels kernels, int maxBatch) {
        return new ModelReplica(model, kernels, maxBatch, false, 0);
    }

    /** The model. */
    public Model model() {
        return model;
    }

    /** The arithmetic, for those who step this replica's parameters in its thread. */
    public Kernels kernels() {
        return kernels;
    }

    /** Greatest number of examples in a mini-batch. */
    public int maxBatch() {
        return maxBatch;
    }

    /** A mini-batch that fits this replica. */
    public MiniBatch newBatch() {
        return new MiniBatch(model.input().units(), maxBatch);
    }

    /** The parameters that steps use now. */
    public ReplicaParameters parameters() {
        return parameters;
    }

    /** The copy in which fetched parameters land; of a replica that only scores, the parameters themselves. */
    public ReplicaParameters spare() {
        return spare;
    }

    /** Makes the spare copy the one in use, and the one in use the spare; nothing is copied. */
    public void install() {
        ReplicaParameters fetched = spare;
        spare = parameters;
        parameters = fetched;
    }

    /** Memory for a gradient by this replica's parameters. */
    public ReplicaParameters newGradient() {
        return ReplicaParameters.whole(model);
    }

    /**
     * The gradient of the <em>mean</em> loss of a mini-batch by the parameters, with that of the weights' decay.
     *
     * @param into where the gradient goes
     * @param add whether to add to what is there
     * @param listener hears of each layer's gradient as soon as it is ready
     * @return the <em>sum</em> of the examples' losses, without the decay's penalty; not finite where the parameters
     *     have run away
     */
    public double gradient(MiniBatch batch, ReplicaParameters into, boolean add, GradientListener listener) {
        return backward(batch, into, 1, add, listener);
    }

    /**
     * A step of plain gradient descent on the parameters in use. Each layer's product that makes its gradient takes the
     * step, too, after the layer's weights were last read: nothing goes over the parameters a second time.
     *
     * @param learningRate above 0
     * @return the <em>sum</em> of the examples' losses; not finite where the parameters have run away
     */
    public double descend(MiniBatch batch, float learningRate) {
        return backward(batch, parameters, -learningRate, true, layer -> {});
    }

    private double backward(
            MiniBatch batch, ReplicaParameters into, float scale, boolean add, GradientListener listener) {
        if (gradients.isEmpty()) {
            throw new IllegalStateException("expected a replica that trains, found one that only scores");
        }
        steps++;
        int size = forward(batch, true);
        int last = parts.size() - 1;
        FloatMemory outGradient = gradients.get((last + 1) % 2);
        outGradient.write(0, outputs.get(last), 0, model.output().units() * size);
        double loss = model.loss().gradient(kernels, model.output().units(), size, outGradient, batch.labels());
        for (int i = last; i >= 0; i--) {
            LayerPart part = parts.get(i);
            FloatMemory in = i == 0 ? batch.inputs() : outputs.get(i - 1);
            FloatMemory inGradient = i <= lowest ? null : gradients.get(i % 2);
            pass.set(size, true, key(i));
            part.backward(pass, parameters.layer(i), in, outputs.get(i), outGradient, inGradient);
            if (!into.layer(i).isEmpty()) {
                // The decay is that of the weights as they were, also where the product changes them.
                if (add) {
                    addDecay(i, into, scale);
                }
                part.parameterGradient(pass, in, outGradient, scale, add, into.layer(i));
                if (!add) {
                    addDecay(i, into, scale);
                }
                listener.ready(i);
            }
            if (inGradient == null) {
                break;
            }
            outGradient = inGradient;
        }
        return loss;
    }

    /** Different for each replica, step and layer. */
    private long key(int layer) {
        long mixed = (seed * 0x9e3779b97f4a7c15L + steps) * 0xbf58476d1ce4e5b9L + layer;
        mixed = (mixed ^ mixed >>> 30) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    private void addDecay(int layer, ReplicaParameters into, float scale) {
        for (int block = 0; block < decays.get(layer).size(); block++) {
            WeightDecay decay = decays.get(layer).get(block);
            if (!decay.isNone()) {
                FloatMemory weights = parameters.layer(layer).get(block);
                FloatMemory gradient = into.layer(layer).get(block);
                kernels.decay(
                        weights.size(), scale * (float) decay.l1(), scale * (float) decay.l2(), weights, gradient);
            }
        }
    }

    /** Scores a mini-batch. */
    public Score score(MiniBatch batch) {
        int size = forward(batch, false);
        FloatMemory out = outputs.get(outputs.size() - 1);
        int units = model.output().units();
        double loss = model.loss().score(kernels, units, size, out, batch.labels());
        return new Score(loss, correct(units, size, out, batch.labels()), out);
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
     */
    public FloatMemory predict(MiniBatch batch) {
        int size = forward(batch, false);
        FloatMemory out = outputs.get(outputs.size() - 1);
        model.loss().predict(kernels, model.output().units(), size, out);
        return out;
    }

    private int forward(MiniBatch batch, boolean training) {
        int size = batch.size();
        if (size < 1 || size > maxBatch) {
            throw new IllegalArgumentException("expected 1 to " + maxBatch + " examples, found " + size);
        }
        FloatMemory in = batch.inputs();
        for (int i = 0; i < parts.size(); i++) {
            pass.set(size, training, training ? key(i) : 0);
            parts.get(i).forward(pass, parameters.layer(i), in, outputs.get(i));
            in = outputs.get(i);
        }
        return size;
    }
}
