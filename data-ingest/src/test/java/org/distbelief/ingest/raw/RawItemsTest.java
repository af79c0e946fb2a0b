package org.distbelief.ingest.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.distbelief.dataset.DatasetKind;
import org.junit.jupiter.api.Test;

class RawItemsTest {
    private final FileRoles roles = new FileRoles(RawFormats.load(), DatasetKind.SPEECH, List.of("lab", "txt"));

    @Test
    void recordingsMeetTheirLabelsWhereverTheseLie() throws Exception {
        byte[] tar = tar("z/a.wav", "z/b.lab", "z/c.wav", "z/a.lab", "z/b.wav", "readme.md", "z/d.txt", "._a.wav");

        assertThat(describe(tar, "x.tar", RawItems.LabelOrder.ANYWHERE))
                .containsExactly(
                        "p/z/a.wav + p/z/a.lab",
                        "p/z/c.wav + -",
                        "p/z/b.wav + p/z/b.lab",
                        "ignored p/readme.md",
                        "ignored p/._a.wav",
                        "ignored p/z/d.txt");
    }

    @Test
    void onePassIsEnoughWhereLabelsComeFirst() throws Exception {
        byte[] tar = tar("a.txt", "a.lab", "a.wav", "b.lab", "c.lab", "c.wav", "c.wave", "d.wav");

        assertThat(describe(tar, "x.tar", RawItems.LabelOrder.BEFORE_RECORDING))
                .containsExactly(
                        "ignored p/a.txt",
                        "p/a.wav + p/a.lab",
                        "ignored p/b.lab",
                        "p/c.wav + p/c.lab",
                        "p/c.wave + p/c.lab",
                        "p/d.wav + -");
    }

    @Test
    void compressedArchivesAreReadToo() throws Exception {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(tar("a.wav"));
        }

        assertThat(describe(compressed.toByteArray(), "x.TGZ", RawItems.LabelOrder.ANYWHERE))
                .containsExactly("p/a.wav + -");
    }

    @Test
    void namesThatLeadOutAreRejectedAndLinksIgnored() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry link = new TarArchiveEntry("link.wav", TarConstants.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
            for (String name : List.of("../up.wav", "/absolute.wav", "x/../y.wav", "./fine//x.wav", "../readme")) {
                put(tar, new TarArchiveEntry(name, true));
            }
        }

        assertThat(describe(bytes.toByteArray(), "x.tar", RawItems.LabelOrder.ANYWHERE))
                .containsExactly(
                        "ignored p/link.wav",
                        "UNSAFE_PATH p/../up.wav",
                        "UNSAFE_PATH p//absolute.wav",
                        "UNSAFE_PATH p/x/../y.wav",
                        "p/fine/x.wav + -",
                        "ignored p/../readme");
    }

    @Test
    void whatIsTooLargeIsRejectedUnread() throws Exception {
        byte[] tar = tar("a.wav");
        try (RawItems items = RawItems.open(
                roles,
                "",
                2,
                RawItems.LabelOrder.ANYWHERE,
                () -> TarEntries.open("x.tar", new ByteArrayInputStream(tar)))) {
            assertThat(items.next())
                    .isEqualTo(new RawItem.Rejected("a.wav", BadReason.TOO_LARGE, "expected at most 2 bytes, found 5"));
        }
    }

    @Test
    void aDamagedArchiveIsNamed() throws Exception {
        byte[] tar = tar("a.wav", "b.wav");
        assertThatThrownBy(() -> describe(Arrays.copyOf(tar, 1536 + 2), "x.tar", RawItems.LabelOrder.ANYWHERE))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("x.tar: the archive is damaged or cut off");
        assertThatThrownBy(() -> describe(tar, "x.tar.gz", RawItems.LabelOrder.ANYWHERE))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("x.tar.gz: not a readable archive");
    }

    private List<String> describe(byte[] archive, String name, RawItems.LabelOrder order) throws IOException {
        List<String> found = new ArrayList<>();
        try (RawItems items = RawItems.open(
                roles, "p/", 1000, order, () -> TarEntries.open(name, new ByteArrayInputStream(archive)))) {
            for (RawItem item = items.next(); item != null; item = items.next()) {
                if (item instanceof RawItem.Present present) {
                    assertThat(present.file().content()).hasSize(5);
                    found.add(item.path() + " + "
                            + (present.labels() == null ? "-" : present.labels().path()));
                } else if (item instanceof RawItem.Rejected rejected) {
                    found.add(rejected.reason() + " " + item.path());
                } else {
                    found.add("ignored " + item.path());
                }
            }
        }
        return found;
    }

    private static byte[] tar(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (String name : names) {
                put(tar, new TarArchiveEntry(name));
            }
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry) throws IOException {
        byte[] content = "hello".getBytes(StandardCharsets.UTF_8);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
