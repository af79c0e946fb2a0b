package org.distbelief.appmaster.submit.console;

import java.util.ArrayList;
import java.util.List;
import org.distbelief.container.layer.Region;
import org.distbelief.container.plan.LayerReport;
import org.distbelief.container.plan.PartitionReport;
import org.jspecify.annotations.Nullable;

/**
 * What partitions compute, a paragraph for each layer: {@code partition: region}, aligned in as many columns as fit.
 *
 * @param layers from the input up
 * @param partitions those to show
 */
record RegionGrid(List<LayerReport> layers, List<PartitionReport> partitions) {
    private static final int GAP = 2;

    List<String> lines(int indent, int width) {
        List<String> lines = new ArrayList<>();
        int name =
                layers.stream().mapToInt(layer -> layer.name().length()).max().orElse(0);
        for (int i = 0; i < layers.size(); i++) {
            LayerReport layer = layers.get(i);
            int index = i;
            List<String> cells = partitions.stream()
                    .map(part -> part.partition() + ": "
                            + region(layer, part.regions().get(index)))
                    .toList();
            paragraph(lines, " ".repeat(indent) + TerminalText.pad(layer.name(), name), cells, width);
        }
        return lines;
    }

    private static void paragraph(List<String> lines, String name, List<String> cells, int width) {
        int wide = cells.stream().mapToInt(String::length).max().orElse(0);
        int each = Math.max(1, (width - name.length()) / (wide + GAP));
        for (int from = 0; from < cells.size(); from += each) {
            StringBuilder line = new StringBuilder(from == 0 ? name : " ".repeat(name.length()));
            cells.subList(from, Math.min(cells.size(), from + each))
                    .forEach(cell -> line.append(" ".repeat(GAP)).append(TerminalText.pad(cell, wide)));
            lines.add(TerminalText.cut(line.toString().stripTrailing(), width));
        }
    }

    private static String region(LayerReport layer, @Nullable Region region) {
        if (region == null) {
            return "-";
        }
        return switch (layer.cut()) {
            case WHOLE -> "all";
            case INPUTS -> "its inputs";
            case UNITS ->
                span(
                        layer.output().height() * layer.output().width() > 1 ? "map" : "unit",
                        region.channel(),
                        region.channelEnd());
            case SPACE ->
                span("row", region.top(), region.bottom()) + " " + span("column", region.left(), region.right());
        };
    }

    private static String span(String what, int from, int end) {
        return from + 1 == end ? what + " " + from : what + "s " + from + "-" + (end - 1);
    }
}
