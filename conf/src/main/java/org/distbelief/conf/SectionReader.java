package org.distbelief.conf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one section of the job file key by key. Every problem is noted with the line it stands on and a default is
 * returned, so that reading goes on; {@link #finish} then refuses the keys that nobody asked for, naming the nearest
 * one that somebody did. Not for use by several threads.
 */
public final class SectionReader {
    private static final long KIB = 1024;

    private final String name;
    private final Value.Entries section;
    private final Problems problems;
    private final Set<String> asked = new LinkedHashSet<>();

    SectionReader(String name, Value.Entries section, Problems problems) {
        this.name = name;
        this.section = section;
        this.problems = problems;
    }

    /** Where this section stands. */
    public Origin origin() {
        return section.origin();
    }

    /** Where the value of {@code key} stands, or the section where it has none. */
    public Origin origin(String key) {
        Value value = section.entries().get(key);
        return value == null ? section.origin() : value.origin();
    }

    /** Notes a problem with the value of {@code key}. */
    public void refuse(String key, String expectedAndFound) {
        problems.add(origin(key), path(key) + ": " + expectedAndFound);
    }

    /** Whether the key is there. */
    public boolean has(String key) {
        asked.add(key);
        return section.entries().containsKey(key);
    }

    /** An integer in [min, max]. */
    public int integer(String key, int fallback, int min, int max) {
        return (int) whole(key, fallback, min, max);
    }

    /** An integer that must be there, in [min, max]. */
    public int integer(String key, int min, int max) {
        return required(key) ? integer(key, min, min, max) : min;
    }

    /** A long in [min, max]. */
    public long whole(String key, long fallback, long min, long max) {
        String expected = "expected a whole number from " + min + (max == Long.MAX_VALUE ? "" : " to " + max);
        return scalar(key, fallback, expected, text -> {
            long value = Long.parseLong(text.replace("_", ""));
            return value < min || value > max ? null : value;
        });
    }

    /** A whole number that must be there, in [min, max]. */
    public long whole(String key, long min, long max) {
        return required(key) ? whole(key, min, min, max) : min;
    }

    /** A finite number that must be there, in [min, max]. */
    public double number(String key, double min, double max) {
        return required(key) ? number(key, min, min, max) : min;
    }

    /** A finite number in [min, max]. */
    public double number(String key, double fallback, double min, double max) {
        return optionalNumber(key, min, max).orElse(fallback);
    }

    /** A finite number in [min, max], empty where the key is absent. */
    public OptionalDouble optionalNumber(String key, double min, double max) {
        String expected = max == Double.MAX_VALUE
                ? "expected a number of at least " + min
                : "expected a number from " + min + " to " + max;
        double value = scalar(key, Double.NaN, expected, text -> {
            double parsed = Double.parseDouble(text);
            return parsed >= min && parsed <= max ? parsed : null;
        });
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String key, boolean fallback) {
        return scalar(key, fallback, "expected true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        });
    }

    /** A text; empty values are refused. */
    public String text(String key, String fallback) {
        return scalar(key, fallback, "expected a text", text -> text);
    }

    /** A text that must be there. */
    public String text(String key) {
        return required(key) ? text(key, "") : "";
    }

    /** One of an enum's constants, written in lower case. */
    public <E extends Enum<E>> E choice(String key, E fallback) {
        List<E> all = List.of(fallback.getDeclaringClass().getEnumConstants());
        List<String> names = all.stream().map(SectionReader::written).toList();
        return scalar(key, fallback, "expected one of " + String.join(", ", names), text -> {
            int i = names.indexOf(text);
            return i < 0 ? null : all.get(i);
        });
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A size in bytes, written like {@code 512m} or {@code 2g}. */
    public long bytes(String key, long fallback, long min) {
        return scalar(
                key, fallback, "expected a size of at least " + Sizes.text(min) + ", written like 512m or 2g", text -> {
                    String lower = text.toLowerCase(Locale.ROOT);
                    long unit = switch (lower.charAt(lower.length() - 1)) {
                        case 'k' -> KIB;
                        case 'm' -> KIB * KIB;
                        case 'g' -> KIB * KIB * KIB;
                        case 't' -> KIB * KIB * KIB * KIB;
                        default -> 0;
                    };
                    if (unit == 0) {
                        return null;
                    }
                    long value = Math.multiplyExact(
                            Long.parseLong(
                                    lower.substring(0, lower.length() - 1).trim()),
                            unit);
                    return value < min ? null : value;
                });
    }

    /** A time span, written like {@code 500ms}, {@code 30s}, {@code 5m} or {@code 2h}. */
    public Duration duration(String key, Duration fallback, Duration min) {
        return scalar(
                key,
                fallback,
                "expected a time of at least " + Sizes.text(min) + ", written like 500ms, 30s, 5m or 2h",
                text -> {
                    String lower = text.toLowerCase(Locale.ROOT);
                    String unit = lower.replaceAll("[0-9 ]", "");
                    long count = Long.parseLong(
                            lower.substring(0, lower.length() - unit.length()).trim());
                    Duration value = switch (unit) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> null;
                    };
                    return value == null || value.compareTo(min) < 0 ? null : value;
                });
    }

    /** A list of texts; empty where the key is absent. */
    public List<String> texts(String key) {
        asked.add(key);
        Value value = section.entries().get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof Value.Items list
                && list.items().stream()
                        .allMatch(v -> v instanceof Value.Text t && !t.text().isEmpty())) {
            return list.items().stream().map(v -> ((Value.Text) v).text()).toList();
        }
        refuse(key, "expected a list of texts, found " + value.kind());
        return List.of();
    }

    /** The section below {@code key}; an empty one where the key is absent. */
    public SectionReader section(String key) {
        asked.add(key);
        Value value = section.entries().get(key);
        if (value instanceof Value.Entries entries) {
            return new SectionReader(path(key), entries, problems);
        }
        if (value != null && !(value instanceof Value.Text text && text.text().isEmpty())) {
            refuse(key, "expected a section, found " + value.kind());
        }
        return new SectionReader(path(key), new Value.Entries(Map.of(), origin(key)), problems);
    }

    /** The component named below {@code key}: {@code key: name} or {@code key: {name: {settings}}}. */
    public ComponentConfig component(String key, String fallback) {
        asked.add(key);
        Value value = section.entries().get(key);
        if (value == null) {
            return new ComponentConfig(path(key), fallback, new Value.Entries(Map.of(), section.origin()));
        }
        return component(path(key), value);
    }

    /** The component named below {@code key}, empty where the key is absent. */
    public Optional<ComponentConfig> component(String key) {
        asked.add(key);
        return Optional.ofNullable(section.entries().get(key)).map(value -> component(path(key), value));
    }

    /** The list of components below {@code key}, which must have at least one. */
    public List<ComponentConfig> components(String key) {
        List<ComponentConfig> out = new ArrayList<>();
        if (required(key)) {
            if (section.entries().get(key) instanceof Value.Items list
                    && !list.items().isEmpty()) {
                int i = 0;
                for (Value item : list.items()) {
                    out.add(component(path(key) + "." + i++, item));
                }
            } else {
                refuse(key, "expected a list with at least one item");
            }
        }
        return List.copyOf(out);
    }

    private ComponentConfig component(String path, Value value) {
        Value.Entries none = new Value.Entries(Map.of(), value.origin());
        if (value instanceof Value.Text text && !text.text().isEmpty()) {
            return new ComponentConfig(path, text.text(), none);
        }
        if (value instanceof Value.Entries entries && entries.entries().size() == 1) {
            Map.Entry<String, Value> only =
                    entries.entries().entrySet().iterator().next();
            if (only.getValue() instanceof Value.Entries settings) {
                return new ComponentConfig(path, only.getKey(), settings);
            }
            if (only.getValue() instanceof Value.Text text && text.text().isEmpty()) {
                return new ComponentConfig(path, only.getKey(), none);
            }
        }
        problems.add(
                value.origin(),
                path + ": expected a name, or a name with its settings as in {name: {setting: value}}, found "
                        + value.kind());
        return new ComponentConfig(path, "", none);
    }

    /** Refuses the keys that were not asked for. Call it when all keys of the section were read. */
    public void finish() {
        section.entries().forEach((key, value) -> {
            if (!asked.contains(key)) {
                String nearest = Nearest.of(key, asked)
                        .map(n -> "; did you mean '" + n + "'?")
                        .orElse("; valid keys are " + String.join(", ", asked));
                String where = name.isEmpty() ? "" : " in section '" + name + "'";
                problems.add(value.origin(), "unknown key '" + key + "'" + where + nearest);
            }
        });
    }

    /** {@link #finish}, then throws {@link JobFileException} if anything was refused. */
    public void check() {
        finish();
        problems.throwIfAny();
    }

    private boolean required(String key) {
        asked.add(key);
        if (section.entries().containsKey(key)) {
            return true;
        }
        String where = name.isEmpty() ? "" : " in section '" + name + "'";
        problems.add(section.origin(), "missing key '" + key + "'" + where);
        return false;
    }

    private <T> T scalar(String key, T fallback, String expected, Function<String, @Nullable T> parse) {
        asked.add(key);
        Value value = section.entries().get(key);
        if (value == null) {
            return fallback;
        }
        Optional<T> parsed = Optional.empty();
        if (value instanceof Value.Text text && !text.text().isEmpty()) {
            try {
                parsed = Optional.ofNullable(parse.apply(text.text()));
            } catch (NumberFormatException | ArithmeticException e) {
                parsed = Optional.empty();
            }
        }
        if (parsed.isEmpty()) {
            refuse(key, expected + ", found " + value.kind());
        }
        return parsed.orElse(fallback);
    }

    private String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }
}
