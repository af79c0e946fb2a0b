package org.distbelief.appmaster.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * The local cluster's site files: templates in the job jar, whose {@code @name@} words are filled in with this
 * machine's addresses and paths when the cluster starts.
 */
final class SiteTemplates {
    /** The files that a client reads. */
    static final List<String> CLIENT_FILES =
            List.of("core-site.xml", "hdfs-site.xml", "yarn-site.xml", "mapred-site.xml");

    private static final String FOLDER = "/org/distbelief/local/";
    private static final Pattern WORD = Pattern.compile("@([a-z][a-z0-9.-]*)@");

    /** The properties of one template, with every word replaced by its value. */
    SortedMap<String, String> properties(String template, Map<String, String> words) {
        Configuration raw = new Configuration(false);
        try (InputStream in = open(template)) {
            raw.addResource(in, template);
            SortedMap<String, String> properties = new TreeMap<>();
            for (Map.Entry<String, String> property : raw) {
                properties.put(property.getKey(), fill(template, property.getValue(), words));
            }
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the template " + template + " in the job jar", e);
        }
    }

    /** A template that is no XML, with every word replaced by its value. */
    String text(String template, Map<String, String> words) {
        try (InputStream in = open(template)) {
            return fill(template, new String(in.readAllBytes(), StandardCharsets.UTF_8), words);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the template " + template + " in the job jar", e);
        }
    }

    /** Writes properties as a Hadoop site file. */
    static void writeXml(Path file, SortedMap<String, String> properties) throws IOException {
        Configuration site = new Configuration(false);
        properties.forEach((key, value) -> site.set(key, value, file.getFileName() + " of the local cluster"));
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            site.writeXml(out);
        }
    }

    private static String fill(String template, String text, Map<String, String> words) {
        return WORD.matcher(text).replaceAll(match -> {
            String value = words.get(match.group(1));
            if (value == null) {
                throw new IllegalArgumentException("the template " + template + " has the word @" + match.group(1)
                        + "@, for which there is no value; known are " + new TreeMap<>(words).keySet());
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private static InputStream open(String template) throws IOException {
        InputStream in = SiteTemplates.class.getResourceAsStream(FOLDER + template);
        if (in == null) {
            throw new IOException("no such resource: " + FOLDER + template);
        }
        return in;
    }
}
