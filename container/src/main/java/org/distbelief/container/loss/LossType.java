package org.distbelief.container.loss;

import java.util.List;
import java.util.ServiceLoader;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.SectionReader;

/** A kind of loss, as the job file names it; a service provider. */
public interface LossType {
    /** The name in the job file. */
    String name();

    /**
     * Reads a loss's settings. Bad ones are noted in the reader, which returns a valid value in their place.
     *
     * @param settings the loss's section; the caller checks it afterwards
     */
    Loss read(SectionReader settings);

    /**
     * The loss that a job file asks for.
     *
     * @throws JobFileException where there is no loss of that name, or where a setting is unknown or impossible
     */
    static Loss find(ComponentConfig config) {
        List<LossType> types = all();
        LossType type = types.stream()
                .filter(t -> t.name().equals(config.name()))
                .findFirst()
                .orElseThrow(() -> config.unknown(
                        "loss", types.stream().map(LossType::name).sorted().toList()));
        SectionReader settings = config.read();
        Loss loss = type.read(settings);
        settings.check();
        return loss;
    }

    /** All kinds of losses on the class path. */
    static List<LossType> all() {
        return ServiceLoader.load(LossType.class, LossType.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
