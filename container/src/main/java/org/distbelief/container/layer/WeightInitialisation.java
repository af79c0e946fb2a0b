package org.distbelief.container.layer;

import java.util.List;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.Activation;
import org.distbelief.paramserver.Initialisation;

/**
 * How a layer's weights start, by name in the job file. The bounds follow from the number of inputs and outputs that
 * one weight's unit has:
 *
 * <ul>
 *   <li>{@code glorot: {gain: 1}}: evenly in ±gain * sqrt(6 / (inputs + outputs));
 *   <li>{@code he: {gain: 1}}: evenly in ±gain * sqrt(6 / inputs);
 *   <li>{@code uniform: {scale: 0.05}}: evenly in ±scale;
 *   <li>{@code normal: {deviation: 0.01}}: normally distributed around 0.
 * </ul>
 *
 * Unless given, it is {@code he} for rectified linear units and {@code glorot} for all others, with gain 1. Sigmoid
 * units learn faster with {@code glorot: {gain: 4}}, which makes up for their slope of 1/4.
 */
final class WeightInitialisation {
    private static final double MOST = 1e6;
    private static final String[] NAMES = {"glorot", "he", "uniform", "normal"};

    private WeightInitialisation() {}

    static Initialisation read(SectionReader settings, Activation activation, long inputs, long outputs) {
        ComponentConfig config = settings.component("initialisation", activation == Activation.RELU ? "he" : "glorot");
        SectionReader own = config.read();
        Initialisation initialisation = switch (config.name()) {
            case "glorot" -> even(own.number("gain", 1, 0, MOST) * Math.sqrt(6.0 / (inputs + outputs)));
            case "he" -> even(own.number("gain", 1, 0, MOST) * Math.sqrt(6.0 / inputs));
            case "uniform" -> even(own.number("scale", 0.05, 0, MOST));
            case "normal" -> new Initialisation.Normal(0, (float) own.number("deviation", 0.01, 0, MOST));
            default -> throw config.unknown("initialisation", List.of(NAMES));
        };
        own.check();
        return initialisation;
    }

    private static Initialisation even(double bound) {
        return new Initialisation.Uniform((float) -bound, (float) bound);
    }
}
