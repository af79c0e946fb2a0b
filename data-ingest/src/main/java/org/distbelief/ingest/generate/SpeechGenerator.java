package org.distbelief.ingest.generate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.distbelief.ingest.IngestException;
import org.distbelief.ingest.select.SeededHash;

/**
 * Generates a small speech corpus: utterances of about two seconds by several speakers, as WAV files (16 kHz, 16 bits,
 * mono), each with a {@code .lab} file beside it (start, end in seconds, phone). An utterance depends on the seed and
 * its own number alone, so a larger corpus begins with the smaller one.
 */
public final class SpeechGenerator {
    /** Utterances when nothing else is asked for. */
    public static final int DEFAULT_SIZE = 200;
    /** Samples per second. */
    public static final int SAMPLE_RATE = 16_000;

    private static final int SPEAKERS = 24;
    private static final int MAX_SIZE = 10_000_000;
    private static final double SECONDS = 2.0;

    private final long seed;

    /** Under a seed. */
    public SpeechGenerator(long seed) {
        this.seed = seed;
    }

    /**
     * Writes the corpus: {@code speakerNN/utterance-NNNNNN.wav} and {@code .lab}.
     *
     * @param directory must be empty or missing
     * @param utterances at least 1
     * @throws IngestException if the directory holds something, or the number is out of range
     */
    public void generate(Path directory, int utterances) throws IngestException, IOException {
        if (utterances < 1 || utterances > MAX_SIZE) {
            throw new IngestException("size: expected 1 to " + MAX_SIZE + " utterances, found " + utterances);
        }
        NewFolder folder = NewFolder.claim(directory);
        SeededHash seeds = new SeededHash(seed, "speech");
        for (int i = 0; i < utterances; i++) {
            int number = i % SPEAKERS;
            Speaker speaker = Speaker.draw(new Random(seeds.hash("speaker " + number)));
            Random random = new Random(seeds.hash("utterance " + i));
            Path place = folder.inside(String.format(Locale.ROOT, "speaker%02d", number));
            write(place, String.format(Locale.ROOT, "utterance-%06d", i), speaker, random);
        }
    }

    private static void write(Path place, String name, Speaker speaker, Random random) throws IOException {
        List<FormantSynthesizer.Spoken> phones = sentence(speaker, random);
        double[] sound = new FormantSynthesizer(SAMPLE_RATE, speaker, random).speak(phones);
        Files.write(place.resolve(name + ".wav"), wav(mix(sound, random)));
        StringBuilder labels = new StringBuilder();
        int controls = 0;
        for (FormantSynthesizer.Spoken spoken : phones) {
            double start = (double) FormantSynthesizer.samples(controls) / SAMPLE_RATE;
            controls += spoken.controls();
            double end = (double) FormantSynthesizer.samples(controls) / SAMPLE_RATE;
            labels.append(String.format(
                    Locale.ROOT,
                    "%.3f %.3f %s\n",
                    start,
                    end,
                    spoken.phone().name().toLowerCase(Locale.ROOT)));
        }
        Files.writeString(place.resolve(name + ".lab"), labels, StandardCharsets.UTF_8);
    }

    /** Silence, phones one after the other without repetition, now and then a pause, silence. */
    private static List<FormantSynthesizer.Spoken> sentence(Speaker speaker, Random random) {
        List<FormantSynthesizer.Spoken> phones = new ArrayList<>();
        phones.add(spoken(Phone.SIL, 100 + 100 * random.nextDouble()));
        Phone[] all = Phone.values();
        Phone previous = Phone.SIL;
        double length = 0;
        double wanted = 1000 * SECONDS * (0.7 + 0.3 * random.nextDouble());
        while (length < wanted) {
            Phone next = all[random.nextInt(all.length)];
            if (next == previous) {
                continue;
            }
            double millis = (70 + 110 * random.nextDouble()) * speaker.rate();
            phones.add(spoken(next, millis));
            length += millis;
            previous = next;
        }
        if (previous == Phone.SIL) {
            phones.remove(phones.size() - 1);
        }
        phones.add(spoken(Phone.SIL, 100 + 100 * random.nextDouble()));
        return phones;
    }

    private static FormantSynthesizer.Spoken spoken(Phone phone, double millis) {
        return new FormantSynthesizer.Spoken(phone, Math.max(4, (int) (millis / 5)));
    }

    /** Sets the level and adds background noise, 15 to 30 dB below the speech. */
    private static short[] mix(double[] sound, Random random) {
        double energy = 0;
        for (double x : sound) {
            energy += x * x;
        }
        double rms = StrictMath.sqrt(energy / sound.length);
        double level = 1500 * StrictMath.pow(10, 0.6 * random.nextDouble() - 0.3);
        double background = level * StrictMath.pow(10, -(15 + 15 * random.nextDouble()) / 20);
        short[] samples = new short[sound.length];
        double hum = 0;
        for (int i = 0; i < samples.length; i++) {
            hum = 0.7 * hum + 0.7 * random.nextGaussian();
            double x = sound[i] / rms * level + background * hum;
            samples[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(x)));
        }
        return samples;
    }

    private static byte[] wav(short[] samples) {
        int bytes = 2 * samples.length;
        ByteBuffer out = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + bytes);
        out.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        out.putShort((short) 1).putShort((short) 1).putInt(SAMPLE_RATE).putInt(2 * SAMPLE_RATE);
        out.putShort((short) 2).putShort((short) 16);
        out.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
        for (short sample : samples) {
            out.putShort(sample);
        }
        return out.array();
    }
}
