package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jline.utils.WCWidth;

/** Text that fits a terminal: without control characters, and no wider than it. Widths are in terminal columns. */
final class TerminalText {
    private static final String CUT = "...";

    private TerminalText() {}

    /** One line without control characters or invisible direction marks, so that no text can drive the terminal. */
    static String clean(String text) {
        return text.codePoints()
                .map(c -> harmless(c) ? c : ' ')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip()
                .replaceAll(" {2,}", " ");
    }

    /** The lines of a text, each clean; indentation at their beginnings is kept. */
    static List<String> cleanLines(String text) {
        return text.replace("\t", "    ")
                .lines()
                .map(line -> " ".repeat(line.length() - line.stripLeading().length()) + clean(line))
                .collect(Collectors.toList());
    }

    private static boolean harmless(int c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.SURROGATE
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    /** Columns that a clean text takes; East Asian letters and pictures take two, combining marks none. */
    static int width(String text) {
        return text.codePoints().map(TerminalText::width).sum();
    }

    private static int width(int c) {
        return Math.max(0, WCWidth.wcwidth(c));
    }

    /** The text, or its beginning and three dots where it is wider than {@code columns}. */
    static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        int dots = Math.min(CUT.length(), Math.max(0, columns));
        return text.substring(0, fitting(text, columns - dots)) + CUT.substring(0, dots);
    }

    /** The text and spaces up to {@code columns}. */
    static String pad(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - width(text)));
    }

    /** Spaces up to {@code columns} and the text. */
    static String padLeft(String text, int columns) {
        return " ".repeat(Math.max(0, columns - width(text))) + text;
    }

    /**
     * Breaks a clean line between words; lines after the first begin with {@code indent} spaces.
     *
     * @param columns at least 2
     * @param breakWords whether a word that is wider than a line is broken; otherwise it stays whole, so that a path or
     *     an address can be copied
     */
    static List<String> wrap(String text, int columns, int indent, boolean breakWords) {
        if (columns < 2) {
            throw new IllegalArgumentException("Text can't be wrapped to " + columns + " columns");
        }
        List<String> lines = new ArrayList<>();
        String margin = " ".repeat(indent + 2 <= columns ? indent : 0);
        String line = text.substring(0, text.length() - text.stripLeading().length());
        boolean empty = true;
        for (String word : text.strip().split(" ", -1)) {
            if (!empty && width(line) + 1 + width(word) > columns) {
                lines.add(line.stripTrailing());
                line = margin;
                empty = true;
            }
            line = empty ? line + word : line + " " + word;
            empty = false;
            while (breakWords && width(line) > columns) {
                int end = fitting(line, columns);
                lines.add(line.substring(0, end));
                line = margin + line.substring(end);
            }
        }
        lines.add(line);
        return lines;
    }

    /** Breaks a clean line wherever a line is full, as a terminal does. */
    static List<String> chop(String text, int columns) {
        List<String> pieces = new ArrayList<>();
        String rest = text;
        while (width(rest) > columns) {
            int end = Math.max(rest.offsetByCodePoints(0, 1), fitting(rest, columns));
            pieces.add(rest.substring(0, end));
            rest = rest.substring(end);
        }
        pieces.add(rest);
        return pieces;
    }

    private static int fitting(String text, int columns) {
        int used = 0;
        int end = 0;
        while (end < text.length()) {
            int c = text.codePointAt(end);
            used += width(c);
            if (used > columns) {
                break;
            }
            end += Character.charCount(c);
        }
        return end;
    }
}
