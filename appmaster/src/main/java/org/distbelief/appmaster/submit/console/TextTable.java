package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A table of aligned columns. Columns come in the order of their importance: those at the end are left out where the
 * terminal is too narrow for all.
 *
 * @param <R> what a row shows
 */
final class TextTable<R> {
    private static final int GAP = 2;

    private record Column<R>(String title, boolean number, Function<R, String> cell) {}

    private final List<Column<R>> columns = new ArrayList<>();

    /** Adds a column of text, aligned at its beginning. */
    TextTable<R> text(String title, Function<R, String> cell) {
        columns.add(new Column<>(title, false, cell));
        return this;
    }

    /** Adds a column of numbers, aligned at their ends. */
    TextTable<R> number(String title, Function<R, String> cell) {
        columns.add(new Column<>(title, true, cell));
        return this;
    }

    /** The heading and the rows, each {@code indent} spaces in and no wider than {@code width}. */
    List<String> lines(List<R> rows, int indent, int width) {
        List<StringBuilder> lines = new ArrayList<>();
        for (int i = 0; i <= rows.size(); i++) {
            lines.add(new StringBuilder(" ".repeat(indent)));
        }
        int used = indent;
        for (Column<R> column : columns) {
            List<String> cells = new ArrayList<>(List.of(column.title()));
            rows.forEach(row -> cells.add(TerminalText.clean(column.cell().apply(row))));
            int wide = cells.stream().mapToInt(TerminalText::width).max().orElse(0);
            int gap = used == indent ? 0 : GAP;
            if (used > indent && used + gap + wide > width) {
                break;
            }
            for (int i = 0; i < cells.size(); i++) {
                String cell = cells.get(i);
                lines.get(i)
                        .append(" ".repeat(gap))
                        .append(column.number() ? TerminalText.padLeft(cell, wide) : TerminalText.pad(cell, wide));
            }
            used += gap + wide;
        }
        return lines.stream()
                .map(line -> TerminalText.cut(line.toString().stripTrailing(), width))
                .toList();
    }
}
