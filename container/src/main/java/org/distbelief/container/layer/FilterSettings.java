package org.distbelief.container.layer;

import org.distbelief.conf.SectionReader;
import org.distbelief.container.kernel.Activation;
import org.distbelief.paramserver.Initialisation;

/** The settings that all layers of filters have. */
final class FilterSettings {
    private static final int MOST_MAPS = 1 << 16;

    private FilterSettings() {}

    /**
     * Reads {@code patch}, {@code stride} (1 unless given), {@code padding} (0), {@code maps}, {@code activation}
     * (linear), {@code initialisation}, whose inputs are the patch's and whose outputs are the maps, and
     * {@link WeightDecay}.
     */
    static Layer read(SectionReader settings, Shape input, boolean tied) {
        WindowGrid grid = WindowGrid.read(settings, input, "patch", "1");
        int maps = settings.integer("maps", 1, MOST_MAPS);
        Activation activation = settings.choice("activation", Activation.LINEAR);
        long inputs = (long) grid.height() * grid.width() * input.channels();
        Initialisation initialisation = WeightInitialisation.read(settings, activation, inputs, maps);
        return new Filter(input, grid, maps, tied, activation, initialisation, WeightDecay.read(settings));
    }
}
