package org.distbelief.conf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A node of the job file: text, a list or a section, with the place where it stands. Immutable. */
sealed interface Value {
    Origin origin();

    /** What this node is, in a user's words. */
    String kind();

    /** @param text the scalar's text; empty for YAML's null */
    record Text(String text, Origin origin) implements Value {
        @Override
        public String kind() {
            return text.isEmpty() ? "nothing" : "'" + text + "'";
        }
    }

    record Items(List<Value> items, Origin origin) implements Value {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** @param entries in the order of the file */
    record Entries(Map<String, Value> entries, Origin origin) implements Value {
        public Entries {
            entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String kind() {
            return "a section";
        }
    }
}
