package org.distbelief.conf;

import java.util.List;

/**
 * The network: its layers from input to output, and the loss. Their settings are known to the layer types and losses
 * themselves.
 *
 * @param layers at least one
 * @param loss the loss; softmaxCrossEntropy unless given
 */
public record ModelConfig(List<ComponentConfig> layers, ComponentConfig loss) {
    static ModelConfig read(SectionReader section) {
        ModelConfig config =
                new ModelConfig(section.components("layers"), section.component("loss", "softmaxCrossEntropy"));
        section.finish();
        return config;
    }
}
