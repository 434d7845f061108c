package conv4j.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import conv4j.augmentation.RandomFlip;
import conv4j.graph.Value;
import conv4j.layers.Add;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LayerContext;
import conv4j.layers.ReLU;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTextTest {

    private static final class Unknown extends Layer {

        @Override
        protected Shape computeOutputShape(List<Shape> inputs) {
            return inputs.get(0);
        }

        @Override
        public Value call(LayerContext context, List<Value> inputs) {
            return inputs.get(0);
        }
    }

    private static void assertText(Model model, String... lines) {
        assertEquals(String.join("\n", lines) + "\n", NetworkText.of(model));
    }

    /** The text, and the text of the network that is built from it. */
    private static void assertTextThere(Model model, Shape images, int classes, String... lines) {
        assertText(model, lines);
        try (Model again =
                ConfigFile.of("again", NetworkText.of(model)).network().build(images, classes)) {
            assertText(again, lines);
        }
    }

    @Test
    void namesAreWrittenOnlyWhereKerasWouldGiveOthers() {
        try (Model model = new Sequential(
                "plain",
                new Input(8, 8, 1),
                new Conv2D(4, 3),
                new Conv2D(4, 3),
                new Conv2D(4, 3).name("third"),
                new Flatten(),
                new Dense(16),
                new Dense(3))) {
            assertTextThere(
                    model,
                    Shape.of(8, 8, 1),
                    3,
                    "[network]",
                    "name = plain",
                    "conv2d 4 3",
                    "conv2d 4 3",
                    "conv2d 4 3 name=third",
                    "flatten",
                    "dense 16",
                    "dense classes");
        }
    }

    @Test
    void onlyTheLastLayerWithUnitsHasOneForEveryClass() {
        try (Model model =
                new Sequential("equal", new Input(4, 4, 1), new Flatten(), new Dense(3), new Dense(3), new ReLU())) {
            assertTextThere(
                    model,
                    Shape.of(4, 4, 1),
                    3,
                    "[network]",
                    "name = equal",
                    "flatten",
                    "dense 3",
                    "dense classes",
                    "relu");
        }
    }

    @Test
    void unitsThatAreNoOutputsStayANumber() {
        try (Model model =
                new Sequential("shaped", new Input(4, 4, 1), new Flatten(), new Dense(6), new Reshape(2, 3))) {
            assertText(model, "[network]", "name = shaped", "flatten", "dense 6", "reshape 2x3");
        }
    }

    @Test
    void branchesAreWrittenWithTheNamesThatTheyNeed() {
        Shape images = Shape.of(8, 8, 2);
        Tensor input = new Input(8, 8, 2).tensor();
        Tensor stem = new Conv2D(2, 3).padding(Padding.SAME).name("the stem").apply(input);
        Tensor block = new Conv2D(2, 3).padding(Padding.SAME).name("block").apply(stem);
        Tensor shortcut = new Conv2D(2, 1).name("shortcut").trainable(false).apply(stem);
        Tensor both = new Add().name("add").apply(block, shortcut);
        Tensor other = new Conv2D(2, 1).name("other").apply(input);
        Tensor sum = new Add().name("sum").trainable(false).apply(both, other, input);
        Tensor flat = new Flatten().name("flatten").apply(sum);
        try (Model model =
                new Model("branches", input, new Dense(5).name("dense").apply(flat))) {
            assertTextThere(
                    model,
                    images,
                    5,
                    "[network]",
                    "name = branches",
                    "conv2d 2 3 padding=same name=\"the stem\"",
                    "conv2d 2 3 padding=same name=block",
                    "conv2d 2 1 name=shortcut trainable=false from=\"the stem\"",
                    "add block shortcut name=add",
                    "conv2d 2 1 name=other from=input",
                    "add add other input name=sum trainable=false",
                    "flatten",
                    "dense classes");
        }
    }

    @Test
    void aJoinedLayerIsNamedEvenOnTheLineBefore() {
        Tensor input = new Input(4, 4, 2).tensor();
        Tensor side = new Conv2D(2, 1).name("side").apply(input);
        Tensor first = new Conv2D(2, 1).name("conv2d").apply(input);
        Tensor second = new Conv2D(2, 1).name("conv2d_1").apply(first);
        Tensor active = new ReLU().name("re_lu").apply(second);
        try (Model model = new Model("joined", input, new Add().name("add").apply(side, active))) {
            assertTextThere(
                    model,
                    Shape.of(4, 4, 2),
                    9,
                    "[network]",
                    "name = joined",
                    "conv2d 2 1 name=side",
                    "conv2d 2 1 from=input",
                    "conv2d 2 1",
                    "relu name=re_lu",
                    "add side re_lu");
        }
    }

    @Test
    void aLayerThatALaterLineBeginsFromIsNamed() {
        Tensor input = new Input(4, 4, 2).tensor();
        Tensor stem = new Conv2D(2, 1).name("conv2d").apply(input);
        Tensor left = new Conv2D(2, 1).name("left").apply(stem);
        Tensor right = new Conv2D(2, 1).name("right").apply(stem);
        try (Model model = new Model("split", input, new Add().name("add").apply(left, right))) {
            assertTextThere(
                    model,
                    Shape.of(4, 4, 2),
                    9,
                    "[network]",
                    "name = split",
                    "conv2d 2 1 name=conv2d",
                    "conv2d 2 1 name=left",
                    "conv2d 2 1 name=right from=conv2d",
                    "add left right");
        }
    }

    @Test
    void augmentationsHaveASectionOfTheirOwn() {
        try (Model model = new Sequential("turned", new Input(4, 4, 1), new Flatten(), new Dense(2))) {
            model.augmentation(new RandomFlip(RandomFlip.Mode.HORIZONTAL));
            assertText(
                    model,
                    "[network]",
                    "name = turned",
                    "flatten",
                    "dense classes",
                    "",
                    "[augmentation]",
                    "random_flip horizontal");
        }
    }

    @Test
    void aLayerThatIsUsedTwiceCannotBeWritten() {
        Tensor input = new Input(4).tensor();
        Layer twice = new Dense(4).name("twice");
        try (Model model = new Model("loop", input, twice.apply(twice.apply(input)))) {
            String message = assertThrows(IllegalArgumentException.class, () -> NetworkText.of(model))
                    .getMessage();
            assertEquals(
                    "the layer twice is used twice, which a configuration file cannot say; give every use a layer of its"
                            + " own",
                    message);
        }
    }

    @Test
    void aLayerOfOnesOwnCannotBeWritten() {
        try (Model model = new Sequential("own", new Input(4), new Unknown().name("mine"))) {
            String message = assertThrows(IllegalArgumentException.class, () -> NetworkText.of(model))
                    .getMessage();
            assertEquals("a configuration file has no layer Unknown, as mine is", message);
        }
    }
}
