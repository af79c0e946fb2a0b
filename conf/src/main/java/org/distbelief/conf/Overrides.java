package org.distbelief.conf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Applies {@code --set key.path=value} to a job file's tree; the value is YAML, list items are named by index. */
final class Overrides {
    private Overrides() {}

    static Value apply(Value root, List<String> settings, Problems problems) {
        Value tree = root;
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals <= 0) {
                problems.add(new Origin("--set " + setting, 0), "expected key.path=value, as in downpour.nPush=4");
                continue;
            }
            String path = setting.substring(0, equals).trim();
            Origin origin = new Origin("--set " + path, 0);
            Optional<Value> value = YamlTree.parse(origin.source(), false, setting.substring(equals + 1), problems);
            tree = put(
                    Optional.of(tree),
                    List.of(path.split("\\.", -1)),
                    value.orElse(new Value.Text("", origin)),
                    origin,
                    problems);
        }
        return tree;
    }

    private static Value put(Optional<Value> node, List<String> path, Value value, Origin origin, Problems problems) {
        if (path.isEmpty()) {
            return value;
        }
        String key = path.get(0);
        List<String> rest = path.subList(1, path.size());
        if (node.isPresent() && node.get() instanceof Value.Items list) {
            int index = index(key, list.items().size());
            if (index < 0) {
                problems.add(
                        origin,
                        "expected the index of a list item from 0 to "
                                + (list.items().size() - 1) + ", found '" + key + "'");
                return list;
            }
            List<Value> items = new ArrayList<>(list.items());
            items.set(index, put(Optional.of(items.get(index)), rest, value, origin, problems));
            return new Value.Items(items, list.origin());
        }
        // A component may be given by its name alone ("update: sgd"); a key below it makes it a section.
        Map<String, Value> entries = new LinkedHashMap<>();
        Origin at = origin;
        if (node.isPresent() && node.get() instanceof Value.Entries section) {
            entries.putAll(section.entries());
            at = section.origin();
        } else if (node.isPresent()
                && node.get() instanceof Value.Text text
                && text.text().equals(key)) {
            at = text.origin();
        }
        entries.put(key, put(Optional.ofNullable(entries.get(key)), rest, value, origin, problems));
        return new Value.Entries(entries, at);
    }

    private static int index(String key, int size) {
        try {
            int index = Integer.parseInt(key);
            return index < size ? index : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
