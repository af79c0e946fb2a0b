package org.distbelief.ingest;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Where the labels of recordings come from.
 *
 * @param pattern regular expression looked for in the file name (without its folders), with a group named
 *     {@code label}; null means that a label file lies beside each recording
 * @param extensions extensions of label files, without the dot, tried in this order
 * @param units what label files count time in
 * @param statesPerLabel number of states into which each labelled segment is cut evenly, at least 1
 */
public record LabelOptions(@Nullable String pattern, List<String> extensions, LabelUnits units, int statesPerLabel) {
    /** The group that a label pattern must have. */
    public static final String GROUP = "label";

    private static final int MAX_STATES = 1000;

    /** Checks the pattern and the ranges. */
    public LabelOptions {
        extensions = extensions.stream()
                .map(e -> (e.startsWith(".") ? e.substring(1) : e).toLowerCase(Locale.ROOT))
                .toList();
        if (statesPerLabel < 1 || statesPerLabel > MAX_STATES) {
            throw new IllegalArgumentException(
                    "states per label: expected 1 to " + MAX_STATES + ", found " + statesPerLabel);
        }
        if (extensions.isEmpty() || extensions.contains("")) {
            throw new IllegalArgumentException(
                    "label extensions: expected one or more, such as lab, found " + extensions);
        }
        if (pattern != null) {
            requireGroup(pattern);
        }
    }

    /** Label files ending in .lab, .phn or .txt, in seconds, one state per label. */
    public static LabelOptions defaults() {
        return new LabelOptions(null, List.of("lab", "phn", "txt"), LabelUnits.SECONDS, 1);
    }

    /** The same with a label pattern in place of label files. */
    public LabelOptions withPattern(String newPattern) {
        return new LabelOptions(newPattern, extensions, units, statesPerLabel);
    }

    /** The same with another number of states. */
    public LabelOptions withStatesPerLabel(int states) {
        return new LabelOptions(pattern, extensions, units, states);
    }

    /** The same with other units. */
    public LabelOptions withUnits(LabelUnits newUnits) {
        return new LabelOptions(pattern, extensions, newUnits, statesPerLabel);
    }

    /** The same with other label file extensions. */
    public LabelOptions withExtensions(List<String> newExtensions) {
        return new LabelOptions(pattern, newExtensions, units, statesPerLabel);
    }

    private static void requireGroup(String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("label pattern: " + e.getMessage(), e);
        }
        // With an empty alternative it matches anything, and only then does a matcher tell whether it has the group.
        Matcher matcher = Pattern.compile(pattern + "|").matcher("");
        try {
            if (matcher.find()) {
                matcher.start(GROUP);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "label pattern: expected a group named label, as in '^(?<label>[0-9])_', found '" + pattern + "'",
                    e);
        }
    }
}
