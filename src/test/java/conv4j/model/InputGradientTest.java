package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.backend.opencl.TestDevice;
import conv4j.data.ArraySet;
import conv4j.data.Normalization;
import conv4j.layers.Add;
import conv4j.layers.AveragePooling2D;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Tensor;
import conv4j.random.RandomStream;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of filters and classes with respect to images, against differences of what the model itself computes. */
class InputGradientTest {

    private static final Shape IMAGE = Shape.of(6, 7, 2);
    private static final float STEP = 2;

    /** Two branches, smooth functions, a normalization of each channel; nothing that a difference would stumble on. */
    private static Model model(Backend backend) {
        Tensor input = Input.of(IMAGE.toArray());
        Tensor first = new Conv2D(4, 3)
                .padding(Padding.SAME)
                .activation("tanh")
                .name("first")
                .apply(input);
        Tensor branch = new Conv2D(4, 1).name("branch").apply(first);
        Tensor sum = new BatchNormalization().name("norm").apply(new Add().apply(first, branch));
        Tensor flat = new Flatten().apply(new AveragePooling2D(2).apply(new Dropout(0.5).apply(sum)));
        Tensor output = new Dense(3).activation("softmax").name("classes").apply(flat);
        return new Model("branching", input, output)
                .on(backend)
                .seed(3)
                .normalization(new Normalization(new float[] {0.02f, 0.03f}, new float[] {-2, -3}));
    }

    private static float[] images(int count) {
        RandomStream random = new RandomStream(5, 0);
        float[] pixels = new float[count * IMAGE.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextInt(256);
        }
        return pixels;
    }

    private static Backend open(String device) {
        if (device.startsWith("opencl")) {
            TestDevice.require();
        }
        return Backends.open(device);
    }

    private static final List<Objective> OBJECTIVES = List.of(
            Objective.filter("first", 2),
            Objective.filter("norm", 0),
            Objective.filter("classes", 1),
            Objective.probability(2),
            Objective.logit(0));

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu", "opencl:0"})
    void gradientsAreTheSlopesOfWhatTheLayersReturn(String device) {
        try (Backend backend = open(device);
                Model model = model(backend)) {
            for (Objective objective : OBJECTIVES) {
                try (InputGradient gradient = model.gradientOf(List.of(objective, objective))) {
                    checkSlopes(gradient, objective.toString());
                }
                if (objective.layer() != null) {
                    checkValue(model, objective);
                }
            }
        }
    }

    private static void checkSlopes(InputGradient gradient, String what) {
        float[] images = images(2);
        float[] computed = gradient.at(images).gradients();
        double largest = 0;
        for (float one : computed) {
            largest = Math.max(largest, Math.abs(one));
        }
        assertTrue(largest > 0, what + " does not depend on the image");
        for (int i = 0; i < computed.length; i += 5) {
            int image = i / IMAGE.size();
            float[] moved = images.clone();
            moved[i] += STEP;
            double above = gradient.at(moved).values()[image];
            moved[i] -= 2 * STEP;
            double below = gradient.at(moved).values()[image];
            assertEquals((above - below) / (2 * STEP), computed[i], 0.01 * largest, what + " by number " + i);
        }
    }

    private static void checkValue(Model model, Objective objective) {
        ArraySet set = new ArraySet(IMAGE, images(1), Shape.SCALAR, new float[1]);
        float[] output = model.activations(objective.layer(), set, 8)[0];
        Shape shape = model.layerShape(objective.layer());
        double mean = 0;
        for (int i = objective.channel(); i < output.length; i += shape.columns()) {
            mean += (double) output[i] / shape.rows();
        }
        try (InputGradient gradient = model.gradientOf(List.of(objective))) {
            assertEquals(mean, gradient.at(images(1)).values()[0], 1e-5, objective.toString());
        }
    }

    @Test
    void theLastLayerReturnsThePredictionAndTheLogitIsBeforeTheSoftmax() {
        try (Backend backend = Backends.open("reference");
                Model model = model(backend)) {
            ArraySet set = new ArraySet(IMAGE, images(3), Shape.SCALAR, new float[3]);
            float[][] predicted = model.predict(set, 2);
            float[][] last = model.activations("classes", set, 2);
            double[] logits = new double[3];
            double sum = 0;
            for (int c = 0; c < 3; c++) {
                assertArrayEquals(predicted[c], last[c]);
                try (InputGradient gradient = model.gradientOf(List.of(Objective.logit(c)))) {
                    logits[c] = gradient.at(images(1)).values()[0];
                    sum += Math.exp(logits[c]);
                }
            }
            for (int c = 0; c < 3; c++) {
                assertEquals(predicted[0][c], Math.exp(logits[c]) / sum, 1e-5);
            }
        }
    }

    @Test
    void whatIsNotThereIsRefusedWithWhatIs() {
        try (Backend backend = Backends.open("reference");
                Model model = model(backend)) {
            assertMessage("has no layer 'conv9'", model, List.of(Objective.filter("conv9", 0)));
            assertMessage("[first, branch, add, norm,", model, List.of(Objective.filter("conv9", 0)));
            assertMessage("has the channels 0 to 3", model, List.of(Objective.filter("first", 4)));
            assertMessage("has the channels 0 to 2", model, List.of(Objective.logit(3)));
            assertMessage("one layer at a time", model, List.of(Objective.filter("first", 0), Objective.logit(0)));
            assertMessage("no objective", model, List.of());
            assertEquals(0, backend.allocatedBytes());
        }
    }

    private static void assertMessage(String part, Model model, List<Objective> objectives) {
        String message = assertThrows(IllegalArgumentException.class, () -> model.gradientOf(objectives))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu", "opencl:0"})
    void stimuliRaiseWhatTheyAreMadeForAndRepeatToTheLastBit(String device) {
        try (Backend backend = open(device);
                Model model = model(backend)) {
            for (Objective objective : OBJECTIVES) {
                MaximumStimuli stimuli = new MaximumStimuli(model).steps(12).seed(4);
                MaximumStimuli.Stimulus stimulus =
                        stimuli.of(List.of(objective)).get(0);
                assertTrue(stimulus.after() > stimulus.before(), stimulus.toString());
                assertEquals(stimulus, stimuli.of(List.of(objective)).get(0));
                float[] other = stimuli.seed(5).of(List.of(objective)).get(0).pixels();
                assertTrue(!Arrays.equals(stimulus.pixels(), other), "another seed, the same image");
                for (float pixel : stimulus.pixels()) {
                    assertTrue(pixel >= 0 && pixel <= 255, "out of range: " + pixel);
                }
            }
        }
    }

    @Test
    void stimuliMadeTogetherAreThoseMadeAlone() {
        try (Backend backend = Backends.open("reference");
                Model model = model(backend)) {
            MaximumStimuli stimuli = new MaximumStimuli(model).steps(4);
            List<MaximumStimuli.Stimulus> both = stimuli.of(List.of(Objective.logit(0), Objective.logit(1)));
            assertEquals(both.get(1), stimuli.of(List.of(Objective.logit(1))).get(0));
        }
    }
}
