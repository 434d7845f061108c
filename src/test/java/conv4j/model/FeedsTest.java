package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.DeviceInfo;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.data.ImageSet;
import conv4j.data.Normalization;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a data set comes to a device: whole when it fits, else batch by batch; either way every item in its place. */
class FeedsTest {

    /** More than the items that are written at a time. */
    private static final int ITEMS = 2500;

    private static final Shape SHAPE = Shape.of(1, 2, 3);

    private final ReferenceBackend inner = new ReferenceBackend();
    private final List<String> purposes = new ArrayList<>();
    private long memoryBytes = Long.MAX_VALUE;
    private long largestAllocation = Long.MAX_VALUE;

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, inner.allocatedBytes());
        inner.close();
    }

    /** The reference backend with another size, noting what memory is asked for. */
    private Backend device() {
        return (Backend) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("allocate")) {
                        purposes.add((String) arguments[0]);
                    }
                    return method.getName().equals("device") ? info() : method.invoke(inner, arguments);
                });
    }

    private DeviceInfo info() {
        return new DeviceInfo("id", "name", "CPU", "platform", "1", memoryBytes, largestAllocation, 1, 0, 1);
    }

    private boolean isResident() {
        return purposes.contains("the data set's inputs");
    }

    private static ImageSet images() {
        byte[] pixels = new byte[ITEMS * SHAPE.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7 + i / 256);
        }
        return new ImageSet(SHAPE, pixels, new int[ITEMS], List.of("only"));
    }

    private static ArraySet floats() {
        float[] values = new float[ITEMS * SHAPE.size()];
        float[] targets = new float[ITEMS * 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        for (int i = 0; i < targets.length; i++) {
            targets[i] = -i;
        }
        return new ArraySet(SHAPE, values, Shape.of(2), targets);
    }

    /** A model that returns what goes into it, normalized. */
    private Model identity(Normalization normalization) {
        return new Sequential("identity", new Input(SHAPE), new Flatten())
                .on(device())
                .normalization(normalization);
    }

    private void everyItemComesNormalized(Dataset data, Normalization normalization, boolean resident) {
        try (Model model = identity(normalization)) {
            float[][] rows = model.predict(data, 7);
            assertEquals(resident, isResident());
            assertEquals(ITEMS, rows.length);
            float[] scale = normalization.scale();
            float[] shift = normalization.shift();
            float[] item = new float[SHAPE.size()];
            for (int n = 0; n < ITEMS; n++) {
                data.input(n, item, 0);
                for (int i = 0; i < item.length; i++) {
                    int c = i % scale.length;
                    item[i] = item[i] * scale[c] + shift[c];
                }
                assertArrayEquals(item, rows[n], 1e-3f, "item " + n);
            }
        }
    }

    private static final Normalization OF_CHANNELS = new Normalization(new float[] {1, 2, 3}, new float[] {4, 5, 6});
    private static final Normalization OF_ALL = new Normalization(new float[] {0.5f}, new float[] {9});

    private void weightsGoByTheOrderThatIsThere(boolean resident) {
        Dataset data = floats();
        float[] ones = new float[ITEMS];
        Arrays.fill(ones, 1);
        try (Model model = new Sequential("line", new Input(SHAPE), new Flatten(), new Dense(2)).on(device())) {
            model.compile(new SGD(0), new MeanSquaredError());
            model.fit(data, new FitOptions().batchSize(500).sampleWeight(ones));
            assertEquals(resident, isResident());
            assertEquals(resident, purposes.contains("the data set's order"));
            assertEquals(!resident, purposes.contains("the order of the items' weights"));
        }
    }

    @Test
    void weightsOfItemsOnTheDeviceAreGatheredByTheSameOrder() {
        weightsGoByTheOrderThatIsThere(true);
    }

    @Test
    void weightsOfItemsThatAreReadInBatchesHaveAnOrderOfTheirOwn() {
        memoryBytes = 2 * ResidentFeed.bytes(floats());
        weightsGoByTheOrderThatIsThere(false);
    }

    @Test
    void bytesOnTheDevice() {
        everyItemComesNormalized(images(), OF_CHANNELS, true);
        everyItemComesNormalized(images(), OF_ALL, true);
    }

    @Test
    void floatsOnTheDevice() {
        everyItemComesNormalized(floats(), OF_CHANNELS, true);
        everyItemComesNormalized(floats(), OF_ALL, true);
    }

    @Test
    void batchAfterBatch() {
        largestAllocation = 1 << 12;
        everyItemComesNormalized(images(), OF_CHANNELS, false);
        everyItemComesNormalized(floats(), OF_ALL, false);
    }

    /** Six bytes or floats of input, one or two floats of target, and the place in the order, for each item. */
    @Test
    void aDataSetNeedsBytesForInputsTargetsAndOrder() {
        assertEquals(ITEMS * (6 + 4 + 4L), ResidentFeed.bytes(images()));
        assertEquals(ITEMS * (6 * 4 + 2 * 4 + 4L), ResidentFeed.bytes(floats()));
    }

    /** Half of the device is for the data set; one byte more and it is streamed. */
    @Test
    void aDataSetIsResidentWhenItNeedsLessThanHalfOfTheDevice() {
        long bytes = ResidentFeed.bytes(floats());
        for (long half : new long[] {bytes, bytes + 1}) {
            purposes.clear();
            memoryBytes = 2 * half;
            try (Model model = identity(OF_ALL)) {
                model.predict(floats(), 7);
                assertEquals(half > bytes, isResident());
            }
        }
    }

    @Test
    void whatIsAllocatedAlreadyCounts() {
        long bytes = ResidentFeed.bytes(floats());
        memoryBytes = 2 * (bytes + 1);
        try (Model model = identity(OF_ALL)) {
            model.predict(floats(), 7);
            assertTrue(isResident());
            purposes.clear();
            model.predict(floats(), 7);
            assertTrue(!isResident(), "the model's own memory takes the place");
        }
    }

    @Test
    void aDataSetIsResidentWhenItFitsIntoOnePiece() {
        long bytes = ResidentFeed.bytes(floats());
        for (long piece : new long[] {bytes, bytes + 1}) {
            purposes.clear();
            largestAllocation = piece;
            try (Model model = identity(OF_ALL)) {
                model.predict(floats(), 7);
                assertEquals(piece > bytes, isResident());
            }
        }
    }

    /** A data set that is read from files stays there. */
    @Test
    void aDataSetThatIsNotInMemoryIsStreamed() {
        Dataset data = floats();
        Dataset files = (Dataset) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Dataset.class},
                (proxy, method, arguments) ->
                        method.getName().equals("inMemory") ? false : method.invoke(data, arguments));
        try (Model model = identity(OF_ALL)) {
            model.predict(files, 7);
            assertTrue(!isResident());
        }
    }

    private float[] trained(boolean resident) {
        memoryBytes = resident ? Long.MAX_VALUE : 1 << 17;
        purposes.clear();
        try (Model model = new Sequential("line", new Input(SHAPE), new Flatten(), new Dense(2)).on(device())) {
            model.normalization(new Normalization(new float[] {1e-4f}, new float[] {0}));
            model.compile(new SGD(1e-9), new MeanSquaredError());
            model.fit(floats(), new FitOptions().epochs(2).batchSize(64));
            assertEquals(resident, isResident());
            return model.weights().get("dense/kernel");
        }
    }

    @Test
    void trainingIsTheSameEitherWay() {
        assertArrayEquals(trained(true), trained(false), 1e-6f);
    }

    @Test
    void inputsAndTargetsMustFitTheModel() {
        try (Model model = new Sequential("line", new Input(SHAPE), new Flatten(), new Dense(3)).on(device())) {
            model.compile(new SGD(), new MeanSquaredError());
            ArraySet wrongInputs = new ArraySet(Shape.of(2), new float[4], Shape.of(3), new float[6]);
            assertRefused("inputs of shape (1, 2, 3), but the data set has (2,)", () -> model.predict(wrongInputs, 1));
            assertRefused("inputs of shape (1, 2, 3), but", () -> model.evaluate(wrongInputs, 1));
            assertRefused("targets of 3 numbers", () -> model.evaluate(floats(), 1));
            assertRefused("targets of 3 numbers", () -> model.fit(floats(), new FitOptions()));
            assertThrows(IllegalArgumentException.class, () -> model.predict(floats(), 0));
            model.compile(new SGD(), new SparseCategoricalCrossentropy());
            assertRefused("targets of 1 numbers", () -> model.evaluate(floats(), 1));
        }
        try (Model rows = new Sequential("rows", new Input(4, 5), new Dense(3)).on(device())) {
            rows.compile(new SGD(), new SparseCategoricalCrossentropy(true, 0));
            ArraySet many = new ArraySet(Shape.of(4, 5), new float[20], Shape.of(4), new float[] {0, 1, 2, 0});
            assertTrue(rows.evaluate(many, 1).loss() > 0, "one class for each row");
        }
    }

    private static void assertRefused(String said, Runnable code) {
        String message = assertThrows(DataException.class, code::run).getMessage();
        assertTrue(message.contains(said), message);
    }

    @Test
    void aNormalizationOfOtherChannelsIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> identity(new Normalization(new float[2], new float[2]))
                .close());
        assertThrows(
                IllegalArgumentException.class,
                () -> new ResidentFeed(inner, floats(), new Normalization(new float[2], new float[2])));
    }
}
