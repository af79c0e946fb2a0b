package org.distbelief.appmaster.submit.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A terminal that knows carriage return and line feed, and fails a test that writes anything else or too far. */
final class Screen {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int columns;
    final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    Screen(int columns) {
        this.columns = columns;
    }

    /** What was written, byte for byte. */
    String raw() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The lines as a person sees them now; the last one is where the cursor is. */
    List<String> lines() {
        List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
        int column = 0;
        for (char c : raw().toCharArray()) {
            StringBuilder line = lines.get(lines.size() - 1);
            if (c == '\r') {
                column = 0;
            } else if (c == '\n') {
                column = 0;
                lines.add(new StringBuilder());
            } else {
                assertThat(Character.isISOControl(c))
                        .as("control character U+%04X", (int) c)
                        .isFalse();
                line.replace(column, Math.min(line.length(), column + 1), String.valueOf(c));
                column++;
                assertThat(TerminalText.width(line.toString().stripTrailing()))
                        .as("width of: %s", line)
                        .isLessThanOrEqualTo(columns);
            }
        }
        return lines.stream().map(line -> line.toString().stripTrailing()).toList();
    }

    /** The line that was written last. */
    String last() {
        List<String> lines = lines();
        return lines.get(lines.size() - 1);
    }
}
