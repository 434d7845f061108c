package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.SGD;
import conv4j.schedules.ExponentialDecay;
import conv4j.shape.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an optimizer remembers, from arrays that are numbered or named. */
class OptimizerReaderTest {

    private static final List<String> WEIGHTS = List.of("d/kernel", "d/bias");
    private static final Shape KERNEL = Shape.of(2, 1);
    private static final Shape BIAS = Shape.of(1);

    @TempDir
    private Path folder;

    private final Model model = new Sequential("m", new Input(2), new Dense(1).name("d"));
    private final LayerReader notes = new LayerReader();
    private final H5Writer writer = new H5Writer();
    private int next;

    @AfterEach
    void close() {
        model.close();
    }

    private OptimizerReaderTest number(Number number) {
        writer.put("optimizer/vars/" + next++, number);
        return this;
    }

    private OptimizerReaderTest array(Shape shape, float... values) {
        writer.put("optimizer/vars/" + next++, shape, values);
        return this;
    }

    private OptimizerMemory read(Optimizer optimizer) throws IOException {
        model.compile(optimizer, new MeanSquaredError());
        writer.put("unused", 1);
        try (H5File file = new H5File(writer.toBytes(), "weights")) {
            new OptimizerReader(file, model, WEIGHTS, model.weights()::shape, notes).readArchive(3);
        }
        return OptimizerMemory.of(model);
    }

    @Test
    void stepsRateAndSlotsFollowEachOther() throws IOException {
        OptimizerMemory memory =
                number(5).number(0.25f).array(KERNEL, 1, 2).array(BIAS, 3).read(new SGD(0.1).momentum(0.9));
        assertEquals(5, memory.steps());
        assertEquals(3, memory.epochs());
        assertEquals(0.25, model.optimizer().learningRateAt(0));
        assertEquals(
                Set.of("d/kernel/momentum", "d/bias/momentum"), memory.slots().keySet());
        assertArrayEquals(new float[] {1, 2}, memory.slots().get("d/kernel/momentum"));
        assertArrayEquals(new float[] {3}, memory.slots().get("d/bias/momentum"));
        assertEquals(Set.of(), notes.warnings());
    }

    @Test
    void aScheduleHasNoRateInTheFile() throws IOException {
        Optimizer optimizer =
                new SGD().learningRate(new ExponentialDecay(0.5, 2, 0.5)).momentum(0.9);
        OptimizerMemory memory = number(5).array(KERNEL, 1, 2).array(BIAS, 3).read(optimizer);
        assertEquals(5, memory.steps());
        assertArrayEquals(new float[] {3}, memory.slots().get("d/bias/momentum"));
        assertEquals(0.5, model.optimizer().learningRateAt(0));
    }

    @Test
    void aRateBesideAScheduleIsNotTaken() throws IOException {
        Optimizer optimizer =
                new SGD().learningRate(new ExponentialDecay(0.5, 2, 0.5)).momentum(0.9);
        number(5).number(0.25f).array(KERNEL, 1, 2).array(BIAS, 3).read(optimizer);
        assertEquals(0.25, model.optimizer().learningRateAt(2));
        assertEquals(0.5, model.optimizer().learningRateAt(0));
    }

    @Test
    void theSettingsHaveMoreDigitsOfTheirRate() throws IOException {
        number(5).number(0.1f).read(new SGD(0.1));
        assertEquals(0.1, model.optimizer().learningRateAt(0));
    }

    @Test
    void anOptimizerThatHasNotBegunHasNoSlots() throws IOException {
        OptimizerMemory memory = number(0).number(0.25f).read(new Adam(0.1));
        assertEquals(0, memory.steps());
        assertEquals(Set.of(), memory.slots().keySet());
        assertEquals(0.25, model.optimizer().learningRateAt(0));
        assertEquals(Set.of(), notes.warnings());
    }

    /** Steps and rate of the scaling optimizer, which are not used, finite steps, scale, then the other one's arrays. */
    private OptimizerReaderTest scaled(float scale) {
        return number(0).number(0f).number(17).number(scale).number(5).number(0.25f);
    }

    @Test
    void aScaleComesBeforeTheOtherOptimizersArrays() throws IOException {
        OptimizerMemory memory =
                scaled(512).array(KERNEL, 1, 2).array(BIAS, 3).read(new LossScaleOptimizer(new SGD(0.1).momentum(0.9)));
        assertEquals(5, memory.steps());
        assertEquals(0.25, model.optimizer().learningRateAt(0));
        assertArrayEquals(new float[] {512}, memory.slots().get("dynamic_scale"));
        assertArrayEquals(new float[] {17}, memory.slots().get("step_counter"));
        assertArrayEquals(new float[] {1, 2}, memory.slots().get("d/kernel/momentum"));
        assertArrayEquals(new float[] {3}, memory.slots().get("d/bias/momentum"));
        assertEquals(Set.of(), notes.warnings());
    }

    @Test
    void aScaleThatKerasLetsFallOrGrowTooFarIsTheNextOne() throws IOException {
        assertArrayEquals(
                new float[] {1},
                scaled(0.25f).read(new LossScaleOptimizer(new SGD(0.1))).slots().get("dynamic_scale"));
        next = 0;
        assertArrayEquals(
                new float[] {Float.MAX_VALUE},
                scaled(Float.POSITIVE_INFINITY)
                        .read(new LossScaleOptimizer(new SGD(0.1)))
                        .slots()
                        .get("dynamic_scale"));
    }

