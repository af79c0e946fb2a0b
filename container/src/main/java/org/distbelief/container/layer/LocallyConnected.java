package org.distbelief.container.layer;

import com.google.auto.service.AutoService;
import org.distbelief.conf.SectionReader;

/**
 * Locally connected layers (paper, section 5), in the job file: {@code locallyConnected: {patch: 10, stride: 2, maps:
 * 8, activation: relu}}. See {@link Filter}.
 */
@AutoService(LayerType.class)
public final class LocallyConnected implements LayerType {
    @Override
    public String name() {
        return "locallyConnected";
    }

    @Override
    public Layer read(SectionReader settings, Shape input, int classes) {
        return FilterSettings.read(settings, input, false);
    }
}
