package org.distbelief.ingest.speech;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.distbelief.dataset.SpeechSettings;
import org.distbelief.dataset.UtteranceGroup;

/**
 * One label for each frame: the index of a name times the states per label, plus a state. Every segment is cut evenly
 * into states, a flat start, so that acoustic states exist without alignments.
 *
 * @param names the labels that occur, in the order of their first frame
 * @param perFrame name index * states + state, or {@link UtteranceGroup#CONTEXT_ONLY}
 */
record FrameLabels(List<String> names, List<Integer> perFrame) {
    /** A nanosecond: times that are equal in decimals count as equal, whatever their binary fractions. */
    private static final double ROUNDING = 1e-9;

    FrameLabels {
        names = List.copyOf(names);
        perFrame = List.copyOf(perFrame);
    }

    /** All frames belong to one segment: frame t of T is in state floor(t * states / T). */
    static FrameLabels whole(String label, int frames, int states) {
        List<Integer> perFrame = new ArrayList<>(frames);
        for (int t = 0; t < frames; t++) {
            perFrame.add((int) Math.min((long) t * states / frames, states - 1));
        }
        return new FrameLabels(List.of(label), perFrame);
    }

    /**
     * A frame belongs to the segment in which its window's centre lies, and to the state by how far into the segment
     * that is.
     */
    static FrameLabels aligned(List<Segment> segments, int frames, int states, SpeechSettings settings) {
        Map<String, Integer> names = new LinkedHashMap<>();
        List<Integer> perFrame = new ArrayList<>(frames);
        int at = 0;
        for (int t = 0; t < frames; t++) {
            double centre =
                    (t * (double) settings.hopSamples() + settings.windowSamples() / 2.0) / settings.sampleRate()
                            + ROUNDING;
            while (at < segments.size() && segments.get(at).end() <= centre) {
                at++;
            }
            if (at == segments.size() || centre < segments.get(at).start()) {
                perFrame.add(UtteranceGroup.CONTEXT_ONLY);
                continue;
            }
            Segment segment = segments.get(at);
            double part = (centre - segment.start()) * states / (segment.end() - segment.start());
            Integer index = names.computeIfAbsent(segment.label(), name -> names.size());
            perFrame.add(index * states + Math.min((int) part, states - 1));
        }
        return new FrameLabels(List.copyOf(names.keySet()), perFrame);
    }
}
