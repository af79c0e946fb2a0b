package org.distbelief.appmaster.bench;

import java.io.IOException;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.distbelief.paramserver.bench.PinnedProcess;

/**
 * Another program that {@code bench sandblaster} runs in turn with its own measurements.
 *
 * @param name for people
 * @param command for the shell; it writes a figure followed by {@code samples/s}
 */
public record PeerCommand(String name, String command) {
    private static final Pattern FIGURE = Pattern.compile("([0-9][0-9,]*(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?) samples/s");

    /**
     * Reads {@code NAME=COMMAND}.
     *
     * @throws IllegalArgumentException where it is not of that form
     */
    public static PeerCommand parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw new IllegalArgumentException("expected --peer NAME=COMMAND, found '" + text + "'");
        }
        return new PeerCommand(text.substring(0, equals), text.substring(equals + 1));
    }

    /** Runs it; returns the highest figure that it writes. */
    double measure(String processors) throws IOException {
        String output = PinnedProcess.output(processors, "sh", "-c", command);
        return figure(output)
                .orElseThrow(() -> new IOException("expected the peer " + name
                        + " to write a figure followed by 'samples/s', found: "
                        + output.substring(Math.max(0, output.length() - 500)).strip()));
    }

    /** The highest figure in a program's output. */
    static OptionalDouble figure(String output) {
        Matcher found = FIGURE.matcher(output);
        OptionalDouble best = OptionalDouble.empty();
        while (found.find()) {
            double next = Double.parseDouble(found.group(1).replace(",", "").toLowerCase(Locale.ROOT));
            best = OptionalDouble.of(Math.max(next, best.orElse(next)));
        }
        return best;
    }
}
