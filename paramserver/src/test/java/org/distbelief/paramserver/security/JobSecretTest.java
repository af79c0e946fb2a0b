package org.distbelief.paramserver.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.distbelief.paramserver.security.JobSecret.Use;
import org.junit.jupiter.api.Test;

class JobSecretTest {
    private final JobSecret secret = JobSecret.random(new SecureRandom());

    @Test
    void theSameBytesGiveTheSameKeysAndEachUseHasItsOwn() {
        JobSecret carried = JobSecret.of(secret.bytes());
        assertThat(Arrays.stream(Use.values()).map(secret::key))
                .containsExactlyElementsOf(
                        Arrays.stream(Use.values()).map(carried::key).toList())
                .doesNotHaveDuplicates()
                .allMatch(key -> key.matches("[0-9a-f]{64}"));
        assertThat(JobSecret.random(new SecureRandom()).key(Use.WIRE)).isNotEqualTo(secret.key(Use.WIRE));
    }

    @Test
    void aKeyIsAHashedMessageAuthenticationCode() throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA256"));
        assertThat(secret.key(Use.ZOOKEEPER))
                .isEqualTo(
                        HexFormat.of().formatHex(mac.doFinal("distbelief zookeeper".getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void nothingOfItIsShown() {
        JobCertificate certificate = new SelfSigned(new SecureRandom()).certificate(secret);
        assertThat(Stream.of(secret, certificate, WireSecurity.of(secret), WireSecurity.encrypted(secret, certificate))
                        .map(Object::toString))
                .allSatisfy(text -> {
                    assertThat(text).doesNotContain(HexFormat.of().formatHex(secret.bytes()));
                    for (Use use : Use.values()) {
                        assertThat(text).doesNotContain(secret.key(use));
                    }
                });
    }

    @Test
    void aSecretOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> JobSecret.of(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a job's secret of 32 bytes, found 31 bytes");
    }

    @Test
    void aCertificateOpensWithItsOwnSecretOnly() {
        JobCertificate certificate = new SelfSigned(new SecureRandom()).certificate(secret);
        JobCertificate carried = JobCertificate.of(certificate.bytes());
        assertThat(WireSecurity.encrypted(secret, carried)).isNotNull();
        JobSecret another = JobSecret.random(new SecureRandom());
        assertThatThrownBy(() -> WireSecurity.encrypted(another, carried))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected the job's certificate");
    }
}
