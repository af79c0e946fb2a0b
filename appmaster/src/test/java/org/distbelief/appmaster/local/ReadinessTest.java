package org.distbelief.appmaster.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    @Test
    void hdfsIsReadyOutOfSafeModeWithADataNode() throws Exception {
        assertThat(Readiness.hdfsLacks(json("{\"FSState\":\"Operational\",\"NumLiveDataNodes\":1}")))
                .isEmpty();
        assertThat(Readiness.hdfsLacks(json("{\"FSState\":\"safeMode\",\"NumLiveDataNodes\":1}")))
                .contains("HDFS to leave safe mode");
        assertThat(Readiness.hdfsLacks(json("{\"FSState\":\"Operational\",\"NumLiveDataNodes\":0}")))
                .contains("a DataNode to report");
    }

    @Test
    void yarnIsReadyWhenEveryNodeManagerHasRegistered() throws Exception {
        assertThat(Readiness.yarnLacks(json("{\"NumActiveNMs\":2}"), 2)).isEmpty();
        assertThat(Readiness.yarnLacks(json("{\"NumActiveNMs\":1}"), 2)).contains("NodeManagers to register (1 of 2)");
    }

    @Test
    void aPortAnswersWhileSomebodyListens() throws Exception {
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        int port = server.getLocalPort();
        assertThat(Readiness.answers(port)).isTrue();
        server.close();
        assertThat(Readiness.answers(port)).isFalse();
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }
}
