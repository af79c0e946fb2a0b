package org.distbelief.paramserver.standby;

import java.util.List;
import java.util.stream.IntStream;
import org.distbelief.paramserver.storage.AppliedPushes;

/** Vectors as copied chunk by chunk, and then what had been applied. */
record SimulatedCheckpoint(List<float[]> chunks, long version, List<AppliedPushes> pushes) {
    static final SimulatedCheckpoint EMPTY = new SimulatedCheckpoint(
            IntStream.range(0, StandbySimulation.CHUNKS)
                    .mapToObj(c -> new float[StandbySimulation.CHUNK])
                    .toList(),
            0,
            List.of());

    long sequence(int replica) {
        return pushes.stream()
                .filter(p -> p.replica() == replica)
                .mapToLong(AppliedPushes::sequence)
                .findFirst()
                .orElse(0);
    }
}
