package org.distbelief.conf;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A job file as it runs.
 *
 * @param config the typed settings
 * @param yaml the effective file, with the {@code --set} values applied; parses to the same settings
 */
public record JobFile(JobConfig config, String yaml) {

    /**
     * Reads a job file.
     *
     * @param source the file's name, for messages
     * @param yaml the file's text
     * @param settings values of the form {@code key.path=value} that replace or add to the file's
     * @throws JobFileException listing everything that is wrong
     */
    public static JobFile read(String source, String yaml, List<String> settings) {
        Problems problems = new Problems();
        Optional<Value> parsed = YamlTree.parse(source, true, yaml, problems);
        problems.throwIfAny();
        Origin top = new Origin(source, 1);
        Value tree = Overrides.apply(parsed.orElse(new Value.Entries(Map.of(), top)), settings, problems);
        problems.throwIfAny();
        if (!(tree instanceof Value.Entries entries)) {
            throw new JobFileException(List.of(
                    tree.origin() + ": expected a job file with sections such as 'model:', found " + tree.kind()));
        }
        JobConfig config = JobConfig.read(new SectionReader("", entries, problems));
        problems.throwIfAny();
        return new JobFile(config, YamlTree.dump(entries));
    }
}
