package org.distbelief.appmaster.submit.console;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as people read them, alike in every language and on every machine. */
final class Figures {
    private static final List<String> SIZES = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
    private static final List<String> THOUSANDS = List.of("", "k", "M", "G", "T", "P", "E");

    private Figures() {}

    /** All digits: {@code 3,456,780}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Three digits: {@code 3.46M}. */
    static String shortCount(long number) {
        double rest = number;
        int unit = 0;
        while (Math.abs(rest) >= 999.5 && unit < THOUSANDS.size() - 1) {
            rest /= 1000;
            unit++;
        }
        int decimals = unit == 0 || Math.abs(rest) >= 99.95 ? 0 : Math.abs(rest) >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f%s", rest, THOUSANDS.get(unit));
    }

    /** {@code 17,433/s}; one decimal below ten. */
    static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond > 0 && perSecond < 10 ? "%.1f/s" : "%,.0f/s", perSecond);
    }

    /** Four decimals, or three digits and a power of ten for the very small and the very large. */
    static String decimal(@Nullable Double number) {
        if (number == null) {
            return "-";
        }
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "not a number" : "infinite";
        }
        double size = Math.abs(number);
        return String.format(Locale.ROOT, size != 0 && (size < 1e-3 || size >= 1e5) ? "%.2e" : "%.4f", number);
    }

    /** {@code 57.52 %} of a share from 0 to 1, never rounded up to 100. */
    static String percent(double share, int decimals) {
        double scale = Math.pow(10, decimals);
        double percent = share < 1 ? Math.min(share * 100, 100 - 1 / scale) : share * 100;
        return String.format(Locale.ROOT, "%." + decimals + "f %%", percent);
    }

    /** {@code 4.8 MiB}. */
    static String bytes(long number) {
        double rest = number;
        int unit = 0;
        while (Math.abs(rest) >= 1024 && unit < SIZES.size() - 1) {
            rest /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || rest >= 100 ? "%.0f %s" : "%.1f %s", rest, SIZES.get(unit));
    }

    /** {@code 0:07}, {@code 1:02:03}, {@code 2d 1:02:03}. */
    static String duration(long seconds) {
        long all = Math.max(0, seconds);
        long minutes = all / 60;
        if (all < 3600) {
            return String.format(Locale.ROOT, "%d:%02d", minutes, all % 60);
        }
        String clock = String.format(Locale.ROOT, "%d:%02d:%02d", all / 3600 % 24, minutes % 60, all % 60);
        return all < 86_400 ? clock : all / 86_400 + "d " + clock;
    }
}
