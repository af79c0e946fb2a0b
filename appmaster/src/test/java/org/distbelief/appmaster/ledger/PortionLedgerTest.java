package org.distbelief.appmaster.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortionLedgerTest {
    @Test
    void leasesEveryPortionOncePerEpochInSeededOrder() {
        List<Integer> first = drain(new PortionLedger(portions(20), 2, 1, 7));

        assertThat(first).hasSize(40);
        assertThat(new HashSet<>(first.subList(0, 20))).hasSize(20);
        assertThat(new HashSet<>(first.subList(20, 40))).hasSize(20);
        assertThat(first.subList(0, 20)).isNotEqualTo(first.subList(20, 40));
        assertThat(drain(new PortionLedger(portions(20), 2, 1, 7))).isEqualTo(first);
        assertThat(drain(new PortionLedger(portions(20), 2, 1, 8))).isNotEqualTo(first);
    }

    @Test
    void oneReplicaHoldsAtMostItsShare() {
        PortionLedger ledger = new PortionLedger(portions(9), 1, 2, 1);

        for (int i = 0; i < 5; i++) {
            assertThat(ledger.lease(0, "a")).isPresent();
        }
        assertThat(ledger.lease(0, "a")).isEmpty();
        assertThat(ledger.lease(1, "b")).isPresent();
    }

    @Test
    void prefersWhatTheReplicaReadBeforeThenWhatLiesOnItsNode() {
        List<LeasablePortion> portions = List.of(
                new LeasablePortion(0, 1, List.of("a")),
                new LeasablePortion(1, 1, List.of("b")),
                new LeasablePortion(2, 1, List.of("a")),
                new LeasablePortion(3, 1, List.of("b")));
        PortionLedger ledger = new PortionLedger(portions, 2, 2, 3);
        Map<Integer, Set<Integer>> read = new HashMap<>();
        for (int epoch = 1; epoch <= 2; epoch++) {
            for (int turn = 0; turn < 4; turn++) {
                int replica = turn % 2;
                GrantedLease lease =
                        ledger.lease(replica, replica == 0 ? "a" : "b").orElseThrow();
                read.computeIfAbsent(replica, r -> new HashSet<>()).add(lease.portion());
                ledger.complete(lease.id(), replica);
            }
        }

        assertThat(read.get(0)).containsExactlyInAnyOrder(0, 2);
        assertThat(read.get(1)).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void aCompletionCountsOnceAndOnlyForItsHolder() {
        PortionLedger ledger = new PortionLedger(portions(2), 1, 1, 1);
        GrantedLease lease = ledger.lease(0, "a").orElseThrow();

        assertThat(ledger.complete(lease.id(), 1)).isFalse();
        assertThat(ledger.complete(lease.id(), 0)).isTrue();
        assertThat(ledger.complete(lease.id(), 0)).isFalse();
        assertThat(ledger.portionsCompleted()).isEqualTo(1);
    }

    @Test
    void leasesOfALostReplicaAreGivenOutAgain() {
        PortionLedger ledger = new PortionLedger(portions(3), 1, 1, 1);
        GrantedLease lost = ledger.lease(0, "a").orElseThrow();
        assertThat(ledger.lease(0, "a")).isPresent();

        assertThat(ledger.takeBack(0)).isEqualTo(2);
        assertThat(ledger.complete(lost.id(), 0)).isFalse();
        assertThat(drain(ledger)).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(ledger.done()).isTrue();
        assertThat(ledger.leasesReturned()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void countsEveryExampleOncePerEpochWhateverHappens(long seed) throws Exception {
        Random random = new Random(seed);
        int replicas = 1 + random.nextInt(5);
        int epochs = 1 + random.nextInt(4);
        List<LeasablePortion> portions = portions(1 + random.nextInt(30));
        PortionLedger ledger = new PortionLedger(portions, epochs, replicas, seed);
        Map<Integer, Integer> counted = new HashMap<>();
        List<GrantedLease> held = new ArrayList<>();
        int moves = 0;
        while (!ledger.done()) {
            assertThat(moves++).as("seed %d makes progress", seed).isLessThan(100_000);
            int replica = random.nextInt(replicas);
            switch (random.nextInt(12)) {
                case 0 -> {
                    ledger.takeBack(replica);
                    held.removeIf(l -> l.replica() == replica);
                }
                case 1 -> {
                    // The whole job stops and resumes, with another number of replicas, from its checkpoint.
                    LedgerPosition position = new ObjectMapper()
                            .readValue(new ObjectMapper().writeValueAsString(ledger.position()), LedgerPosition.class);
                    ledger = new PortionLedger(portions, epochs, replicas, seed);
                    ledger.restore(position);
                    held.clear();
                }
                case 2, 3, 4, 5, 6 -> ledger.lease(replica, "host" + replica).ifPresent(held::add);
                default -> {
                    if (!held.isEmpty()) {
                        GrantedLease lease = held.remove(random.nextInt(held.size()));
                        if (ledger.complete(lease.id(), lease.replica())) {
                            counted.merge(lease.portion(), 1, Integer::sum);
                        }
                    }
                }
            }
        }

        int times = epochs;
        assertThat(counted.values()).as("seed %d", seed).allMatch(n -> n == times);
        assertThat(counted).hasSize(portions.size());
        assertThat(ledger.examplesCompleted()).isEqualTo(ledger.examplesTotal());
        assertThat(ledger.lease(0, "host0")).isEmpty();
    }

    @Test
    void refusesThePositionOfAnotherDataSet() {
        LedgerPosition position = new PortionLedger(portions(3), 1, 1, 1).position();

        assertThatThrownBy(() -> new PortionLedger(portions(4), 1, 1, 1).restore(position))
                .hasMessageContaining("a split of 3 portions")
                .hasMessageContaining("this one has 4 portions");
    }

    @Test
    void warmStartLetsOneReplicaWorkAndPassesOnWhenItIsLost() {
        WarmStart warmStart = new WarmStart(100);

        assertThat(warmStart.mayWork(1, Set.of(0, 1), 0)).isTrue();
        assertThat(warmStart.mayWork(0, Set.of(0, 1), 50)).isFalse();
        assertThat(warmStart.mayWork(0, Set.of(0), 60)).isTrue();
        assertThat(warmStart.mayWork(1, Set.of(0, 1), 60)).isFalse();
        assertThat(warmStart.mayWork(1, Set.of(0, 1), 100)).isTrue();
        assertThat(new WarmStart(0).mayWork(3, Set.of(3), 0)).isTrue();
    }

    private static List<Integer> drain(PortionLedger ledger) {
        List<Integer> order = new ArrayList<>();
        while (!ledger.done()) {
            GrantedLease lease = ledger.lease(0, "a").orElseThrow();
            order.add(lease.portion());
            ledger.complete(lease.id(), 0);
        }
        return order;
    }

    private static List<LeasablePortion> portions(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new LeasablePortion(i, 10 + i, List.of()))
                .toList();
    }
}
