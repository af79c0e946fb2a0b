package org.distbelief.paramserver.security;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A fresh key pair and a certificate of it that it has signed itself. Nothing is put into files: the Java platform has
 * no way of its own to make a certificate but the program {@code keytool}, so that this uses Bouncy Castle, which is on
 * the class path of Hadoop's commands.
 */
public final class SelfSigned {
    private static final X500Name NAME = new X500Name("CN=distbelief job");
    private static final String CURVE = "secp256r1";
    private static final int SERIAL_BITS = 64;
    /** Nobody looks at the dates; these are for tools that people may use. */
    private static final Duration VALID = Duration.ofDays(3650);

    private final SecureRandom random;

    /** @param random where keys come from */
    public SelfSigned(SecureRandom random) {
        this.random = random;
    }

    /**
     * A certificate for a job.
     *
     * @param secret opens what it is stored in
     */
    public JobCertificate certificate(JobSecret secret) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE), random);
            KeyPair pair = generator.generateKeyPair();
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    NAME,
                    new BigInteger(SERIAL_BITS, random),
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(VALID)),
                    NAME,
                    pair.getPublic());
            return JobCertificate.of(
                    secret,
                    pair.getPrivate(),
                    new JcaX509CertificateConverter()
                            .getCertificate(builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("the job's certificate cannot be made: " + e.getMessage(), e);
        }
    }
}
