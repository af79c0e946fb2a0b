package org.distbelief.conf;

/**
 * A line search for the strong Wolfe conditions (Nocedal and Wright, "Numerical Optimization", section 3.5).
 *
 * @param decrease share of the decrease that the slope at the start promises which a step must reach
 * @param slope share of the slope at the start that may be left at the end; above {@code decrease}
 * @param evaluations losses and gradients that one search may take
 */
public record LineSearchConfig(double decrease, double slope, int evaluations) {
    static LineSearchConfig read(SectionReader section) {
        LineSearchConfig config = new LineSearchConfig(
                section.number("decrease", 1e-4, 1e-10, 0.5),
                section.number("slope", 0.9, 1e-9, 0.999999),
                section.integer("evaluations", 20, 2, 1000));
        if (config.slope() <= config.decrease()) {
            section.refuse("slope", "expected more than decrease, " + config.decrease() + ", found " + config.slope());
        }
        section.finish();
        return config;
    }
}
