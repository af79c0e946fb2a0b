package org.distbelief.ingest;

/**
 * How much bad input an ingest bears.
 *
 * @param fraction of all recordings or images, 0 to 1
 */
public record BadLimit(double fraction) {
    /** Checks the range. */
    public BadLimit {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException(
                    "largest share of bad input: expected 0 to 1, or 0% to 100%, found " + fraction);
        }
    }

    /** One in a hundred. */
    public static BadLimit defaults() {
        return new BadLimit(0.01);
    }

    /** From {@code 0.01} or {@code 1%}. */
    public static BadLimit parse(String text) {
        String number = text.strip();
        boolean percent = number.endsWith("%");
        try {
            double value = Double.parseDouble(percent ? number.substring(0, number.length() - 1) : number);
            return new BadLimit(percent ? value / 100 : value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "largest share of bad input: expected a number such as 0.01 or 1%, found '" + text + "'", e);
        }
    }

    /** Whether that much is too much. */
    public boolean exceededBy(long bad, long total) {
        return bad > fraction * total;
    }
}
