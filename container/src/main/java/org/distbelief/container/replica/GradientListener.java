package org.distbelief.container.replica;

/** Hears of a layer's gradient as soon as it is ready, while the layers below still compute. */
@FunctionalInterface
public interface GradientListener {
    /** Called in the computing thread, from the last layer down to the first, once for each layer with parameters. */
    void ready(int layer);
}
