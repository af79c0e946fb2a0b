package org.distbelief.container.kernel;

/** Local contrast normalisation in plain Java and double, example by example, as the formula says it. */
final class PlainContrast {
    private static final int INPUT = 0;
    private static final int MIDDLE = 1;
    private static final int OUTPUT = 2;

    private final Contrast contrast;
    private final int batch;

    /** v of one example, at every place and map of the middle region. */
    private final double[] centred;

    private final double[] divisors;

    PlainContrast(Contrast contrast, int batch) {
        this.contrast = contrast;
        this.batch = batch;
        this.centred = new double[places(MIDDLE) * contrast.maps()];
        this.divisors = new double[places(OUTPUT)];
    }

    /** Computes v and the divisors of one example. */
    private void compute(FloatMemory in, int example) {
        int maps = contrast.maps();
        for (int place = 0; place < places(MIDDLE); place++) {
            double mean = 0;
            for (int from = 0; from < places(INPUT); from++) {
                double weight = weight(INPUT, from, place) / maps;
                for (int map = 0; weight != 0 && map < maps; map++) {
                    mean += weight * in.get((from * maps + map) * batch + example);
                }
            }
            for (int map = 0; map < maps; map++) {
                centred[place * maps + map] =
                        in.get((move(MIDDLE, place, INPUT) * maps + map) * batch + example) - mean;
            }
        }
        for (int place = 0; place < divisors.length; place++) {
            double variance = 0;
            for (int from = 0; from < places(MIDDLE); from++) {
                double weight = weight(MIDDLE, from, place) / maps;
                for (int map = 0; weight != 0 && map < maps; map++) {
                    variance += weight * centred[from * maps + map] * centred[from * maps + map];
                }
            }
            divisors[place] = Math.max(contrast.floor(), Math.sqrt(variance));
        }
    }

    void forward(FloatMemory in, FloatMemory out) {
        int maps = contrast.maps();
        for (int b = 0; b < batch; b++) {
            compute(in, b);
            for (int place = 0; place < places(OUTPUT); place++) {
                int middle = move(OUTPUT, place, MIDDLE);
                for (int map = 0; map < maps; map++) {
                    out.put((place * maps + map) * batch + b, (float) (centred[middle * maps + map] / divisors[place]));
                }
            }
        }
    }

    void gradient(FloatMemory in, FloatMemory outGradient, FloatMemory inGradient) {
        int maps = contrast.maps();
        for (int b = 0; b < batch; b++) {
            compute(in, b);
            double[] byCentred = byCentred(outGradient, b);
            double[] byMean = new double[places(MIDDLE)];
            for (int place = 0; place < byMean.length; place++) {
                for (int map = 0; map < maps; map++) {
                    byMean[place] -= byCentred[place * maps + map];
                }
            }
            for (int place = 0; place < places(INPUT); place++) {
                double shared = 0;
                for (int to = 0; to < places(MIDDLE); to++) {
                    shared += weight(INPUT, place, to) / maps * byMean[to];
                }
                int middle = move(INPUT, place, MIDDLE);
                for (int map = 0; map < maps; map++) {
                    double own = middle < 0 ? 0 : byCentred[middle * maps + map];
                    inGradient.put((place * maps + map) * batch + b, (float) (own + shared));
                }
            }
        }
    }

    /** The gradient by v: through the quotient's upper part at the same place, and through the divisors around. */
    private double[] byCentred(FloatMemory outGradient, int example) {
        int maps = contrast.maps();
        double[] result = new double[centred.length];
        for (int place = 0; place < places(OUTPUT); place++) {
            double divisor = divisors[place];
            int middle = move(OUTPUT, place, MIDDLE);
            double byDivisor = 0;
            for (int map = 0; map < maps; map++) {
                double g = outGradient.get((place * maps + map) * batch + example);
                result[middle * maps + map] += g / divisor;
                byDivisor -= g * centred[middle * maps + map] / (divisor * divisor);
            }
            if (divisor <= contrast.floor()) {
                continue;
            }
            for (int from = 0; from < places(MIDDLE); from++) {
                double weight = weight(MIDDLE, from, place) / maps;
                for (int map = 0; weight != 0 && map < maps; map++) {
                    result[from * maps + map] += byDivisor / divisor * weight * centred[from * maps + map];
                }
            }
        }
        return result;
    }

    private int places(int region) {
        return contrast.height(region) * contrast.width(region);
    }

    private double weight(int region, int from, int to) {
        int width = contrast.width(region);
        int next = contrast.width(region + 1);
        return contrast.weight(region, from / width, from % width, to / next, to % next);
    }

    private int move(int from, int place, int to) {
        int width = contrast.width(from);
        return contrast.place(from, place / width, place % width, to);
    }
}