    @Test
    void anOptimizerThatHasNotBegunHasNoScale() throws IOException {
        OptimizerMemory memory =
                number(0).number(0f).number(0).number(0.25f).read(new LossScaleOptimizer(new Adam(0.1)));
        assertEquals(0, memory.steps());
        assertEquals(Set.of(), memory.slots().keySet());
        assertEquals(0.25, model.optimizer().learningRateAt(0));
    }

    @Test
    void theStepsAloneAreEnough() throws IOException {
        OptimizerMemory memory = number(4).read(new Adam(0.1));
        assertEquals(4, memory.steps());
        assertEquals(0.1, model.optimizer().learningRateAt(0));
    }

    @Test
    void aFileWithoutAnOptimizerChangesNothing() throws IOException {
        OptimizerMemory memory = read(new Adam(0.1));
        assertEquals(0, memory.steps());
        assertEquals(0, memory.epochs());
        assertEquals(Set.of(), notes.warnings());
    }

    @Test
    void anotherNumberOfArraysIsSaidAndLeftOut() throws IOException {
        OptimizerMemory memory =
                number(5).number(0.25f).array(KERNEL, 1, 2).array(BIAS, 3).read(new Adam(0.1));
        assertEquals(0, memory.steps());
        assertEquals(0.1, model.optimizer().learningRateAt(0));
        assertEquals(
                Set.of("the optimizer's state has 4 arrays, but Adam for 2 parameters needs 6;"
                        + " it is left out, and training begins with a new optimizer"),
                notes.warnings());
    }

    @Test
    void oneArrayTooManyIsSaidAsWell() throws IOException {
        number(5)
                .number(0.25f)
                .array(KERNEL, 1, 2)
                .array(BIAS, 3)
                .array(BIAS, 4)
                .read(new SGD(0.1).momentum(0.9));
        assertEquals(1, notes.warnings().size());
    }

    @Test
    void stepsThatCannotBeCountedAreRefused() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> number(-1L).read(new SGD(0.1)))
                .getMessage();
        assertEquals("the optimizer has made -1.0 steps; 0 to 2147483646 can be counted", message);
    }

    @Test
    void oneStepTooManyIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> number((long) Integer.MAX_VALUE)
                .read(new SGD(0.1)));
    }

    @Test
    void theMostStepsAreTaken() throws IOException {
        assertEquals(
                Integer.MAX_VALUE - 1,
                number(Integer.MAX_VALUE - 1L).read(new SGD(0.1)).steps());
    }

    @Test
    void aSlotOfAnotherShapeIsNamed() {
        String message = assertThrows(FileFormatException.class, () -> number(5)
                        .number(0.25f)
                        .array(BIAS, 1)
                        .array(BIAS, 3)
                        .read(new SGD(0.1).momentum(0.9)))
                .getMessage();
        assertTrue(
                message.contains("optimizer/vars/2 has the shape [1], but the configuration asks for [2, 1]"), message);
    }

    // Files of Keras 2, and of Keras 3 in their form.

    private OptimizerMemory legacy(Optimizer optimizer, String... names) throws IOException {
        Path path = folder.resolve("old.h5");
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup root = file.putGroup("optimizer_weights");
            root.putAttribute("weight_names", names);
            WritableGroup group = root.putGroup("o");
            for (int i = 0; i < names.length; i++) {
                String name = names[i].substring(2);
                if (name.startsWith("k")) {
                    group.putDataset(name, new float[][] {{i}, {2 * i}});
                } else if (name.startsWith("b")) {
                    group.putDataset(name, new float[] {i});
                } else {
                    group.putDataset(name, name.startsWith("rate") ? 0.25f : 7f);
                }
            }
        }
        model.compile(optimizer, new MeanSquaredError());
        try (H5File file = new H5File(Files.readAllBytes(path), "old")) {
            new OptimizerReader(file, model, WEIGHTS, model.weights()::shape, notes).readLegacy();
        }
        return OptimizerMemory.of(model);
    }

    @Test
    void namedArraysAreReadInTheOrderOfTheirNames() throws IOException {
        OptimizerMemory memory = legacy(new SGD(0.1).momentum(0.9), "o/iterations", "o/rate", "o/k_v", "o/b_v");
        assertEquals(7, memory.steps());
        assertEquals(0, memory.epochs());
        assertEquals(0.25, model.optimizer().learningRateAt(0));
        assertArrayEquals(new float[] {2, 4}, memory.slots().get("d/kernel/momentum"));
        assertArrayEquals(new float[] {3}, memory.slots().get("d/bias/momentum"));
    }

    @Test
    void slotsOfAnotherOptimizerAreSaidAndLeftOut() throws IOException {
        OptimizerMemory memory = legacy(new Adam(0.1), "o/iter:0", "o/b_m");
        assertEquals(0, memory.steps());
        assertEquals(
                Set.of(
                        "the optimizer's state does not fit Adam; it is left out, and training begins with a new optimizer"),
                notes.warnings());
    }

    @Test
    void noNamesAreNoState() throws IOException {
        model.compile(new SGD(0.1), new MeanSquaredError());
        writer.put("unused", 1);
        try (H5File file = new H5File(writer.toBytes(), "old")) {
            new OptimizerReader(file, model, WEIGHTS, model.weights()::shape, notes).readLegacy();
        }
        assertEquals(0, OptimizerMemory.of(model).steps());
        assertEquals(Set.of(), notes.warnings());
    }

    @Test
    void frozenWeightsHaveNoSlots() throws IOException {
        model.layers().get(1).trainable(false);
        OptimizerMemory memory = number(5).number(0.25f).read(new Adam(0.1));
        assertEquals(5, memory.steps());
        assertFalse(memory.slots().containsKey("d/bias/momentum"));
    }
}
