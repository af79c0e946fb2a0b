package org.distbelief.appmaster.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.distbelief.appmaster.roster.Place;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Test
    void tellsTheNodeWhereThereIsOnlyOne() {
        assertThat(text(place("a", "/r1"), place("a", "/r1"))).isEqualTo("all on a");
        assertThat(text(place("a", null), place("a", null))).isEqualTo("all on a");
    }

    @Test
    void tellsTheRackOrTheNumberOfRacks() {
        assertThat(text(place("a", "/r1"), place("b", "/r1"), place("a", "/r1")))
                .isEqualTo("on 2 nodes of rack /r1");
        assertThat(text(place("a", "/r1"), place("b", "/r2"), place("c", "/r2")))
                .isEqualTo("on 3 nodes in 2 racks");
    }

    @Test
    void saysNothingOfRacksThatTheClusterDoesNotKnow() {
        assertThat(text(place("a", null), place("b", null))).isEqualTo("on 2 nodes");
        assertThat(text(place("a", "/r1"), place("b", null))).isEqualTo("on 2 nodes");
    }

    private static String text(Place... places) {
        return new Placement(Arrays.asList(places)).text();
    }

    private static Place place(String host, @Nullable String rack) {
        return new Place("c", host, rack, "log");
    }
}
