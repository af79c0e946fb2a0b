package org.distbelief.paramserver.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that all processes of a job share and nobody else knows. It is used for nothing itself: each use has a key
 * of its own, from which neither the secret nor another key can be found. It shows itself to nobody: {@link #toString}
 * says nothing, and it has no {@code equals}.
 */
public final class JobSecret {
    /** Length of a secret. */
    public static final int BYTES = 32;

    private static final String MAC = "HmacSHA256";

    /** What a key is for. */
    public enum Use {
        /** Proving who one is on a connection between two processes. */
        WIRE("wire"),
        /** The password at ZooKeeper. */
        ZOOKEEPER("zookeeper"),
        /** The password of the store that holds the job's certificate and its private key. */
        TLS("tls");

        private final String label;

        Use(String label) {
            this.label = label;
        }
    }

    private final byte[] secret;

    private JobSecret(byte[] secret) {
        this.secret = secret;
    }

    /** A fresh one. */
    public static JobSecret random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new JobSecret(bytes);
    }

    /**
     * The secret that {@link #bytes} gave.
     *
     * @throws IllegalArgumentException where it has another length
     */
    public static JobSecret of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "expected a job's secret of " + BYTES + " bytes, found " + bytes.length + " bytes");
        }
        return new JobSecret(bytes.clone());
    }

    /** The secret itself, to be carried to the job's processes; a copy. */
    public byte[] bytes() {
        return secret.clone();
    }

    /** The key for a use: 64 hexadecimal digits. */
    public String key(Use use) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret, MAC));
            return HexFormat.of().formatHex(mac.doFinal(("distbelief " + use.label).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + MAC, e);
        }
    }

    @Override
    public String toString() {
        return "JobSecret";
    }
}
