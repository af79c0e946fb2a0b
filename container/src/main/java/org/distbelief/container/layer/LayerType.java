package org.distbelief.container.layer;

import java.util.List;
import java.util.ServiceLoader;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.SectionReader;

/** A kind of layer, as the job file names it; a service provider. */
public interface LayerType {
    /** The name in the job file. */
    String name();

    /**
     * Reads a layer's settings. Bad ones are noted in the reader, which returns a valid value in their place.
     *
     * @param settings the layer's section; the caller checks it afterwards
     * @param input units of the layer below
     * @param classes number of classes of the data, for settings that follow it
     */
    Layer read(SectionReader settings, Shape input, int classes);

    /**
     * The layer that a job file asks for.
     *
     * @throws JobFileException where there is no type of that name, or where a setting is unknown or impossible
     */
    static Layer find(ComponentConfig config, Shape input, int classes) {
        List<LayerType> types = all();
        LayerType type = types.stream()
                .filter(t -> t.name().equals(config.name()))
                .findFirst()
                .orElseThrow(() -> config.unknown(
                        "layer type",
                        types.stream().map(LayerType::name).sorted().toList()));
        SectionReader settings = config.read();
        Layer layer = type.read(settings, input, classes);
        settings.check();
        return layer;
    }

    /** All kinds of layers on the class path. */
    static List<LayerType> all() {
        return ServiceLoader.load(LayerType.class, LayerType.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
