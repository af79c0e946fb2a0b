package org.distbelief.ingest.speech;

/**
 * A labelled stretch of a recording.
 *
 * @param start in seconds, inclusive
 * @param end in seconds, exclusive, after the start
 * @param label not blank
 */
record Segment(double start, double end, String label) {}
