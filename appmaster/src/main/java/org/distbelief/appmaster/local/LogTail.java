package org.distbelief.appmaster.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The last lines of a log, without reading all of it. */
final class LogTail {
    private static final Pattern EXCEPTION = Pattern.compile("(Caused by: )?[\\w.$]+(Exception|Error)(:|$)");
    private static final int BYTES = 65_536;

    private final Path file;
    private final long from;

    /** @param from the byte from which on the log is of interest */
    LogTail(Path file, long from) {
        this.file = file;
        this.from = from;
    }

    /** A tail that looks only at what is written from now on. */
    static LogTail fromNow(Path file) throws IOException {
        return new LogTail(file, Files.exists(file) ? Files.size(file) : 0);
    }

    /** At most so many lines, the last ones; none if there is nothing to read. */
    List<String> last(int lines) {
        List<String> all = read();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    /** At most so many different lines that name a reason: errors, and what an exception was caused by. */
    List<String> reasons(int lines) {
        List<String> all = read().stream().filter(LogTail::isReason).distinct().toList();
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    private static boolean isReason(String line) {
        return EXCEPTION.matcher(line).lookingAt() || line.contains(" ERROR ") || line.contains(" FATAL ");
    }

    private List<String> read() {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long length = in.length();
            long start = Math.max(from <= length ? from : 0, length - BYTES);
            byte[] bytes = new byte[(int) (length - start)];
            in.seek(start);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException none) {
            return List.of();
        }
    }
}
