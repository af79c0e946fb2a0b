package org.distbelief.paramserver.wire;

import java.security.SecureRandom;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.SelfSigned;
import org.distbelief.paramserver.security.WireSecurity;

/** The same inside TLS. */
class EncryptedShardClientTest extends ThriftShardClientTest {
    private final JobSecret own = JobSecret.random(new SecureRandom());
    private final WireSecurity encrypted =
            WireSecurity.encrypted(own, new SelfSigned(new SecureRandom()).certificate(own));

    @Override
    protected WireSecurity security() {
        return encrypted;
    }
}
