package org.distbelief.ingest.raw;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.distbelief.dataset.DatasetKind;

/** All raw formats on the class path, by extension. Belongs to one thread, as the formats do. */
public final class RawFormats {
    private final List<RawFormat> formats;
    private final Map<String, RawFormat> byExtension = new HashMap<>();

    /** Those given. */
    public RawFormats(List<RawFormat> formats) {
        this.formats = List.copyOf(formats);
        for (RawFormat format : formats) {
            for (String extension : format.extensions()) {
                RawFormat other = byExtension.put(extension, format);
                if (other != null) {
                    throw new IllegalStateException("the raw formats " + other.name() + " and " + format.name()
                            + " both claim the extension ." + extension);
                }
            }
        }
    }

    /** Those on the class path. */
    public static RawFormats load() {
        List<RawFormat> found = new ArrayList<>();
        ServiceLoader.load(RawFormat.class, RawFormats.class.getClassLoader()).forEach(found::add);
        return new RawFormats(found);
    }

    /** The format that a file's name promises; none for hidden files and unknown extensions. */
    public Optional<RawFormat> ofPath(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.startsWith(".") ? Optional.empty() : Optional.ofNullable(byExtension.get(extension(name)));
    }

    /** Extensions of one kind of data, for messages. */
    public Set<String> extensions(DatasetKind kind) {
        Set<String> all = new TreeSet<>();
        formats.stream().filter(f -> f.kind() == kind).forEach(f -> all.addAll(f.extensions()));
        return all;
    }

    /**
     * Decodes a file whose name promises some format. Content of another format of the same kind (a PNG picture named
     * .jpg) is decoded as what it is.
     *
     * @throws BadInputException if it is empty, of no format of that kind, or not usable
     */
    public RawData decode(RawFile file, DatasetKind kind) throws BadInputException {
        byte[] content = file.content();
        if (content.length == 0) {
            throw new BadInputException(BadReason.EMPTY_FILE, "the file has no bytes");
        }
        RawFormat promised = ofPath(file.path())
                .filter(f -> f.kind() == kind)
                .orElseThrow(() -> new IllegalArgumentException(file.path() + " is no " + kind + " file"));
        if (promised.recognises(content)) {
            return promised.decode(content);
        }
        for (RawFormat other : formats) {
            if (other.kind() == kind && other.recognises(content)) {
                return other.decode(content);
            }
        }
        throw new BadInputException(
                BadReason.WRONG_FORMAT,
                "expected a " + promised.name() + " file, found one that starts with " + start(content));
    }

    /** The extension of a file name, lower case, without the dot; empty if there is none. */
    public static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    private static String start(byte[] content) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(8, content.length); i++) {
            hex.append(String.format(Locale.ROOT, i == 0 ? "%02x" : " %02x", content[i]));
        }
        return hex.toString();
    }
}
