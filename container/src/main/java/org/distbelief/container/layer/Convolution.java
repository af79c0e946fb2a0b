package org.distbelief.container.layer;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;

/**
 * Convolutions: filters whose weights are tied over all places. In the job file: {@code convolution: {patch: 5, stride:
 * 1, padding: 2, maps: 16, activation: relu}}. See {@link Filter}.
 */
@AutoService(LayerType.class)
public final class Convolution implements LayerType {
    @Override
    public String name() {
        return "convolution";
    }

    @Override
    public Layer read(SectionReader settings, Shape input, int classes) {
        return FilterSettings.read(settings, input, true);
    }
}
