package org.distbelief.conf;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the valid name that a user most likely meant. */
final class Nearest {
    private Nearest() {}

    /** The candidate nearest to {@code given} if it is near enough to be worth offering. */
    static Optional<String> of(String given, Collection<String> candidates) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        String lower = given.toLowerCase(Locale.ROOT);
        Comparator<String> byDistance = Comparator.comparing(c -> distance.apply(lower, c.toLowerCase(Locale.ROOT)));
        return candidates.stream()
                .min(byDistance.thenComparing(Comparator.naturalOrder()))
                .filter(c -> distance.apply(lower, c.toLowerCase(Locale.ROOT))
                        <= Math.max(2, Math.max(given.length(), c.length()) / 3));
    }
}
