package org.distbelief.conf;

import java.util.Collection;
import java.util.List;

/**
 * A part chosen by name in the job file (a layer, a loss, an update rule) with settings that only the part itself
 * knows. Immutable; the part reads its settings with {@link #read}.
 */
public final class ComponentConfig {
    private final String path;
    private final String name;
    private final Value.Entries settings;

    ComponentConfig(String path, String name, Value.Entries settings) {
        this.path = path;
        this.name = name;
        this.settings = settings;
    }

    /** The part's name as the job file gives it. */
    public String name() {
        return name;
    }

    /** Where the part stands in the job file. */
    public Origin origin() {
        return settings.origin();
    }

    /** A fresh reader of the part's settings; call its {@link SectionReader#check} when all were read. */
    public SectionReader read() {
        return new SectionReader(path + "." + name, settings, new Problems());
    }

    /**
     * The refusal of a name that is none of the known ones.
     *
     * @param what what kind of part it is, such as "layer type"
     * @param known the valid names
     */
    public JobFileException unknown(String what, Collection<String> known) {
        String hint = Nearest.of(name, known)
                .map(n -> "; did you mean '" + n + "'?")
                .orElse("; known are " + String.join(", ", known));
        return refused("unknown " + what + " '" + name + "'" + hint);
    }

    /** A refusal of this part as a whole. */
    public JobFileException refused(String message) {
        return new JobFileException(List.of(origin() + ": " + path + ": " + message));
    }

    @Override
    public String toString() {
        return name;
    }
}
