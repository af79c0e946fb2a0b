package org.distbelief.appmaster.submit.console;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far a piece of work with several phases has come: on a terminal one line that is written over, elsewhere a
 * line whenever a phase begins or another quarter of it is done.
 */
public final class PhaseLine implements AutoCloseable {
    private final PrintStream out;
    private final boolean terminal;
    private final int columns;
    private String shown = "";
    private String lastPhase = "";
    private int lastQuarter = -1;

    /** @param columns width of the terminal */
    public PhaseLine(PrintStream out, boolean terminal, int columns) {
        this.out = out;
        this.terminal = terminal;
        this.columns = columns;
    }

    /**
     * The work has come this far.
     *
     * @param phase what is being done
     * @param fraction how much of it is done, 0 to 1
     */
    public synchronized void update(String phase, double fraction) {
        String line = String.format(Locale.ROOT, "  %s %3.0f %%", phase, 100 * Math.max(0, Math.min(1, fraction)));
        if (terminal) {
            String cut = line.substring(0, Math.min(line.length(), columns - 1));
            out.print("\r" + cut + " ".repeat(Math.max(0, shown.length() - cut.length())));
            out.flush();
            shown = cut;
            return;
        }
        int quarter = (int) (fraction * 4);
        if (!phase.equals(lastPhase) || quarter != lastQuarter) {
            out.println(line);
            lastPhase = phase;
            lastQuarter = quarter;
        }
    }

    /** Leaves the line. */
    @Override
    public synchronized void close() {
        if (!shown.isEmpty()) {
            out.print("\r" + " ".repeat(shown.length()) + "\r");
            out.flush();
            shown = "";
        }
    }
}
