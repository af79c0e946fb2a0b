package org.distbelief.appmaster.work;

import java.util.List;
import java.util.stream.IntStream;
import org.distbelief.appmaster.ledger.LeasablePortion;
import org.distbelief.appmaster.ledger.PortionLedger;

/** Ledgers for tests: portions of ten examples. */
public final class TestLedgers {
    private TestLedgers() {}

    /** A ledger of so many portions. */
    public static PortionLedger of(int portions, int epochs, int replicas) {
        List<LeasablePortion> list = IntStream.range(0, portions)
                .mapToObj(i -> new LeasablePortion(i, 10, List.of()))
                .toList();
        return new PortionLedger(list, epochs, replicas, 1);
    }
}
