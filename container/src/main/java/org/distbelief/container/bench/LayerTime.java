package org.distbelief.container.bench;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.kernel.FloatMemory;
import org.distbelief.container.kernel.Kernels;
import org.distbelief.container.layer.Layer;
import org.distbelief.container.layer.LayerBlock;
import org.distbelief.container.layer.LayerPart;
import org.distbelief.container.layer.Pass;
import org.distbelief.container.model.Model;

/**
 * How long a whole layer takes for a mini-batch on one core.
 *
 * @param forward seconds
 * @param inputGradient seconds of the backward pass; 0 where nobody needs the gradient
 * @param parameterGradient seconds; 0 where the layer has no parameters
 */
public record LayerTime(double forward, double inputGradient, double parameterGradient) {
    private static final double NANO = 1e-9;

    /** Measures all layers of a model, one after the other. */
    static List<LayerTime> measure(Model model, Kernels kernels, int batch, double seconds) {
        List<LayerTime> times = new ArrayList<>();
        for (int i = 0; i < model.layers().size(); i++) {
            times.add(measure(model.layers().get(i), i > model.lowestWithParameters(), kernels, batch, seconds));
        }
        return times;
    }

    private static LayerTime measure(Layer layer, boolean needed, Kernels kernels, int batch, double seconds) {
        LayerPart part = layer.part(layer.output().whole(), kernels, batch);
        Pass pass = new Pass();
        pass.set(batch, true, 1);
        FloatMemory in = Machine.random(layer.input().units() * batch);
        FloatMemory out = FloatMemory.allocate((long) layer.output().units() * batch);
        FloatMemory outGradient = Machine.random(layer.output().units() * batch);
        FloatMemory inGradient = FloatMemory.allocate(needed ? in.size() : 0);
        List<FloatMemory> parameters = new ArrayList<>();
        for (LayerBlock block : layer.blocks()) {
            parameters.add(FloatMemory.allocate(block.size()));
        }
        Timing forward = Timing.of(seconds, () -> {}, () -> part.forward(pass, parameters, in, out));
        Timing backward = Timing.of(
                seconds,
                () -> {},
                () -> part.backward(pass, parameters, in, out, outGradient, needed ? inGradient : null));
        double parameter = layer.blocks().isEmpty()
                ? 0
                : Timing.of(
                                        seconds,
                                        () -> {},
                                        () -> part.parameterGradient(pass, in, outGradient, 1e-9f, true, parameters))
                                .nanoseconds()
                        * NANO;
        return new LayerTime(forward.nanoseconds() * NANO, backward.nanoseconds() * NANO, parameter);
    }
}
