package org.distbelief.appmaster.yarn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.RosterAction.Request;
import org.junit.jupiter.api.Test;

class PrioritiesTest {
    @Test
    void trainingCanBeginBeforeTheStandbysAreThere() {
        List<Request> byImportance = List.of(
                new Request(Member.copy(0, 0, 2), 1, null),
                new Request(Member.partition(3, 1, 2), 2, "node"),
                new Request(Member.partition(0, 0, 2), 3, null),
                new Request(Member.copy(0, 1, 2), 4, null, "node"),
                new Request(Member.partition(1, 0, 2), 5, null));

        assertThat(byImportance).extracting(AmRmGateway::priority).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aStandbyIsOneWhicheverCopyItIs() {
        assertThat(AmRmGateway.priority(new Request(Member.copy(0, 0, 2), 1, null, "node")))
                .isGreaterThan(AmRmGateway.priority(new Request(Member.copy(0, 1, 2), 1, null)));
    }
}
