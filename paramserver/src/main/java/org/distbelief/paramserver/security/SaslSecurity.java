package org.distbelief.paramserver.security;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.distbelief.paramserver.security.SaslMessages.Message;
import org.distbelief.paramserver.security.SaslMessages.Status;
import org.jspecify.annotations.Nullable;

/**
 * Proof of the job's secret by DIGEST-MD5, without its layers of integrity and secrecy. Its last step, in which the
 * server proves the same to the client, is required.
 */
final class SaslSecurity implements WireSecurity {
    private static final String MECHANISM = "DIGEST-MD5";
    /** User, realm, service and server have the same name: who one is within the job plays no part. */
    private static final String NAME = "distbelief";

    private static final Map<String, String> AUTHENTICATION_ONLY = Map.of(Sasl.QOP, "auth");

    private final String key;

    SaslSecurity(JobSecret secret) {
        this.key = secret.key(JobSecret.Use.WIRE);
    }

    @Override
    public SecuredChannel connect(SocketChannel channel, String server, Duration bound) throws IOException {
        channel.configureBlocking(false);
        PlainChannel plain = new PlainChannel(channel);
        try (TimedChannel timed = new TimedChannel(plain, bound)) {
            prove(new SaslMessages(timed), server);
            return plain;
        } catch (EOFException | SocketException e) {
            throw new RefusedException(
                    "refused: the server at " + server + " closed the connection instead of proving that it belongs to"
                            + " this job; it may be a process of another kind, or busy",
                    e);
        }
    }

    private void prove(SaslMessages messages, String server) throws IOException {
        SaslClient sasl = available(Sasl.createSaslClient(
                new String[] {MECHANISM}, null, NAME, NAME, AUTHENTICATION_ONLY, new Answers(key)));
        try {
            messages.send(Status.START, MECHANISM.getBytes(StandardCharsets.US_ASCII));
            messages.send(Status.OK, new byte[0]);
            Message challenge = expect(messages, Status.OK, server);
            messages.send(Status.OK, sasl.evaluateChallenge(challenge.payload()));
            Message proof = expect(messages, Status.COMPLETE, server);
            // The server's own proof: another secret than ours makes another one, and that is an exception here.
            sasl.evaluateChallenge(proof.payload());
            if (!sasl.isComplete()) {
                throw new SaslException("the server's proof is missing");
            }
        } catch (SaslException e) {
            throw new RefusedException(
                    "refused: the server at " + server + " has not proved that it knows the secret of this job ("
                            + e.getMessage() + "); it belongs to another job or is another program",
                    e);
        } finally {
            sasl.dispose();
        }
    }

    private static Message expect(SaslMessages messages, Status expected, String server) throws IOException {
        Message message = messages.receive();
        if (message.status() == expected) {
            return message;
        }
        if (message.status() == Status.BAD) {
            throw new RefusedException(
                    "refused: the secret of this job is another one than that of the server at " + server
                            + ", which belongs to another job",
                    null);
        }
        throw new SaslException("expected " + expected + ", found " + message.status());
    }

    @Override
    public SecuredChannel accept(SocketChannel channel, Duration bound) throws IOException {
        channel.configureBlocking(false);
        PlainChannel plain = new PlainChannel(channel);
        try (TimedChannel timed = new TimedChannel(plain, bound)) {
            check(new SaslMessages(timed));
            return plain;
        }
    }

    private void check(SaslMessages messages) throws IOException {
        Message start = messages.receive();
        if (start.status() != Status.START
                || !MECHANISM.equals(new String(start.payload(), StandardCharsets.US_ASCII))) {
            messages.send(Status.BAD, "expected the start of DIGEST-MD5".getBytes(StandardCharsets.US_ASCII));
            throw new IOException("it did not begin to prove that it belongs to this job");
        }
        SaslServer sasl =
                available(Sasl.createSaslServer(MECHANISM, NAME, NAME, AUTHENTICATION_ONLY, new Answers(key)));
        try {
            // Thrift's clients send a first response also where the mechanism has none.
            requireOk(messages);
            messages.send(Status.OK, sasl.evaluateResponse(new byte[0]));
            byte[] proof = sasl.evaluateResponse(requireOk(messages));
            if (!sasl.isComplete()) {
                throw new SaslException("the proof is not complete");
            }
            messages.send(Status.COMPLETE, proof);
        } catch (SaslException e) {
            messages.send(Status.BAD, "it does not know the secret of this job".getBytes(StandardCharsets.US_ASCII));
            throw new RefusedException("it has not proved that it knows the secret of this job", e);
        } finally {
            sasl.dispose();
        }
    }

    private static <T> T available(@Nullable T made) {
        if (made == null) {
            throw new IllegalStateException("this Java has no SASL mechanism " + MECHANISM
                    + "; set security.encrypt to true, which needs none");
        }
        return made;
    }

    private static byte[] requireOk(SaslMessages messages) throws IOException {
        Message message = messages.receive();
        if (message.status() != Status.OK) {
            throw new SaslException("expected OK, found " + message.status());
        }
        return message.payload();
    }

    /** What SASL asks of either end. */
    private static final class Answers implements CallbackHandler {
        private final String key;

        Answers(String key) {
            this.key = key;
        }

        @Override
        public void handle(Callback[] callbacks) {
            for (Callback callback : callbacks) {
                answer(callback);
            }
        }

        private void answer(@Nullable Callback callback) {
            if (callback instanceof NameCallback name) {
                name.setName(NAME);
            } else if (callback instanceof PasswordCallback password) {
                password.setPassword(key.toCharArray());
            } else if (callback instanceof RealmCallback realm) {
                realm.setText(NAME);
            } else if (callback instanceof AuthorizeCallback authorize) {
                boolean same =
                        NAME.equals(authorize.getAuthenticationID()) && NAME.equals(authorize.getAuthorizationID());
                authorize.setAuthorized(same);
            }
        }
    }
}
