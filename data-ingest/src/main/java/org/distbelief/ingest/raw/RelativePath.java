package org.distbelief.ingest.raw;

/** Brings the names found in archives and folders into one safe form. */
public final class RelativePath {
    private static final int MAX_LENGTH = 4096;

    private RelativePath() {}

    /**
     * The name with forward slashes, without leading {@code ./} and without empty parts.
     *
     * @throws BadInputException if it is absolute, leads upwards, is overlong or holds control characters
     */
    public static String normalise(String name) throws BadInputException {
        if (name.length() > MAX_LENGTH) {
            throw unsafe("expected at most " + MAX_LENGTH + " characters, found " + name.length());
        }
        if (name.startsWith("/") || name.matches("^[A-Za-z]:[/\\\\].*")) {
            throw unsafe("expected a relative path, found an absolute one");
        }
        StringBuilder result = new StringBuilder();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                throw unsafe("expected a path that stays inside the input, found '..'");
            }
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
                throw unsafe("expected printable characters, found a control character");
            }
            result.append(result.isEmpty() ? "" : "/").append(part);
        }
        if (result.isEmpty()) {
            throw unsafe("expected a name, found none");
        }
        return result.toString();
    }

    private static BadInputException unsafe(String detail) {
        return new BadInputException(BadReason.UNSAFE_PATH, detail);
    }
}
