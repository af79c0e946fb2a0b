package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lists of partitions or shards in few words. */
final class Members {
    private static final int MOST_RUNS = 4;
    private static final int MOST_SHARDS = 4;

    private Members() {}

    /** Numbers in ascending order, such as {@code 1-3, 7}; of many pieces only how many numbers there are. */
    static String text(List<Integer> numbers, String what) {
        if (numbers.isEmpty()) {
            return "-";
        }
        List<String> runs = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= numbers.size(); i++) {
            if (i == numbers.size() || numbers.get(i) != numbers.get(i - 1) + 1) {
                runs.add(run(numbers.get(begin), numbers.get(i - 1)));
                begin = i;
            }
        }
        return runs.size() <= MOST_RUNS ? String.join(", ", runs) : numbers.size() + " " + what;
    }

    private static String run(int first, int last) {
        return first == last ? Integer.toString(first) : first + (last == first + 1 ? ", " : "-") + last;
    }

    /** Shards and how many parameters are on each; of many the least and the most. */
    static String text(Map<Integer, Long> shards) {
        if (shards.size() <= MOST_SHARDS) {
            return shards.entrySet().stream()
                    .map(shard -> shard.getKey() + ": " + Figures.shortCount(shard.getValue()))
                    .collect(Collectors.joining(", "));
        }
        long least = shards.values().stream().mapToLong(n -> n).min().orElse(0);
        long most = shards.values().stream().mapToLong(n -> n).max().orElse(0);
        return shards.size() + " shards: " + Figures.shortCount(least) + " to " + Figures.shortCount(most);
    }
}
