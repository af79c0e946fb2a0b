package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortChooserTest {
    private static final Map<String, Integer> WISHES = Map.of("a", 8088, "b", 9870);

    @Test
    void takesTheUsualPortsWhenTheyAreFree() throws Exception {
        assertThat(new PortChooser(port -> true).choose(WISHES, Map.of())).isEqualTo(WISHES);
    }

    @Test
    void takesThePortsOfTheLastStartAgain() throws Exception {
        assertThat(new PortChooser(port -> true).choose(WISHES, Map.of("a", 12345)))
                .containsEntry("a", 12345)
                .containsEntry("b", 9870);
    }

    @Test
    void goesUpInHundredsWhereSomebodyElseListens() throws Exception {
        Set<Integer> taken = Set.of(8088, 8188, 12345);
        assertThat(new PortChooser(port -> !taken.contains(port)).choose(WISHES, Map.of("a", 12345)))
                .containsEntry("a", 8288);
    }

    @Test
    void neverGivesOnePortTwice() throws Exception {
        assertThat(new PortChooser(port -> true)
                        .choose(Map.of("a", 8088, "b", 8088), Map.of("a", 8188, "b", 8188))
                        .values())
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @Test
    void saysForWhatNoPortIsFree() {
        assertThatThrownBy(() -> new PortChooser(port -> false).choose(Map.of("namenode.rpc", 8020), Map.of()))
                .isInstanceOf(LocalClusterException.class)
                .hasMessageContaining("No port is free for namenode.rpc")
                .hasMessageContaining("8020");
    }

    @Test
    void seesThatAPortOfThisMachineIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();
            assertThat(PortChooser.ofLoopback().choose(Map.of("a", 18_088), Map.of("a", taken)))
                    .doesNotContainValue(taken);
        }
    }

    @Test
    void aClusterWishesForDifferentPorts() {
        Map<String, Integer> wishes = ClusterFacts.wishes(
                LocalClusterOptions.defaults().withNodeManagers(16).withHistoryServer(true));
        assertThat(wishes.values()).doesNotHaveDuplicates();
    }
}
