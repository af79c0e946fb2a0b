package org.distbelief.paramserver.process;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;
import org.distbelief.paramserver.security.JobCertificate;
import org.distbelief.paramserver.security.JobSecret;
import org.distbelief.paramserver.security.WireSecurity;

/**
 * What the processes of a job know of each other and nobody else does. It travels in YARN's credentials alone, from the
 * client to the ApplicationMaster and from there to every container.
 *
 * @param secret the job's secret
 * @param certificate the job's certificate, where its connections are encrypted
 */
public record JobKeys(JobSecret secret, Optional<JobCertificate> certificate) {
    private static final String SECRET = "distbelief.job.secret";
    private static final String CERTIFICATE = "distbelief.job.certificate";

    /**
     * Those that this process was given.
     *
     * @throws IllegalArgumentException where it was given none; says what to do
     */
    public static JobKeys ofThisProcess() throws IOException {
        return of(UserGroupInformation.getCurrentUser().getCredentials());
    }

    static JobKeys of(Credentials credentials) {
        byte[] secret = credentials.getSecretKey(new Text(SECRET));
        if (secret == null) {
            throw new IllegalArgumentException("expected the job's secret, " + SECRET
                    + ", in the credentials that YARN gives its containers, found none; processes of a job are started"
                    + " by its ApplicationMaster, and jobs by the command 'train' or 'evaluate'");
        }
        return new JobKeys(
                JobSecret.of(secret),
                Optional.ofNullable(credentials.getSecretKey(new Text(CERTIFICATE)))
                        .map(JobCertificate::of));
    }

    /** Puts them into the credentials of a process that is to be started. */
    public void addTo(Credentials credentials) {
        credentials.addSecretKey(new Text(SECRET), secret.bytes());
        certificate.ifPresent(c -> credentials.addSecretKey(new Text(CERTIFICATE), c.bytes()));
    }

    /**
     * What the job's connections begin with.
     *
     * @param encrypt whether the job file wants them encrypted
     * @throws IllegalArgumentException where it does, and the job's certificate is missing
     */
    public WireSecurity wire(boolean encrypt) {
        if (!encrypt) {
            return WireSecurity.of(secret);
        }
        return WireSecurity.encrypted(
                secret,
                certificate.orElseThrow(() -> new IllegalArgumentException("security.encrypt is true: expected the"
                        + " job's certificate, " + CERTIFICATE + ", in the credentials that YARN gives its containers,"
                        + " found none")));
    }
}
