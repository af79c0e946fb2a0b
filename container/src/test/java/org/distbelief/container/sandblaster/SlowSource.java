package org.distbelief.container.sandblaster;

import java.io.IOException;
import java.util.List;
import org.distbelief.dataset.DatasetManifest;
import org.distbelief.dataset.Portion;
import org.distbelief.dataset.PortionRecords;
import org.distbelief.dataset.PortionSource;

/**
 * Data whose portions are opened when something has happened.
 *
 * @param before what is waited for before each
 */
record SlowSource(PortionSource data, Before before) implements PortionSource {
    /** What happens before a portion is opened. */
    @FunctionalInterface
    interface Before {
        void open(Portion portion) throws InterruptedException;
    }

    @Override
    public DatasetManifest manifest() {
        return data.manifest();
    }

    @Override
    public PortionRecords open(Portion portion) throws IOException {
        try {
            before.open(portion);
        } catch (InterruptedException e) {
            throw new IOException("interrupted before portion " + portion.id(), e);
        }
        return data.open(portion);
    }

    @Override
    public List<String> hosts(Portion portion) throws IOException {
        return data.hosts(portion);
    }
}
