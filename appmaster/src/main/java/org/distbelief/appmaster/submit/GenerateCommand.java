package org.distbelief.appmaster.submit;

import java.io.IOException;
import java.nio.file.Path;
import org.distbelief.conf.ExitStatus;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.generate.ImageGenerator;
import org.distbelief.ingest.generate.SpeechGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code generate}: raw data to try things out with. */
@Command(
        name = "generate",
        description = "Makes raw data on the local disk, the same for the same seed.",
        mixinStandardHelpOptions = true)
final class GenerateCommand {
    private final Session session;

    GenerateCommand(Session session) {
        this.session = session;
    }

    @Command(
            name = "speech",
            description = "WAV files of synthesised phone sequences, with time-aligned label files.",
            mixinStandardHelpOptions = true)
    int speech(
            @Option(names = "--out", paramLabel = "DIR", required = true, description = "directory; new or empty")
                    Path out,
            @Option(
                            names = "--size",
                            paramLabel = "N",
                            description = "utterances (default: ${DEFAULT-VALUE})",
                            defaultValue = "" + SpeechGenerator.DEFAULT_SIZE)
                    int size,
            @Option(
                            names = "--seed",
                            paramLabel = "S",
                            description = "seed (default: ${DEFAULT-VALUE})",
                            defaultValue = "1")
                    long seed)
            throws IOException, IngestException {
        requirePositive(size);
        new SpeechGenerator(seed).generate(out, size);
        session.out().println(size + " utterances are in " + out);
        return ExitStatus.SUCCESS;
    }

    @Command(
            name = "images",
            description = "PNG pictures of shapes and textures, in a folder for each class.",
            mixinStandardHelpOptions = true)
    int images(
            @Option(names = "--out", paramLabel = "DIR", required = true, description = "directory; new or empty")
                    Path out,
            @Option(
                            names = "--size",
                            paramLabel = "N",
                            description = "pictures (default: ${DEFAULT-VALUE})",
                            defaultValue = "" + ImageGenerator.DEFAULT_SIZE)
                    int size,
            @Option(
                            names = "--side",
                            paramLabel = "PIXELS",
                            description = "width and height of a picture (default: ${DEFAULT-VALUE})",
                            defaultValue = "" + ImageGenerator.DEFAULT_SIDE)
                    int side,
            @Option(
                            names = "--seed",
                            paramLabel = "S",
                            description = "seed (default: ${DEFAULT-VALUE})",
                            defaultValue = "1")
                    long seed)
            throws IOException, IngestException {
        requirePositive(size);
        new ImageGenerator(seed, side).generate(out, size);
        session.out().println(size + " pictures are in " + out);
        return ExitStatus.SUCCESS;
    }

    private static void requirePositive(int size) {
        if (size < 1) {
            throw CommandException.user("--size: expected at least 1, found " + size);
        }
    }
}
