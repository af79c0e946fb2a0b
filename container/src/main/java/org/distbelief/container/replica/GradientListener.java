package org.distbelief.container.replica;

/** Hears of a layer's gradient as soon as it is ready, while the layers below still compute. */
@FunctionalInterface
public interface GradientListener {
    /** Called in the computing thread, from the last layer down to the first, once for each layer with parameters. */
    void ready(int layer);

    /**
     * Called in the computing thread, once, before any layer is ready.
     *
     * @param sum of the examples' losses, the part that the partition's outputs account for
     */
    default void lost(double sum) {
        // Most who listen have no use for it.
    }
}
