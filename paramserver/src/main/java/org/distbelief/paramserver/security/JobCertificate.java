package org.distbelief.paramserver.security;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Enumeration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * A job's own certificate and its private key, in a PKCS12 store that a key of the job's secret opens. All processes of
 * the job hold both: who has the private key belongs to the job.
 */
public final class JobCertificate {
    private static final String STORE = "PKCS12";
    private static final String PROTOCOL = "TLSv1.3";
    private static final String ALIAS = "job";

    private final byte[] store;

    private JobCertificate(byte[] store) {
        this.store = store;
    }

    /** The certificate that {@link #bytes} gave. */
    public static JobCertificate of(byte[] bytes) {
        return new JobCertificate(bytes.clone());
    }

    /** Puts a key and its certificate into a store that only this secret opens. */
    public static JobCertificate of(JobSecret secret, PrivateKey key, X509Certificate certificate) {
        try {
            char[] password = password(secret);
            KeyStore keys = KeyStore.getInstance(STORE);
            keys.load(null, password);
            keys.setKeyEntry(ALIAS, key, password, new Certificate[] {certificate});
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            keys.store(out, password);
            return new JobCertificate(out.toByteArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the job's certificate cannot be stored: " + e.getMessage(), e);
        }
    }

    /** The store itself, to be carried to the job's processes; a copy. */
    public byte[] bytes() {
        return store.clone();
    }

    /**
     * TLS 1.3 with this certificate for one's own end, in which nothing but this certificate is accepted of the other
     * end. Names and dates in it play no part.
     *
     * @throws IllegalArgumentException where the store is none, or one of another secret
     */
    SSLContext context(JobSecret secret) {
        try {
            char[] password = password(secret);
            KeyStore keys = KeyStore.getInstance(STORE);
            keys.load(new ByteArrayInputStream(store), password);
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, password);
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(own.getKeyManagers(), new TrustManager[] {new OnlyThis(certificate(keys))}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "expected the job's certificate in a " + STORE + " store that the job's secret opens: "
                            + e.getMessage(),
                    e);
        }
    }

    private static X509Certificate certificate(KeyStore keys) throws GeneralSecurityException {
        Enumeration<String> aliases = keys.aliases();
        if (aliases.hasMoreElements()
                && keys.getCertificate(aliases.nextElement()) instanceof X509Certificate certificate) {
            return certificate;
        }
        throw new GeneralSecurityException("there is no certificate in it");
    }

    private static char[] password(JobSecret secret) {
        return secret.key(JobSecret.Use.TLS).toCharArray();
    }

    @Override
    public String toString() {
        return "JobCertificate";
    }
}
