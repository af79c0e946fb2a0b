package org.distbelief.appmaster.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.distbelief.appmaster.roster.Member;
import org.distbelief.appmaster.roster.Place;
import org.distbelief.appmaster.roster.RosterAction.Request;
import org.distbelief.appmaster.roster.Seat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PreferredHostsTest {
    private final PreferredHosts hosts = new PreferredHosts(List.of("data1", "data2"));
    private final List<Seat> seats = List.of(
            seat(Member.copy(0, 0, 2), new Place("a", "data1", null, "log")),
            seat(Member.copy(0, 1, 2), null),
            seat(Member.replica(0), new Place("b", "data2", null, "log")),
            seat(Member.replica(1), new Place("c", "node3", null, "log")));

    @Test
    void aStandbyRunsOnAnyNodeOfTheJobButItsShards() {
        assertThat(hosts.of(new Request(Member.copy(0, 1, 2), 1, null, "data1"), seats))
                .containsExactly("data2", "node3");
    }

    @Test
    void replicasRunNearTheDataTheirPartitionsNearEachOtherAndShardsAnywhere() {
        assertThat(hosts.of(new Request(Member.replica(1), 1, null), seats)).containsExactly("data1", "data2");
        assertThat(hosts.of(new Request(Member.partition(1, 1, 2), 1, "node7"), seats))
                .containsExactly("node7");
        assertThat(hosts.of(new Request(Member.shard(0), 1, null), seats)).isEmpty();
    }

    private static Seat seat(Member member, @Nullable Place place) {
        return new Seat(member, place == null ? Seat.State.WAITING : Seat.State.RUNNING, place, 1, 0, 0);
    }
}
