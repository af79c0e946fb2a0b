package org.distbelief.ingest.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.distbelief.ingest.BadLimit;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.IngestReport;

/** Everything that did not become an example, sorted by path. */
final class BadInputReport {
    private static final int REASONS_SHOWN = 3;

    private final List<PartRecord.Reported> lines;
    private final Map<String, Long> byReason = new LinkedHashMap<>();
    private final long bad;

    BadInputReport(List<PartRecord.Reported> reported) {
        lines = new ArrayList<>(reported);
        lines.sort(Comparator.comparing(PartRecord.Reported::path)
                .thenComparing(PartRecord.Reported::reason)
                .thenComparing(PartRecord.Reported::detail));
        Map<String, Long> counts = new LinkedHashMap<>();
        lines.stream().filter(PartRecord.Reported::bad).forEach(l -> counts.merge(l.reason(), 1L, Long::sum));
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(e -> byReason.put(e.getKey(), e.getValue()));
        bad = counts.values().stream().mapToLong(Long::longValue).sum();
    }

    long bad() {
        return bad;
    }

    long ignored() {
        return lines.size() - bad;
    }

    /** Commonest first. */
    Map<String, Long> byReason() {
        return byReason;
    }

    /**
     * Refuses too much bad input.
     *
     * @param total recordings or images, good and bad
     * @param things what they are called
     */
    void requireWithin(BadLimit limit, long total, String things) throws IngestException {
        if (!limit.exceededBy(bad, total)) {
            return;
        }
        StringBuilder message = new StringBuilder(String.format(
                Locale.ROOT,
                "too much bad input: %d of %d %s (%.2f %%), expected at most %.2f %%. The commonest reasons:",
                bad,
                total,
                things,
                100.0 * bad / total,
                100 * limit.fraction()));
        byReason.entrySet().stream().limit(REASONS_SHOWN).forEach(e -> {
            PartRecord.Reported example = lines.stream()
                    .filter(l -> l.bad() && l.reason().equals(e.getKey()))
                    .findFirst()
                    .orElseThrow();
            message.append(String.format(
                    Locale.ROOT,
                    "%n  %d x %s, for example %s: %s",
                    e.getValue(),
                    e.getKey(),
                    example.path(),
                    example.detail()));
        });
        message.append(String.format(
                Locale.ROOT, "%nNothing was written. Mend the input, or allow more bad input (--max-bad)."));
        throw new IngestException(message.toString());
    }

    /** The content of {@link IngestReport#BAD_INPUT_FILE}. */
    String text() {
        StringBuilder text = new StringBuilder("state\treason\tpath\tdetail\n");
        for (PartRecord.Reported line : lines) {
            text.append(line.bad() ? "bad" : "ignored")
                    .append('\t')
                    .append(field(line.reason()))
                    .append('\t')
                    .append(field(line.path()))
                    .append('\t')
                    .append(field(line.detail()))
                    .append('\n');
        }
        return text.toString();
    }

    /** Control characters would break the table's lines and columns. */
    private static String field(String value) {
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            field.append(c < ' ' || c == 0x7F ? String.format(Locale.ROOT, "\\x%02x", (int) c) : String.valueOf(c));
        }
        return field.toString();
    }
}
