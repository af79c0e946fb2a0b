package org.distbelief.paramserver.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A native library of ours that lies on the class path. */
public final class NativeResource {
    private NativeResource() {}

    /**
     * Loads a library for the whole process, from a file of its own that is deleted at once: a file that several
     * processes share could be another build's.
     *
     * @param resource absolute name on the class path
     * @throws LinkageError where it was not built for this machine's platform, or does not load
     */
    public static void load(String resource) {
        try (InputStream library = NativeResource.class.getResourceAsStream(resource)) {
            if (library == null) {
                throw new UnsatisfiedLinkError("there is no " + resource
                        + " on the class path; it is built where Maven finds gcc on Linux with x86-64");
            }
            Path file = Files.createTempFile("distbelief", ".so");
            try {
                Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
                System.load(file.toRealPath().toString());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not unpack " + resource, e);
        }
    }
}
