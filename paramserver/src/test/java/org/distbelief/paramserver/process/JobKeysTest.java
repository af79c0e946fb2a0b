package org.distbelief.paramserver.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.distbelief.paramserver.security.JobCertificate;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.SelfSigned;
import org.junit.jupiter.api.Test;

class JobKeysTest {
    private final JobSecret secret = JobSecret.random(new SecureRandom());

    @Test
    void theyArriveAsTheyWereSent() {
        JobCertificate certificate = new SelfSigned(new SecureRandom()).certificate(secret);
        Credentials credentials = new Credentials();
        new JobKeys(secret, Optional.of(certificate)).addTo(credentials);
        JobKeys arrived = JobKeys.of(new Credentials(credentials));
        assertThat(arrived.secret().bytes()).isEqualTo(secret.bytes());
        assertThat(arrived.certificate().orElseThrow().bytes()).isEqualTo(certificate.bytes());
        assertThat(arrived.wire(true)).isNotNull();
        assertThat(arrived.toString())
                .doesNotContain(HexFormat.of().formatHex(secret.bytes()))
                .isEqualTo("JobKeys[secret=JobSecret, certificate=Optional[JobCertificate]]");
    }

    @Test
    void aProcessWithoutTheSecretIsToldSo() {
        assertThatThrownBy(JobKeys::ofThisProcess)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected the job's secret, distbelief.job.secret, in the credentials");
        Credentials cut = new Credentials();
        cut.addSecretKey(new Text("distbelief.job.secret"), new byte[5]);
        assertThatThrownBy(() -> JobKeys.of(cut)).hasMessageContaining("found 5 bytes");
    }

    @Test
    void encryptionNeedsACertificateThatTheSecretOpens() {
        JobKeys without = new JobKeys(secret, Optional.empty());
        assertThat(without.wire(false)).isNotNull();
        assertThatThrownBy(() -> without.wire(true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("security.encrypt is true: expected the job's certificate");
        JobSecret another = JobSecret.random(new SecureRandom());
        JobKeys strange = new JobKeys(secret, Optional.of(new SelfSigned(new SecureRandom()).certificate(another)));
        assertThatThrownBy(() -> strange.wire(true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("that the job's secret opens");
    }
}
