package org.distbelief.paramserver.rule;

import java.util.List;
import java.util.ServiceLoader;
import org.distbelief.conf.ComponentConfig;
import org.distbelief.conf.JobFileException;
import org.distbelief.conf.SectionReader;

/** A kind of update rule, as the job file names it; a service provider. */
public interface UpdateRuleType {
    /** The name in the job file. */
    String name();

    /**
     * Reads a rule's settings. Bad ones are noted in the reader, which returns a valid value in their place.
     *
     * @param settings the rule's section; the caller checks it afterwards
     */
    UpdateRule read(SectionReader settings);

    /**
     * The rule that a job file asks for.
     *
     * @throws JobFileException where there is no rule of that name, or where a setting is unknown or impossible
     */
    static UpdateRule find(ComponentConfig config) {
        List<UpdateRuleType> types = all();
        UpdateRuleType type = types.stream()
                .filter(t -> t.name().equals(config.name()))
                .findFirst()
                .orElseThrow(() -> config.unknown(
                        "update rule",
                        types.stream().map(UpdateRuleType::name).sorted().toList()));
        SectionReader settings = config.read();
        UpdateRule rule = type.read(settings);
        settings.check();
        return rule;
    }

    /** All kinds of rules on the class path. */
    static List<UpdateRuleType> all() {
        return ServiceLoader.load(UpdateRuleType.class, UpdateRuleType.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
