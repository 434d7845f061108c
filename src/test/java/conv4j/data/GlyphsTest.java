package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GlyphsTest {

    private static byte[] bytes(ImageSet set, int index) {
        byte[] image = new byte[set.inputShape().size()];
        set.inputBytes(index, image, 0);
        return image;
    }

    private static String sha256(ImageSet set) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < set.size(); i++) {
            digest.update((byte) set.label(i));
            digest.update(bytes(set, i));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The same with every compiler mode of JDK 17 and 25. Reported accuracies depend on it: a change needs a reason. */
    @Test
    void theBytesOfASeedAreTheSameOnEveryMachine() throws NoSuchAlgorithmException {
        assertEquals(
                "3edfaa07d50c608e8562d348cc00ea1663faa6cb444ff26e3ab6b669b5272ac9", sha256(Glyphs.train(1000, 42)));
        assertEquals("cf472978793b99db7c4374be417bdea115b9e04ae13fe237ad8757b3fa6661ca", sha256(Glyphs.test(1000, 42)));
    }

    @Test
    void theFirstImagesOfALargerSetAreTheSmallerSet() {
        ImageSet small = Glyphs.train(70, 5);
        ImageSet large = Glyphs.train(500, 5);
        for (int i = 0; i < small.size(); i++) {
            assertEquals(large.label(i), small.label(i));
            assertArrayEquals(bytes(large, i), bytes(small, i));
        }
    }

    @Test
    void trainingAndTestImagesAndSeedsDiffer() {
        Set<String> seen = new HashSet<>();
        for (ImageSet set : new ImageSet[] {Glyphs.train(300, 1), Glyphs.test(300, 1), Glyphs.train(300, 2)}) {
            for (int i = 0; i < set.size(); i++) {
                assertTrue(seen.add(Arrays.toString(bytes(set, i))), "image " + i + " comes twice");
            }
        }
    }

    @Test
    void everyDigitComesAboutAsOften() {
        ImageSet set = Glyphs.train(5000, 3);
        int[] counts = new int[10];
        for (int i = 0; i < set.size(); i++) {
            counts[set.label(i)]++;
        }
        // 5 deviations of a binomial count of 5000 with probability 1/10.
        assertTrue(Arrays.stream(counts).allMatch(c -> Math.abs(c - 500) < 106), Arrays.toString(counts));
    }

    @Test
    void otherSizesAndNumbersOfChannelsWork() {
        for (Shape shape : new Shape[] {Shape.of(8, 8, 1), Shape.of(20, 48, 1), Shape.of(64, 40, 4)}) {
            ImageSet set = Glyphs.test(shape, 5, 1);
            assertEquals(shape, set.inputShape());
            byte[] image = bytes(set, 4);
            assertFalse(Arrays.equals(new byte[image.length], image));
        }
    }

    @Test
    void badRequestsAreRefused() {
        assertThrows(DataException.class, () -> Glyphs.train(0, 1));
        assertThrows(DataException.class, () -> Glyphs.train(Shape.of(7, 32, 3), 1, 1));
        assertThrows(DataException.class, () -> Glyphs.train(Shape.of(32, 32), 1, 1));
    }

    @Test
    void aLinearClassifierStaysFarBelowANetwork() {
        LinearClassifier linear = new LinearClassifier(3072);
        ImageSet train = Glyphs.train(4000, 1);
        for (int epoch = 0; epoch < 6; epoch++) {
            linear.epoch(train, epoch);
        }
        double seen = linear.accuracy(train);
        double unseen = linear.accuracy(Glyphs.test(1000, 1));
        assertTrue(seen > 0.15, "the classifier learns something: " + seen);
        assertTrue(unseen < 0.4, "a first convolutional network reaches 0.9 after an epoch of 10,000: " + unseen);
    }

    /** Softmax regression on the pixels, by stochastic gradient descent. */
    private static final class LinearClassifier {
        private static final float RATE = 5e-4f;
        private final float[][] weights;
        private final float[] image;
        private final double[] scores = new double[10];

        LinearClassifier(int inputs) {
            weights = new float[10][inputs + 1];
            image = new float[inputs + 1];
        }

        /** Probabilities of the classes of an image. */
        private void predict(ImageSet set, int index) {
            set.input(index, image, 0);
            Normalization.centered().apply(image, 0, image.length - 1, 3);
            image[image.length - 1] = 1;
            double sum = 0;
            for (int k = 0; k < 10; k++) {
                float score = 0;
                for (int i = 0; i < image.length; i++) {
                    score += weights[k][i] * image[i];
                }
                scores[k] = Math.exp(score);
                sum += scores[k];
            }
            for (int k = 0; k < 10; k++) {
                scores[k] /= sum;
            }
        }

        void epoch(ImageSet set, int epoch) {
            for (int index : RandomStream.permutation(set.size(), 1, epoch)) {
                predict(set, index);
                for (int k = 0; k < 10; k++) {
                    float step = RATE * (float) (scores[k] - (set.label(index) == k ? 1 : 0));
                    for (int i = 0; i < image.length; i++) {
                        weights[k][i] -= step * image[i];
                    }
                }
            }
        }

        double accuracy(ImageSet set) {
            int right = 0;
            for (int index = 0; index < set.size(); index++) {
                predict(set, index);
                int best = 0;
                for (int k = 1; k < 10; k++) {
                    best = scores[k] > scores[best] ? k : best;
                }
                right += best == set.label(index) ? 1 : 0;
            }
            return right / (double) set.size();
        }
    }
}
