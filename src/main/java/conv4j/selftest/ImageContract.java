package conv4j.selftest;

import static conv4j.selftest.Numbers.gamma;

import conv4j.graph.Concatenate;
import conv4j.graph.Pad2d;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Padding, cropping, enlarging, joining and splitting. */
final class ImageContract extends Contract {

    ImageContract(Subject subject) {
        super("image", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("padding and cropping move exactly", this::paddingAndCroppingMoveExactly),
                check(
                        "nearest enlarging repeats and its gradient adds",
                        this::nearestEnlargingRepeatsAndItsGradientAdds),
                check(
                        "bilinear enlarging and its gradient are weighted means",
                        this::bilinearEnlargingAndItsGradientAreWeightedMeans),
                check("joining and splitting move exactly", this::joiningAndSplittingMoveExactly),
                check("a value may be joined to itself", this::aValueMayBeJoinedToItself));
    }

    private static Value images(String name, int... shape) {
        return Value.activation(name, Shape.of(shape));
    }

    /** Top, bottom, left, right and the number of channels. */
    private static List<int[]> frames() {
        List<int[]> frames = new ArrayList<>(
                List.of(new int[] {0, 0, 0, 0, 3}, new int[] {1, 2, 3, 4, 3}, new int[] {0, 1, 0, 0, 1}, new int[] {
                    2, 0, 5, 0, 4
                }));
        for (int channels : Numbers.EDGES) {
            frames.add(new int[] {1, 0, 0, 2, channels});
        }
        return frames;
    }

    private void paddingAndCroppingMoveExactly() {
        each(frames(), f -> {
            int h = 3 + f[0] + f[1];
            int w = 5 + f[2] + f[3];
            Pad2d pad = new Pad2d(images("x", 3, 5, f[4]), images("y", h, w, f[4]), f[0], f[2]);
            Trial.of(List.of(f[0], f[1], f[2], f[3], f[4]), pad, 2, 3)
                    .reals(random())
                    .assertExact(subject());
            Pad2d.Crop crop = new Pad2d.Crop(images("x", h, w, f[4]), images("y", 3, 5, f[4]), f[0], f[2]);
            Trial.of(List.of(f[0], f[1], f[2], f[3], f[4]), crop, 2, 3)
                    .reals(random())
                    .assertExact(subject());
        });
    }

    /** Factors and channels. */
    private static List<int[]> factors() {
        List<int[]> factors = new ArrayList<>(List.of(
                new int[] {1, 1, 3}, new int[] {2, 2, 3}, new int[] {3, 2, 4}, new int[] {1, 4, 1}, new int[] {5, 3, 2
                }));
        for (int channels : Numbers.EDGES) {
            factors.add(new int[] {2, 2, channels});
        }
        return factors;
    }

    private void nearestEnlargingRepeatsAndItsGradientAdds() {
        each(factors(), f -> {
            Value x = images("x", 3, 5, f[2]);
            Value y = images("y", 3 * f[0], 5 * f[1], f[2]);
            String title = f[0] + " x " + f[1] + " on " + x;
            Trial.of(title, new UpSample2d(x, y, f[0], f[1], false), 2, 3)
                    .reals(random())
                    .assertExact(subject());
            Trial.of(title, new UpSample2d.Gradient(y, images("dx", 3, 5, f[2]), f[0], f[1], false), 2, 3)
                    .integers(random(), 9)
                    .assertExact(subject());
        });
    }

    private void bilinearEnlargingAndItsGradientAreWeightedMeans() {
        each(factors(), f -> Stream.of(1, 4).forEach(height -> {
            Value x = images("x", height, 5, f[2]);
            Value y = images("y", height * f[0], 5 * f[1], f[2]);
            String title = f[0] + " x " + f[1] + " on " + x;
            Trial forward = Trial.of(title, new UpSample2d(x, y, f[0], f[1], true), 2, 3)
                    .reals(random());
            float[] magnitude = forward.absolute().onReference().single();
            float[] x0 = forward.elements(x);
            double largest = largest(x0);
            // Source positions up to 32 are good to 32 u each, and move the mean by that much of a pixel's difference.
            forward.assertWithin(subject(), (v, i, want) -> gamma(12) * magnitude[i] + 4 * 32 * gamma(4) * largest);
            UpSample2d.Gradient gradient = new UpSample2d.Gradient(y, images("dx", height, 5, f[2]), f[0], f[1], true);
            Trial backward = Trial.of(title, gradient, 2, 3).reals(random());
            float[] sums = backward.absolute().onReference().single();
            double most = largest(backward.elements(y));
            int contributions = 4 * f[0] * f[1];
            backward.assertWithin(
                    subject(),
                    (v, i, want) -> gamma(contributions + 12) * sums[i] + contributions * 4 * 32 * gamma(4) * most);
        }));
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private record Joint(int axis, List<Value> parts) {

        static Joint of(int axis, int[]... shapes) {
            return new Joint(
                    axis,
                    Arrays.stream(shapes).map(shape -> images("part", shape)).toList());
        }

        Value whole() {
            int extent = parts.stream().mapToInt(part -> part.shape().dim(axis)).sum();
            return Value.activation("whole", parts.get(0).shape().with(axis, extent));
        }
    }

    private static List<Joint> joints() {
        List<Joint> joints = new ArrayList<>(List.of(
                Joint.of(2, new int[] {2, 3, 4}, new int[] {2, 3, 1}, new int[] {2, 3, 33}),
                Joint.of(0, new int[] {2, 3, 4}, new int[] {5, 3, 4}),
                Joint.of(1, new int[] {2, 3, 4}, new int[] {2, 1, 4}),
                Joint.of(0, new int[] {65}, new int[] {1}, new int[] {16}, new int[] {3})));
        for (int size : Numbers.EDGES) {
            joints.add(Joint.of(1, new int[] {3, size}, new int[] {3, 17}));
        }
        // Longer than the piece that a work-item copies; where it is one of three at even distances.
        joints.add(joints.size() / 3 + 1, Joint.of(0, new int[] {9001}, new int[] {4200}));
        return joints;
    }

    private void joiningAndSplittingMoveExactly() {
        each(joints(), joint -> {
            Trial.of(joint.parts(), new Concatenate(joint.parts(), joint.whole(), joint.axis()), 2, 3)
                    .reals(random())
                    .assertExact(subject());
            Trial.of(joint.parts(), new Concatenate.Split(joint.whole(), joint.parts(), joint.axis()), 2, 3)
                    .reals(random())
                    .assertExact(subject());
        });
    }

    private void aValueMayBeJoinedToItself() {
        Value x = images("x", 3, 4);
        Trial.of("x, x", new Concatenate(List.of(x, x), images("whole", 3, 8), 1), 2, 2)
                .reals(random())
                .assertExact(subject());
    }
}
