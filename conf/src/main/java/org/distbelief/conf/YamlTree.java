package org.distbelief.conf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** YAML text to {@link Value} trees and back. */
final class YamlTree {
    private final String source;
    private final boolean lines;
    private final Problems problems;

    private YamlTree(String source, boolean lines, Problems problems) {
        this.source = source;
        this.lines = lines;
        this.problems = problems;
    }

    /** Parses a document; problems (syntax, keys given twice) go to {@code problems}. Empty on a syntax error. */
    static Optional<Value> parse(String source, boolean lines, String yaml, Problems problems) {
        YamlTree tree = new YamlTree(source, lines, problems);
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(source)
                    .setAllowDuplicateKeys(true)
                    .build();
            return new Compose(settings).composeString(yaml).map(tree::value);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(m -> m.getLine() + 1).orElse(0);
            problems.add(new Origin(source, lines ? line : 0), "not valid YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(new Origin(source, 0), "not valid YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** The tree as YAML text that parses to the same tree. */
    static String dump(Value value) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setDefaultScalarStyle(ScalarStyle.PLAIN)
                .build();
        return new Dump(settings).dumpToString(plain(value));
    }

    private static Object plain(Value value) {
        if (value instanceof Value.Entries map) {
            Map<String, Object> out = new LinkedHashMap<>();
            map.entries().forEach((k, v) -> out.put(k, plain(v)));
            return out;
        }
        if (value instanceof Value.Items list) {
            return list.items().stream().map(YamlTree::plain).toList();
        }
        return ((Value.Text) value).text();
    }

    private Value value(Node node) {
        Origin origin = origin(node);
        if (node instanceof MappingNode mapping) {
            Map<String, Value> entries = new LinkedHashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    problems.add(origin(tuple.getKeyNode()), "expected a plain key, found a list or section as key");
                    continue;
                }
                if (entries.put(key.getValue(), value(tuple.getValueNode())) != null) {
                    problems.add(origin(key), "key '" + key.getValue() + "' is given twice in the same section");
                }
            }
            return new Value.Entries(entries, origin);
        }
        if (node instanceof SequenceNode sequence) {
            List<Value> items = new ArrayList<>();
            sequence.getValue().forEach(item -> items.add(value(item)));
            return new Value.Items(items, origin);
        }
        ScalarNode scalar = (ScalarNode) node;
        return new Value.Text(scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue(), origin);
    }

    private Origin origin(Node node) {
        return new Origin(
                source, lines ? node.getStartMark().map(m -> m.getLine() + 1).orElse(0) : 0);
    }
}
