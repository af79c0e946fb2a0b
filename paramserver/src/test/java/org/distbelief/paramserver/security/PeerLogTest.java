package org.distbelief.paramserver.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.log4j.Level;
import org.apache.log4j.Logger;
import org.apache.log4j.PatternLayout;
import org.apache.log4j.WriterAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PeerLogTest {
    private final StringWriter written = new StringWriter();
    private final Logger target = Logger.getLogger("peer-log-test");
    private final AtomicLong nanos = new AtomicLong();
    private final PeerLog log = new PeerLog(LoggerFactory.getLogger("peer-log-test"), "server", nanos::get);

    @BeforeEach
    void listen() {
        target.setLevel(Level.INFO);
        target.setAdditivity(false);
        target.addAppender(new WriterAppender(new PatternLayout("%p %m%n"), written));
    }

    @AfterEach
    void stop() {
        target.removeAllAppenders();
    }

    @Test
    void aFloodIsAFewLines() {
        for (int i = 0; i < 100_000; i++) {
            log.info("refused a connection from", "/127.0.0.1:" + i, "reason " + i);
        }
        assertThat(written.toString().lines())
                .hasSize(PeerLog.BURST)
                .first()
                .asString()
                .isEqualTo("INFO server: refused a connection from /127.0.0.1:0: reason 0");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(PeerLog.PERIOD_SECONDS + 1));
        log.warn("closed the connection from", "a", "b");
        log.warn("closed the connection from", "c", "d");
        assertThat(written.toString().lines().skip(PeerLog.BURST))
                .containsExactly("WARN server: closed the connection from a: b (99980 more such lines were left out"
                        + " before this one)");
        nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
        log.warn("closed the connection from", "e", "f");
        assertThat(written.toString()).endsWith("e: f (1 more such lines were left out before this one)\n");
    }

    @Test
    void whatAPeerSentCannotLookLikeAnotherLineOrFillTheLog() {
        log.warn("closed the connection from", "a", "x\nERROR all is lost \u001b[2J\u4e00" + "y".repeat(5000));
        assertThat(written.toString())
                .startsWith("WARN server: closed the connection from a: x?ERROR all is lost ?[2J?yyy")
                .endsWith("y ...\n")
                .hasSizeLessThan(PeerLog.MOST_CHARACTERS + 100);
    }
}
