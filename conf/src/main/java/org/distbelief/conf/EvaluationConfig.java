package org.distbelief.conf;

/**
 * Scoring of held-out data at the end of training.
 *
 * @param enabled whether the trained model is scored before the job ends
 * @param split the held-out split
 */
public record EvaluationConfig(boolean enabled, String split) {
    static EvaluationConfig read(SectionReader section) {
        EvaluationConfig config = new EvaluationConfig(section.flag("enabled", true), section.text("split", "test"));
        section.finish();
        return config;
    }
}
