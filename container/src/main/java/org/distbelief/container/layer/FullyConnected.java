package org.distbelief.container.layer;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.Activation;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.paramserver.Initialisation;
import org.distbelief.paramserver.Range;
import org.distbelief.paramserver.RangeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every unit is connected to all units of the layer below: y = f(W x + b). Parameters: {@code weights}, units x inputs,
 * row-major, then {@code biases}, which start at 0. Can be cut by units into any regions.
 *
 * @param input units of the layer below, of any shape
 * @param units number of units, at least 1
 * @param activation f
 * @param initialisation first values of the weights
 * @param decay penalty on the weights
 */
public record FullyConnected(
        Shape input, int units, Activation activation, Initialisation initialisation, WeightDecay decay)
        implements Layer {
    private static final int WEIGHTS = 0;
    private static final int BIASES = 1;

    @Override
    public Shape output() {
        return Shape.flat(units);
    }

    @Override
    public Region needs(Region output) {
        check(output);
        return input.whole();
    }

    @Override
    public Optional<CutByInputs> cutByInputs(List<Region> inputs) {
        List<LayerBlock> blocks = blocks();
        return Optional.of(new CutByInputs(
                new PartialSums(input, inputs, units, blocks.get(WEIGHTS)),
                new TotalSums(inputs.size(), units, activation, blocks.get(BIASES))));
    }

    @Override
    public List<LayerBlock> blocks() {
        return List.of(
                new LayerBlock("weights", (long) units * input.units(), initialisation, decay),
                new LayerBlock("biases", units, new Initialisation.Constant(0)));
    }

    @Override
    public RangeSet parameters(int block, Region output) {
        check(output);
        long each = block == WEIGHTS ? input.units() : 1;
        return RangeSet.of(output.channel() * each, output.channelEnd() * each);
    }

    @Override
    public long flops(Region output) {
        return 2L * output.units() * input.units();
    }

    @Override
    public LayerPart part(Region output, Kernels kernels, int maxBatch) {
        check(output);
        return new Part(output, kernels);
    }

    @Override
    public long partBytes(Region output, int maxBatch) {
        return 0;
    }

    private void check(Region output) {
        if (!output.within(output())) {
            throw new IllegalArgumentException(
                    "expected a region of a fully connected layer of " + units + " units, found " + output);
        }
    }

    /** The units of one region. */
    private final class Part implements LayerPart {
        private final Region output;
        private final Kernels kernels;
        private final Products products;

        Part(Region output, Kernels kernels) {
            this.output = output;
            this.kernels = kernels;
            this.products = new Products(kernels, output.units(), input.units());
        }

        @Override
        public Region output() {
            return output;
        }

        @Override
        public Region input() {
            return input.whole();
        }

        @Override
        public void forward(Pass pass, List<FloatMemory> parameters, FloatMemory in, FloatMemory out) {
            products.forward(pass.batch(), parameters.get(WEIGHTS), in, out);
            kernels.activate(activation, output.units(), pass.batch(), parameters.get(BIASES), out);
        }

        @Override
        public void begin(Pass pass, List<FloatMemory> parameters, FloatMemory in, Region available, FloatMemory out) {
            Range own = contiguous(available);
            if (own != null) {
                addProducts(pass, parameters, in, own, 0, out);
            }
        }

        @Override
        public void finish(Pass pass, List<FloatMemory> parameters, FloatMemory in, Region available, FloatMemory out) {
            Range own = contiguous(available);
            if (own == null) {
                forward(pass, parameters, in, out);
                return;
            }
            if (own.start() > 0) {
                addProducts(pass, parameters, in, new Range(0, own.start()), 1, out);
            }
            if (own.end() < input.units()) {
                addProducts(pass, parameters, in, new Range(own.end(), input.units()), 1, out);
            }
            kernels.activate(activation, output.units(), pass.batch(), parameters.get(BIASES), out);
        }

        /** Inputs that lie in one piece of memory, and so of each row of the weights; null where they do not. */
        private @Nullable Range contiguous(Region available) {
            List<Range> places = input.whole().places(available).ranges();
            return places.size() == 1 ? places.get(0) : null;
        }

        private void addProducts(
                Pass pass, List<FloatMemory> parameters, FloatMemory in, Range inputs, float beta, FloatMemory out) {
            int batch = pass.batch();
            int rows = output.units();
            int stride = input.units();
            int first = (int) inputs.start();
            FloatMemory weights = parameters.get(WEIGHTS);
            kernels.multiply(
                    false,
                    false,
                    rows,
                    batch,
                    (int) inputs.size(),
                    1,
                    weights.slice(first, weights.size() - first),
                    stride,
                    in.slice(first * batch, (int) inputs.size() * batch),
                    batch,
                    beta,
                    out,
                    batch);
        }

        @Override
        public void backward(
                Pass pass,
                List<FloatMemory> parameters,
                FloatMemory in,
                FloatMemory out,
                FloatMemory outGradient,
                @Nullable FloatMemory inGradient) {
            kernels.activationGradient(activation, output.units() * pass.batch(), out, outGradient);
            if (inGradient != null) {
                products.inputGradient(pass.batch(), parameters.get(WEIGHTS), outGradient, inGradient);
            }
        }

        @Override
        public void parameterGradient(
                Pass pass,
                FloatMemory in,
                FloatMemory outGradient,
                float scale,
                boolean add,
                List<FloatMemory> gradient) {
            products.weightGradient(pass.batch(), in, outGradient, scale, add, gradient.get(WEIGHTS));
            kernels.rowSums(output.units(), pass.batch(), scale, outGradient, add, gradient.get(BIASES));
        }
    }

    /**
     * In the job file: {@code fullyConnected: {units: 512, activation: sigmoid, initialisation: {glorot: {gain: 4}}}}.
     * {@code units: classes} stands for the number of classes of the data; the activation is {@code linear} unless
     * given; for the initialisation see {@link WeightInitialisation}, for {@code l1} and {@code l2}
     * {@link WeightDecay}.
     */
    @AutoService(LayerType.class)
    public static final class Type implements LayerType {
        private static final int MOST_UNITS = 1 << 24;

        @Override
        public String name() {
            return "fullyConnected";
        }

        @Override
        public Layer read(SectionReader settings, Shape input, int classes) {
            boolean asClasses = settings.has("units")
                    && settings.text("units", "").toLowerCase(Locale.ROOT).equals("classes");
            int units = asClasses ? classes : settings.integer("units", 1, MOST_UNITS);
            Activation activation = settings.choice("activation", Activation.LINEAR);
            return new FullyConnected(
                    input,
                    units,
                    activation,
                    WeightInitialisation.read(settings, activation, input.units(), units),
                    WeightDecay.read(settings));
        }
    }
}
