package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.backend.Backend;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.layers.Add;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Conv2DTranspose;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Tensor;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.optimizers.Adam;
import conv4j.optimizers.SGD;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a summary says of a model, counted by hand. */
class SummaryTest {

    private final Backend backend = new ReferenceBackend();

    @AfterEach
    void closeTheBackend() {
        backend.close();
    }

    private Model line() {
        return new Sequential("line", new Input(2), new Dense(3), new BatchNormalization(), new Dense(1)).on(backend);
    }

    /** Of 9 + 12 + 4 parameters 6 are moving averages; Adam has two numbers for each of the other 19. */
    @Test
    void aSequentialModelIsListedWithItsTotals() {
        try (Model model = line()) {
            model.compile(new Adam(), new MeanSquaredError());
            MemoryUse memory = model.memoryUse(4);
            assertEquals(
                    """
                    Model: "line"
                    ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
                    ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
                    ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
                    │ dense (Dense)                   │ (None, 3)              │             9 │
                    ├─────────────────────────────────┼────────────────────────┼───────────────┤
                    │ batch_normalization             │ (None, 3)              │            12 │
                    │ (BatchNormalization)            │                        │               │
                    ├─────────────────────────────────┼────────────────────────┼───────────────┤
                    │ dense_1 (Dense)                 │ (None, 1)              │             4 │
                    └─────────────────────────────────┴────────────────────────┴───────────────┘
                     Total params: 63 (252.00 B)
                     Trainable params: 19 (76.00 B)
                     Non-trainable params: 6 (24.00 B)
                     Optimizer params: 38 (152.00 B)
                     Multiply-adds per item: 0.00 million forward
                    """
                            + " Device memory for batch 4 on reference: "
                            + Summary.bytes(memory.total()) + " (parameters 8.00 KB, gradients and optimizer 18.00 KB,"
                            + " activations " + Summary.bytes(memory.activations()) + ")\n",
                    model.summary(4).replace("\r\n", "\n"));
            assertEquals(25, model.parameterCount());
        }
    }

    /** The first dense layer's 9 are frozen, beside the 6 moving averages. */
    @Test
    void anOptimizerWithoutSlotsHasNoLineAndFrozenLayersAreNotTrainable() {
        try (Model model = line()) {
            model.layers().get(1).trainable(false);
            model.compile(new SGD(), new MeanSquaredError());
            List<String> lines = model.summary(4).lines().toList();
            assertEquals(" Total params: 25 (100.00 B)", lines.get(11));
            assertEquals(" Trainable params: 10 (40.00 B)", lines.get(12));
            assertEquals(" Non-trainable params: 15 (60.00 B)", lines.get(13));
            assertEquals(" Multiply-adds per item: 0.00 million forward", lines.get(14));
        }
    }

    @Test
    void aModelThatIsNotCompiledHasNoOptimizer() {
        try (Model model = line()) {
            List<String> lines = model.summary(4).lines().toList();
            assertEquals(" Total params: 25 (100.00 B)", lines.get(11));
            assertEquals(" Multiply-adds per item: 0.00 million forward", lines.get(14));
            assertEquals(0, model.memoryUse(4).optimizer());
        }
    }

    @Test
    void aGraphIsListedWithItsConnections() {
        Tensor x = new Input(4).name("x").apply();
        Tensor a = new Dense(4).name("a").apply(x);
        Tensor sum = new Add().name("sum").apply(a, x);
        try (Model model = new Model("graph", x, sum).on(backend)) {
            List<String> lines = model.summary(1).lines().toList();
            assertEquals(
                    "┃ Layer (type)        ┃ Output Shape        ┃    Param # ┃ Connected to        ┃", lines.get(2));
            assertEquals(
                    "│ x (InputLayer)      │ (None, 4)           │          0 │ -                   │", lines.get(4));
            assertEquals(
                    "│ a (Dense)           │ (None, 4)           │         20 │ x                   │", lines.get(6));
            assertEquals(
                    "│ sum (Add)           │ (None, 4)           │          0 │ a, x                │", lines.get(8));
        }
    }

    /** Places are multiples of 256 floats: four parameters, and for each of three tensors of the step one at least. */
    @Test
    void memoryIsCountedInPlaces() {
        try (Model model = new Sequential("two", new Input(2), new Dense(300), new Dense(1)).on(backend)) {
            assertEquals(4 * (768 + 512 + 512 + 256), model.memoryUse(1).parameters());
            model.compile(new Adam(), new MeanSquaredError());
            MemoryUse memory = model.memoryUse(1);
            assertEquals(3 * memory.parameters(), memory.optimizer(), "gradients and two slots");
            assertEquals(memory.parameters() + memory.optimizer() + memory.activations(), memory.total());
            model.compile(new SGD(), new MeanSquaredError());
            assertEquals(memory.parameters(), model.memoryUse(1).optimizer());
        }
    }

    /** What was planned is what training then takes: also for class indices, of which there is one for each row. */
    @Test
    void targetsOfSparseLossesAreSmall() {
        try (Model model = new Sequential("rows", new Input(7, 500), new Dense(500)).on(backend)) {
            model.compile(new SGD(), new MeanSquaredError());
            long vectors = model.memoryUse(1).activations();
            model.compile(new SGD(), new SparseCategoricalCrossentropy(true, 0));
            assertEquals(4 * (3584 - 256), vectors - model.memoryUse(1).activations());
        }
    }

    /** 3 * 3 * 2 * 4 for each of 6 * 5 places; 2 * 2 * 4 * 3 for each of the same; 120 * 7; 5 rows of 4 by 2. */
    @Test
    void multiplyAddsByHand() {
        try (Model model = new Sequential(
                "image",
                new Input(8, 7, 2),
                new Conv2D(4, 3),
                new Conv2DTranspose(3, 2).strides(2),
                new Flatten(),
                new Dense(7))) {
            long products = 30 * 3 * 3 * 2 * 4 + 30 * 2 * 2 * 4 * 3 + 12 * 10 * 3 * 7;
            assertEquals(products, Summary.multiplyAdds(model));
        }
        try (Model model = new Sequential("rows", new Input(5, 4), new Dense(2))) {
            assertEquals(5 * 4 * 2, Summary.multiplyAdds(model));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.00 B",
        "1023, 1023.00 B",
        "1024, 1.00 KB",
        "1536, 1.50 KB",
        "1048576, 1.00 MB",
        "1073741824, 1.00 GB",
        "1099511627776, 1.00 TB",
        "1125899906842624, 1024.00 TB"
    })
    void bytesAreWrittenInTheLargestUnit(long bytes, String expected) {
        assertEquals(expected, Summary.bytes(bytes));
    }
}
