package org.distbelief.container.downpour;

import java.util.List;
import java.util.ServiceLoader;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.SectionReader;

/** A kind of gradient clipping, as the job file names it; a service provider. */
public interface GradientClipType {
    /** The least limit that a job file may ask for. */
    double LEAST_LIMIT = 1e-9;

    /** The greatest. */
    double MOST_LIMIT = 1e9;

    /** The name in the job file. */
    String name();

    /**
     * Reads the settings. Bad ones are noted in the reader, which returns a valid value in their place.
     *
     * @param settings the section; the caller checks it afterwards
     */
    GradientClip read(SectionReader settings);

    /**
     * The clipping that a job file asks for.
     *
     * @throws JobFileException where there is none of that name, or where a setting is unknown or impossible
     */
    static GradientClip find(ComponentConfig config) {
        List<GradientClipType> types = all();
        GradientClipType type = types.stream()
                .filter(t -> t.name().equals(config.name()))
                .findFirst()
                .orElseThrow(() -> config.unknown(
                        "gradient clipping",
                        types.stream().map(GradientClipType::name).sorted().toList()));
        SectionReader settings = config.read();
        GradientClip clip = type.read(settings);
        settings.check();
        return clip;
    }

    /** All kinds of clipping on the class path. */
    static List<GradientClipType> all() {
        return ServiceLoader.load(GradientClipType.class, GradientClipType.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
