package org.distbelief.ingest.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.distbelief.dataset.ImageSettings;
import org.distbelief.dataset.avro.ImageBatch;
import org.distbelief.ingest.raw.BadInputException;
import org.distbelief.ingest.raw.BadReason;
import org.distbelief.ingest.raw.Picture;

/** Makes records of scaled pictures: first one picture each, then several joined. */
public final class ImageBatchMaker {
    private final ImageSettings settings;
    private final List<String> splitFolders;
    private final PictureScaler scaler;

    /**
     * With a fixed size.
     *
     * @param splitFolders names of splits, of which the outermost in a path names its split and therefore no class; a
     *     folder further in may name a class alike. Empty when splits do not go by folder
     */
    public ImageBatchMaker(ImageSettings settings, List<String> splitFolders) {
        this.settings = settings;
        this.splitFolders = List.copyOf(splitFolders);
        this.scaler = new PictureScaler(settings.width(), settings.height());
    }

    /**
     * A batch of one picture, labelled with the folder in which it lies.
     *
     * @throws BadInputException if it lies in no folder of its own class
     */
    public ImageBatch single(String path, Picture picture) throws BadInputException {
        String label = labelOf(path);
        ByteBuffer labels =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0);
        return new ImageBatch(
                List.of(path),
                settings.width(),
                settings.height(),
                settings.channels(),
                ByteBuffer.wrap(scaler.scale(picture)),
                List.of(label),
                labels);
    }

    /** Many batches as one, in their order, with one dictionary of labels. */
    public ImageBatch join(List<ImageBatch> batches) {
        List<String> ids = new ArrayList<>();
        Map<String, Integer> names = new LinkedHashMap<>();
        batches.forEach(batch -> ids.addAll(batch.getIds()));
        ByteBuffer pixels = ByteBuffer.allocate(Math.multiplyExact(ids.size(), settings.featureDimension()));
        ByteBuffer labels = ByteBuffer.allocate(4 * ids.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (ImageBatch batch : batches) {
            pixels.put(batch.getPixels().duplicate());
            ByteBuffer local = batch.getLabels().duplicate().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < batch.getIds().size(); i++) {
                String name = batch.getLabelNames().get(local.getInt());
                labels.putInt(names.computeIfAbsent(name, unused -> names.size()));
            }
        }
        return new ImageBatch(
                ids,
                settings.width(),
                settings.height(),
                settings.channels(),
                pixels.flip(),
                List.copyOf(names.keySet()),
                labels.flip());
    }

    private String labelOf(String path) throws BadInputException {
        List<String> parts = List.of(path.split("/", -1));
        List<String> folders = parts.subList(0, parts.size() - 1);
        String folder = folders.isEmpty() ? "" : folders.get(folders.size() - 1);
        boolean outermost = folders.stream().filter(splitFolders::contains).count() == 1;
        if (folder.isEmpty() || (splitFolders.contains(folder) && outermost)) {
            throw new BadInputException(
                    BadReason.UNLABELLED,
                    "expected a folder named after the class around the picture, found "
                            + (folder.isEmpty() ? "none" : "the split's folder '" + folder + "'"));
        }
        return folder;
    }
}
