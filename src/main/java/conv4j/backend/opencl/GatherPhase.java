package conv4j.backend.opencl;

import java.util.ArrayList;
import java.util.List;

/**
 * The part of a gather with gaps that its target positions of one phase are: those whose places leave the same remainders by
 * the gaps. They meet the same taps, every gap-th one where the dilation is 1, so that among themselves they are a gather
 * without gaps: an input gradient with stride 2 is four convolutions with a quarter of the taps each (Dumoulin and Visin
 * 2016, section 4.4, without the zeros between inputs).
 *
 * @param gather the part
 * @param rows where it lies in the whole along the height
 * @param columns the same along the width
 */
record GatherPhase(GatherGeometry gather, Axis rows, Axis columns) {

    /**
     * One axis: the part's target position i is position {@code first + i * gap} of a target of so many positions; its tap j
     * is tap {@code firstTap + j * tapStep} of the kernel's.
     */
    record Axis(int first, int gap, int target, int firstTap, int tapStep, int taps) {}

    private record Part(GatherGeometry.Axis axis, Axis place) {}

    /**
     * The phases that have positions, which together are the gather; a single one where there are no gaps.
     *
     * @param reversed whether taps are met in the reverse of their order in the kernel
     */
    static List<GatherPhase> of(GatherGeometry g, boolean reversed) {
        List<GatherPhase> phases = new ArrayList<>();
        for (Part y : parts(g.rows(), reversed)) {
            for (Part x : parts(g.columns(), reversed)) {
                GatherGeometry part =
                        new GatherGeometry(y.axis, x.axis, g.sourceChannels(), g.targetChannels(), g.groups());
                phases.add(new GatherPhase(part, y.place, x.place));
            }
        }
        return phases;
    }

    private static List<Part> parts(GatherGeometry.Axis axis, boolean reversed) {
        List<Part> parts = new ArrayList<>();
        for (int first = 0; first < Math.min(axis.gap(), axis.target()); first++) {
            parts.add(part(axis, first, reversed));
        }
        return parts;
    }

    private static Part part(GatherGeometry.Axis axis, int first, boolean reversed) {
        int gap = axis.gap();
        int firstTap = 0;
        while (firstTap < axis.taps() && source(axis, first, firstTap) % gap != 0) {
            firstTap++;
        }
        int tapStep = 1;
        while (tapStep * axis.dilation() % gap != 0) {
            tapStep++;
        }
        int taps = (axis.taps() - firstTap + tapStep - 1) / tapStep;
        int target = (axis.target() - first + gap - 1) / gap;
        int padLow = taps == 0 ? 0 : -source(axis, first, firstTap) / gap;
        int dilation = tapStep * axis.dilation() / gap;
        // A phase that meets no tap sums nothing; its first tap is any that exists.
        int kept = taps == 0 ? 0 : firstTap;
        Axis place = reversed
                ? new Axis(first, gap, axis.target(), axis.taps() - 1 - kept, -tapStep, axis.taps())
                : new Axis(first, gap, axis.target(), kept, tapStep, axis.taps());
        return new Part(new GatherGeometry.Axis(target, axis.source(), taps, axis.step(), 1, dilation, padLow), place);
    }

    /** Where a tap of a position lies in a source with its gaps. */
    private static int source(GatherGeometry.Axis axis, int position, int tap) {
        return position * axis.step() + tap * axis.dilation() - axis.padLow();
    }

    /** The words of {@code struct Phase} of tile_convolution.cl. */
    int[] words() {
        return new int[] {
            rows.first,
            rows.gap,
            rows.target,
            rows.firstTap,
            rows.tapStep,
            rows.taps,
            columns.first,
            columns.gap,
            columns.target,
            columns.firstTap,
            columns.tapStep,
            columns.taps
        };
    }
}
