package org.distbelief.container.model;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.ModelConfig;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.LayerBlock;
import org.distbelief.container.layer.LayerType;
import org.distbelief.container.layer.Shape;
import org.distbelief.container.loss.Loss;
import org.distbelief.container.loss.LossType;
import org.distbelief.paramserver.Block;
import org.distbelief.paramserver.ParameterLayout;
import org.distbelief.paramserver.Range;

/** A network: layers bound to the shapes between them, and the loss. Immutable; holds no parameters. */
public final class Model {
    private final Shape input;
    private final Shape output;
    private final int classes;
    private final List<Layer> layers;
    private final List<String> names;
    private final List<Integer> firstBlocks;
    private final Loss loss;
    private final ParameterLayout layout;

    private Model(
            Shape input,
            int classes,
            List<Layer> layers,
            List<String> names,
            List<Integer> firstBlocks,
            Loss loss,
            ParameterLayout layout) {
        this.input = input;
        this.classes = classes;
        this.layers = List.copyOf(layers);
        this.output = layers.get(layers.size() - 1).output();
        this.names = List.copyOf(names);
        this.firstBlocks = List.copyOf(firstBlocks);
        this.loss = loss;
        this.layout = layout;
    }

    /**
     * Binds the layers of a job file, from the input up.
     *
     * @param input units of an example
     * @param classes number of classes of the data, at least 1
     * @throws JobFileException where a layer or the loss is unknown or impossible, or where the last layer has fewer
     *     units than there are classes
     */
    public static Model of(ModelConfig config, Shape input, int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("expected data with at least 1 class, found " + classes);
        }
        List<Layer> layers = new ArrayList<>();
        List<Integer> firstBlocks = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Shape below = input;
        long next = 0;
        for (ComponentConfig part : config.layers()) {
            Layer layer = LayerType.find(part, below, classes);
            String name = layers.size() + "." + part.name();
            names.add(name);
            firstBlocks.add(blocks.size());
            for (LayerBlock block : layer.blocks()) {
                blocks.add(new Block(
                        name + "." + block.name(), new Range(next, next + block.size()), block.initialisation()));
                next += block.size();
            }
            layers.add(layer);
            below = layer.output();
        }
        ComponentConfig last = config.layers().get(config.layers().size() - 1);
        if (below.units() < classes) {
            throw last.refused("the last layer needs a unit for each of the data's " + classes
                    + " classes, found " + below.units() + " units; give it at least " + classes
                    + ", or write 'units: classes'");
        }
        if (blocks.isEmpty()) {
            throw last.refused("expected a model with at least one layer that has parameters, found none");
        }
        return new Model(
                input, classes, layers, names, firstBlocks, LossType.find(config.loss()), new ParameterLayout(blocks));
    }

    /** Units of an example. */
    public Shape input() {
        return input;
    }

    /** Units of the last layer, at least {@link #classes}. */
    public Shape output() {
        return output;
    }

    /** Number of classes of the data. */
    public int classes() {
        return classes;
    }

    /** The layers, from the input up; unmodifiable. */
    public List<Layer> layers() {
        return layers;
    }

    /** The loss. */
    public Loss loss() {
        return loss;
    }

    /** Where the parameters lie; depends on the model alone. Blocks are named {@code layer.type.block}. */
    public ParameterLayout layout() {
        return layout;
    }

    /**
     * A block of a layer in the flat vector.
     *
     * @param layer index of the layer
     * @param block index in the layer's blocks
     */
    public Block block(int layer, int block) {
        return layout.blocks().get(firstBlocks.get(layer) + block);
    }

    /** A layer's blocks in the flat vector, in the layer's order. */
    public List<Block> blocks(int layer) {
        int first = firstBlocks.get(layer);
        return layout.blocks().subList(first, first + layers.get(layer).blocks().size());
    }

    /** A layer's number and type, such as {@code 2.pooling}. */
    public String layerName(int layer) {
        return names.get(layer);
    }

    /** The lowest layer that has parameters: nobody needs the gradient by its inputs. */
    public int lowestWithParameters() {
        int layer = 0;
        while (layers.get(layer).blocks().isEmpty()) {
            layer++;
        }
        return layer;
    }

    /** Number of parameters. */
    public long parameters() {
        return layout.size();
    }

    /** Floating-point operations of a forward pass, for one example. */
    public long forwardFlops() {
        return layers.stream()
                .mapToLong(layer -> layer.flops(layer.output().whole()))
                .sum();
    }

    /**
     * Floating-point operations of a training step, for one example: the forward pass, the gradient by the parameters,
     * and the gradient by the inputs of all layers but the first.
     */
    public long trainingFlops() {
        Layer first = layers.get(0);
        return 3 * forwardFlops() - first.flops(first.output().whole());
    }
}
