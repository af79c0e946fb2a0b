package org.distbelief.ingest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How examples are divided into splits.
 *
 * @param names the splits, in the order asked for
 * @param fractions the share of each split, summing to 1; empty when the folder in which a file lies decides
 */
public record SplitPolicy(List<String> names, List<Double> fractions) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final double TOLERANCE = 1e-6;

    /** Checks names and shares. */
    public SplitPolicy {
        names = List.copyOf(names);
        fractions = List.copyOf(fractions);
        if (names.isEmpty() || new HashSet<>(names).size() != names.size()) {
            throw new IllegalArgumentException("splits: expected one or more different names, found " + names);
        }
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "splits: expected names of letters, digits, '-' and '_', found '" + name + "'");
            }
        }
        if (!fractions.isEmpty()) {
            double sum = 0;
            for (double fraction : fractions) {
                if (!(fraction > 0 && fraction <= 1)) {
                    throw new IllegalArgumentException("splits: expected shares above 0 up to 1, found " + fraction);
                }
                sum += fraction;
            }
            if (fractions.size() != names.size() || Math.abs(sum - 1) > TOLERANCE) {
                throw new IllegalArgumentException(
                        "splits: expected one share per name, summing to 1, found " + names + " " + fractions);
            }
        }
    }

    /** Nine tenths to {@code train}, one tenth to {@code test}. */
    public static SplitPolicy defaults() {
        return new SplitPolicy(List.of("train", "test"), List.of(0.9, 0.1));
    }

    /** By shares written as {@code train=0.9,test=0.1}. */
    public static SplitPolicy byShare(String text) {
        List<String> names = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            int equals = item.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "splits: expected name=share pairs such as train=0.9,test=0.1, found '" + item + "'");
            }
            names.add(item.substring(0, equals).strip());
            String share = item.substring(equals + 1).strip();
            try {
                shares.add(Double.parseDouble(share));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("splits: expected a share as a number, found '" + share + "'", e);
            }
        }
        return new SplitPolicy(names, shares);
    }

    /** By the folder in which a file lies, names written as {@code train,test}. */
    public static SplitPolicy byFolder(String text) {
        return new SplitPolicy(
                List.of(text.split(",", -1)).stream().map(String::strip).toList(), List.of());
    }

    /** The split over which mean and variance are taken: {@code train}, or else the first. */
    public String statisticsSplit() {
        return names.contains("train") ? "train" : names.get(0);
    }
}
