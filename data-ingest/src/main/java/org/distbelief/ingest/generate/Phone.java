package org.distbelief.ingest.generate;

/** The sounds of the synthetic language, with the targets of their formants for a grown speaker of low voice. */
enum Phone {
    SIL(0, 0, 500, 1500, 2500, 3000, 1000),
    IY(1.0, 0, 280, 2250, 2950, 3000, 1000),
    IH(1.0, 0, 400, 1950, 2550, 3000, 1000),
    EH(1.0, 0, 540, 1780, 2480, 3000, 1000),
    AE(1.0, 0, 680, 1680, 2400, 3000, 1000),
    AA(1.0, 0, 730, 1100, 2440, 3000, 1000),
    AO(1.0, 0, 570, 860, 2410, 3000, 1000),
    UW(1.0, 0, 310, 900, 2240, 3000, 1000),
    ER(1.0, 0, 490, 1350, 1690, 3000, 1000),
    M(0.45, 0, 260, 1000, 2200, 3000, 1000),
    N(0.45, 0, 270, 1600, 2600, 3000, 1000),
    L(0.6, 0, 360, 1150, 2850, 3000, 1000),
    S(0, 0.5, 300, 1700, 2600, 5600, 900),
    SH(0, 0.6, 300, 1800, 2500, 3000, 800),
    F(0, 0.25, 300, 1200, 2300, 4500, 4000),
    Z(0.4, 0.35, 280, 1700, 2600, 5400, 1000);

    /** Loudness of the voice, 0 to 1. */
    final double voice;
    /** Loudness of the noise, 0 to 1. */
    final double noise;
    /** First to third formant in Hz. */
    final double f1;

    final double f2;
    final double f3;
    /** Centre and width of the noise band in Hz. */
    final double noiseHz;

    final double noiseWidth;

    Phone(double voice, double noise, double f1, double f2, double f3, double noiseHz, double noiseWidth) {
        this.voice = voice;
        this.noise = noise;
        this.f1 = f1;
        this.f2 = f2;
        this.f3 = f3;
        this.noiseHz = noiseHz;
        this.noiseWidth = noiseWidth;
    }
}
