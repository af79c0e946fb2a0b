package org.distbelief.paramserver.security;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * What a connection between two processes of a job begins with, and what becomes of its bytes. Both ends must have the
 * same kind. For any number of threads.
 */
public interface WireSecurity {
    /** How long a handshake may take in all. */
    Duration HANDSHAKE = Duration.ofSeconds(5);

    /** Anybody may connect, and nothing is hidden: for tests and for measuring what security costs. */
    static WireSecurity none() {
        return new NoSecurity();
    }

    /**
     * Both ends prove that they know the job's secret, by SASL with the mechanism DIGEST-MD5 and messages in the form
     * of Thrift's own negotiation; then the bare connection goes on, so that large payloads cost nothing more. Who can
     * change bytes on their way can still change those of a connection that others have opened.
     */
    static WireSecurity of(JobSecret secret) {
        return new SaslSecurity(secret);
    }

    /**
     * TLS 1.3, in which both ends prove that they hold the private key of the job's certificate and accept no other
     * one. There is no SASL inside: it would prove the same again.
     *
     * @throws IllegalArgumentException where the certificate cannot be read with the secret
     */
    static WireSecurity encrypted(JobSecret secret, JobCertificate certificate) {
        return new TlsSecurity(certificate.context(secret));
    }

    /**
     * The handshake of the end that has called.
     *
     * @param channel connected; becomes non-blocking; the caller closes it if this fails
     * @param server who is called, for messages
     * @param bound on all of it
     * @throws RefusedException where one end does not accept the other; names the server
     * @throws IOException where the connection fails or the time is over
     */
    SecuredChannel connect(SocketChannel channel, String server, Duration bound) throws IOException;

    /**
     * The handshake of the end that was called.
     *
     * @param channel connected; becomes non-blocking; the caller closes it if this fails
     * @param bound on all of it
     * @throws IOException where it does not succeed
     */
    SecuredChannel accept(SocketChannel channel, Duration bound) throws IOException;
}
