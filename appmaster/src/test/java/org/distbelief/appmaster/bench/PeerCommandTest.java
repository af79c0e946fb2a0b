package org.distbelief.appmaster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PeerCommandTest {
    @Test
    void theCommandIsAllAfterTheFirstEqualsSign() {
        assertThat(PeerCommand.parse("other=A=1 run --x=2")).isEqualTo(new PeerCommand("other", "A=1 run --x=2"));
    }

    @Test
    void textWithoutANameOrACommandIsRefused() {
        for (String text : new String[] {"other", "=run", "other="}) {
            assertThatThrownBy(() -> PeerCommand.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected --peer NAME=COMMAND, found '" + text + "'");
        }
    }

    @Test
    void theHighestFigureOfTheOutputCounts() {
        assertThat(PeerCommand.figure("fit = 9,500 samples/s\nmedian 0.5 s = 10500.5 samples/s, loss 3\n9 s"))
                .hasValue(10500.5);
    }

    @Test
    void outputWithoutAFigureHasNone() {
        assertThat(PeerCommand.figure("samples/s: 17")).isEmpty();
    }
}
