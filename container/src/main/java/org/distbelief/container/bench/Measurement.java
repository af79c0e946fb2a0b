package org.distbelief.container.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * One line of a benchmark.
 *
 * @param section what kind of line
 * @param what what was measured
 * @param batch examples of the mini-batch
 * @param milliseconds median time of a run
 * @param gflops 10^9 floating-point operations a second; null where they are not the limit
 * @param ofProducts the same as a share of the machine's rate of large matrix products
 * @param gigabytes 10^9 bytes a second of those that must be read and written; null where they are not the limit
 * @param ofMemory the same as a share of the machine's rate of y = y + a x over large memory
 * @param examples examples a second, of whole steps
 * @param outsideProducts share of the time that is not spent in matrix products or filters, of whole steps
 * @param runs how often it was run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "section",
    "what",
    "batch",
    "milliseconds",
    "gflops",
    "ofProducts",
    "gigabytes",
    "ofMemory",
    "examples",
    "outsideProducts",
    "runs"
})
public record Measurement(
        String section,
        String what,
        int batch,
        double milliseconds,
        @Nullable Double gflops,
        @Nullable Double ofProducts,
        @Nullable Double gigabytes,
        @Nullable Double ofMemory,
        @Nullable Double examples,
        @Nullable Double outsideProducts,
        int runs) {
    static Measurement ofArithmetic(String section, String what, int batch, Timing timing, double flops, double peak) {
        double rate = flops / timing.nanoseconds();
        return new Measurement(
                section, what, batch, timing.milliseconds(), rate, rate / peak, null, null, null, null, timing.runs());
    }

    static Measurement ofMemory(String section, String what, int batch, Timing timing, double bytes, double peak) {
        double rate = bytes / timing.nanoseconds();
        return new Measurement(
                section, what, batch, timing.milliseconds(), null, null, rate, rate / peak, null, null, timing.runs());
    }

    static Measurement ofStep(
            String what, int batch, Timing timing, double flops, double peak, double outsideProducts) {
        double rate = flops / timing.nanoseconds();
        return new Measurement(
                "step",
                what,
                batch,
                timing.milliseconds(),
                rate,
                rate / peak,
                null,
                null,
                batch / timing.nanoseconds() * 1e9,
                outsideProducts,
                timing.runs());
    }
}
