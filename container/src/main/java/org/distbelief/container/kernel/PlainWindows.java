package org.distbelief.container.kernel;

import java.util.Arrays;

/** Layers with windows in plain Java: filters and pooling, place by place. */
final class PlainWindows {
    private final Windows windows;
    private final int batch;
    private final float[] x;
    private final float[] y;
    private final float[] sums;

    PlainWindows(Windows windows, int batch) {
        this.windows = windows;
        this.batch = batch;
        this.x = new float[batch];
        this.y = new float[batch];
        this.sums = new float[batch];
    }

    /** What is done for one pixel of one window. */
    private interface Visit {
        /**
         * Visits a pixel.
         *
         * @param input the pixel's first unit in the input
         * @param weight the pixel's first input in the window
         */
        void pixel(int input, int weight);
    }

    private void overWindow(int place, Visit visit) {
        for (int ky = 0; ky < windows.height(); ky++) {
            int iy = windows.row(place) + ky;
            for (int kx = 0; kx < windows.width(); kx++) {
                int ix = windows.column(place) + kx;
                if (iy >= 0 && iy < windows.inHeight() && ix >= 0 && ix < windows.inWidth()) {
                    visit.pixel(
                            (iy * windows.inWidth() + ix) * windows.channels(),
                            (ky * windows.width() + kx) * windows.channels());
                }
            }
        }
    }

    void filter(
            Places places,
            int maps,
            boolean tied,
            Activation f,
            FloatMemory weights,
            FloatMemory biases,
            FloatMemory in,
            FloatMemory out) {
        for (int unit = 0; unit < windows.places() * maps; unit++) {
            int place = unit / maps;
            if (!places.contains(place / windows.outWidth(), place % windows.outWidth())) {
                continue;
            }
            int own = tied ? unit % maps : unit;
            Arrays.fill(sums, biases.get(own));
            overWindow(unit / maps, (input, weight) -> {
                for (int c = 0; c < windows.channels(); c++) {
                    in.read((input + c) * batch, x, 0, batch);
                    addTimes(weights.get(own * windows.depth() + weight + c), x, sums);
                }
            });
            for (int b = 0; b < batch; b++) {
                sums[b] = f.of(sums[b]);
            }
            out.write(unit * batch, sums, 0, batch);
        }
    }

    private static void addTimes(float factor, float[] from, float[] to) {
        for (int b = 0; b < to.length; b++) {
            to[b] += factor * from[b];
        }
    }

    void filterInputGradient(
            int maps, boolean tied, FloatMemory weights, FloatMemory outGradient, FloatMemory inGradient) {
        clear(inGradient);
        for (int unit = 0; unit < windows.places() * maps; unit++) {
            int own = tied ? unit % maps : unit;
            outGradient.read(unit * batch, y, 0, batch);
            overWindow(unit / maps, (input, weight) -> {
                for (int c = 0; c < windows.channels(); c++) {
                    inGradient.read((input + c) * batch, sums, 0, batch);
                    addTimes(weights.get(own * windows.depth() + weight + c), y, sums);
                    inGradient.write((input + c) * batch, sums, 0, batch);
                }
            });
        }
    }

    void filterParameterGradient(
            int maps,
            boolean tied,
            FloatMemory in,
            FloatMemory outGradient,
            float scale,
            boolean add,
            FloatMemory weightGradient,
            FloatMemory biasGradient) {
        int units = tied ? maps : windows.places() * maps;
        if (!add) {
            for (int i = 0; i < units; i++) {
                biasGradient.put(i, 0);
            }
            for (int i = 0; i < units * windows.depth(); i++) {
                weightGradient.put(i, 0);
            }
        }
        for (int unit = 0; unit < windows.places() * maps; unit++) {
            int own = tied ? unit % maps : unit;
            outGradient.read(unit * batch, y, 0, batch);
            double sum = 0;
            for (float g : y) {
                sum += g;
            }
            biasGradient.put(own, biasGradient.get(own) + (float) (scale * sum));
            overWindow(unit / maps, (input, weight) -> {
                for (int c = 0; c < windows.channels(); c++) {
                    in.read((input + c) * batch, x, 0, batch);
                    double product = 0;
                    for (int b = 0; b < batch; b++) {
                        product += (double) x[b] * y[b];
                    }
                    int at = own * windows.depth() + weight + c;
                    weightGradient.put(at, weightGradient.get(at) + (float) (scale * product));
                }
            });
        }
    }

    private void clear(FloatMemory inGradient) {
        Arrays.fill(sums, 0);
        for (int input = 0; input < windows.inputs(); input++) {
            inGradient.write(input * batch, sums, 0, batch);
        }
    }

    void pool(Pooling kind, FloatMemory in, FloatMemory out) {
        for (int place = 0; place < windows.places(); place++) {
            for (int channel = 0; channel < windows.channels(); channel++) {
                int c = channel;
                Arrays.fill(sums, kind == Pooling.MAX ? Float.NEGATIVE_INFINITY : 0);
                int[] pixels = new int[1];
                overWindow(place, (input, weight) -> {
                    in.read((input + c) * batch, x, 0, batch);
                    pixels[0]++;
                    for (int b = 0; b < batch; b++) {
                        sums[b] = switch (kind) {
                            case MAX -> Math.max(sums[b], x[b]);
                            case AVERAGE -> sums[b] + x[b];
                            case L2 -> sums[b] + x[b] * x[b];
                        };
                    }
                });
                for (int b = 0; b < batch; b++) {
                    sums[b] = switch (kind) {
                        case MAX -> sums[b];
                        case AVERAGE -> sums[b] / pixels[0];
                        case L2 -> (float) Math.sqrt(sums[b]);
                    };
                }
                out.write((place * windows.channels() + c) * batch, sums, 0, batch);
            }
        }
    }

    void poolGradient(Pooling kind, FloatMemory in, FloatMemory out, FloatMemory outGradient, FloatMemory inGradient) {
        clear(inGradient);
        float[] gradient = new float[batch];
        for (int place = 0; place < windows.places(); place++) {
            int[] pixels = new int[1];
            overWindow(place, (input, weight) -> pixels[0]++);
            for (int channel = 0; channel < windows.channels(); channel++) {
                int c = channel;
                boolean[] given = new boolean[batch];
                int unit = place * windows.channels() + c;
                out.read(unit * batch, y, 0, batch);
                outGradient.read(unit * batch, gradient, 0, batch);
                overWindow(place, (input, weight) -> {
                    in.read((input + c) * batch, x, 0, batch);
                    inGradient.read((input + c) * batch, sums, 0, batch);
                    for (int b = 0; b < batch; b++) {
                        boolean first = x[b] == y[b] && !given[b];
                        given[b] |= first;
                        sums[b] += switch (kind) {
                            case MAX -> first ? gradient[b] : 0;
                            case AVERAGE -> gradient[b] / pixels[0];
                            case L2 -> y[b] > 0 ? gradient[b] * x[b] / y[b] : 0;
                        };
                    }
                    inGradient.write((input + c) * batch, sums, 0, batch);
                });
            }
        }
    }
}
