package org.distbelief.appmaster.submit.console;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.distbelief.appmaster.status.JobSnapshot.ShardRow;
import org.distbelief.appmaster.status.ShardWork;

/** How busy the shards are, as {@code status} prints it. */
final class ShardWorkTable {
    private static final String BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final String NONE = "\u00b7";

    private final boolean ended;
    private final boolean batches;

    /**
     * @param ended whether the job has; there are no rates then
     * @param batches whether Sandblaster trains: its coordinator sends programs, and nothing is stale
     */
    ShardWorkTable(boolean ended, boolean batches) {
        this.ended = ended;
        this.batches = batches;
    }

    private record Busy(int shard, ShardWork work) {}

    /** The heading and a row for each shard of which something is known; nothing where there is none. */
    List<String> lines(List<ShardRow> shards, int indent, int width) {
        List<Busy> busy = shards.stream()
                .flatMap(row -> Stream.ofNullable(row.work()).map(work -> new Busy(row.index(), work)))
                .toList();
        return busy.isEmpty() ? List.of() : table().lines(busy, indent, width);
    }

    private TextTable<Busy> table() {
        TextTable<Busy> table = new TextTable<Busy>()
                .number("shard", busy -> Integer.toString(busy.shard()))
                .number("in/s", rate(ShardWork::bytesInPerSecond))
                .number("out/s", rate(ShardWork::bytesOutPerSecond))
                .number("fetch p50", busy -> time(busy.work().times("fetch").p50()))
                .number("p99", busy -> time(busy.work().times("fetch").p99()))
                .number("push p50", busy -> time(busy.work().times("push").p50()))
                .number("p99", busy -> time(busy.work().times("push").p99()));
        if (batches) {
            table.number("program p50", busy -> time(busy.work().times("run").p50()))
                    .number("p99", busy -> time(busy.work().times("run").p99()));
        } else {
            table.number(
                    "lock p99", busy -> time(busy.work().times("pushLockWait").p99()));
        }
        table.number("working", busy -> Integer.toString(busy.work().working()))
                .number("connections", busy -> Integer.toString(busy.work().connections()))
                .number("heap", busy -> Figures.bytes(busy.work().heapBytes()))
                .number("buffers", busy -> Figures.bytes(busy.work().directBytes()));
        return batches
                ? table
                : table.text("staleness", busy -> bars(busy.work().staleness()));
    }

    private Function<Busy, String> rate(Function<ShardWork, Double> perSecond) {
        return busy -> ended ? "-" : Figures.bytes(Math.round(perSecond.apply(busy.work())));
    }

    /** {@code 850 us}, {@code 1.25 ms}, {@code 30.1 s}; a dash where there was nothing. */
    static String time(long micros) {
        if (micros <= 0) {
            return "-";
        }
        if (micros < 1000) {
            return micros + " us";
        }
        double rest = micros < 1_000_000 ? micros / 1e3 : micros / 1e6;
        int decimals = rest < 10 ? 2 : rest < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", rest, micros < 1_000_000 ? "ms" : "s");
    }

    /** A bar for each number, as high as it is beside the greatest. */
    static String bars(List<Long> numbers) {
        long most = numbers.stream().mapToLong(Long::longValue).max().orElse(0);
        StringBuilder bars = new StringBuilder();
        for (long number : numbers) {
            bars.append(number <= 0 ? NONE : String.valueOf(BARS.charAt((int) (number * (BARS.length() - 1) / most))));
        }
        return bars.toString();
    }
}
