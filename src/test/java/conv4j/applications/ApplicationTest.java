package conv4j.applications;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.layers.Layer;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ApplicationTest {

    private static final Shape IMAGES = Shape.of(32, 32, 3);

    /** ResNet-18: 11,173,962 as in PyTorch, and a moving mean and variance for each of 4,800 channels. */
    @ParameterizedTest
    @CsvSource({"FIRST_CNN, 1084234", "LENET, 83126", "RESNET_18, 11183562", "VGG_11, 9233866"})
    void theParametersAreAsManyAsTheDescriptionSays(Application application, long parameters) {
        try (Model model = application.build(IMAGES, 10)) {
            assertEquals(parameters, model.parameterCount());
            assertEquals(Shape.of(10), model.outputShape());
            assertFalse(model.isCompiled());
        }
    }

    /** From the paper, table I and section II.B, with C3 connected to all maps and a dense layer at the end. */
    @Test
    void leNetHasTheSizesOfThePaperForMnist() {
        try (Model model = LeNet.build(Shape.of(28, 28, 1), 10)) {
            assertEquals(156 + 2_416 + 48_120 + 10_164 + 850, model.parameterCount());
            List<Shape> convolutions = model.tensors().stream()
                    .filter(use -> use.layer().className().equals("Conv2D"))
                    .map(use -> use.shape())
                    .toList();
            assertEquals(List.of(Shape.of(28, 28, 6), Shape.of(10, 10, 16)), convolutions);
        }
    }

    @ParameterizedTest
    @CsvSource({"FIRST_CNN, 4", "LENET, 12", "RESNET_18, 1", "VGG_11, 32"})
    void imagesOfTheLeastSizeWillDo(Application application, int least) {
        try (Model model = application.build(Shape.of(least, least, 1), 2)) {
            assertEquals(Shape.of(2), model.outputShape());
        }
    }

    @ParameterizedTest
    @CsvSource({"FIRST_CNN, 4", "LENET, 12", "VGG_11, 32"})
    void smallerImagesAreAnErrorThatSaysTheLeastSize(Application application, int least) {
        for (Shape small : List.of(Shape.of(least - 1, least, 3), Shape.of(least, least - 1, 3))) {
            String message = assertThrows(IllegalArgumentException.class, () -> application.build(small, 10))
                    .getMessage();
            String given = small.dim(0) + " x " + small.dim(1);
            assertTrue(
                    message.startsWith(application.title() + " takes images of " + least + " x " + least
                            + " pixels and more, but they are " + given + ";"),
                    message);
        }
    }

    @ParameterizedTest
    @EnumSource
    void inputsThatAreNoImagesAndSingleClassesAreRefused(Application application) {
        assertEquals(
                application.title() + " takes images, (height, width, channels), but the input is (32, 32)",
                assertThrows(IllegalArgumentException.class, () -> application.build(Shape.of(32, 32), 10))
                        .getMessage());
        assertEquals(
                application.title() + " tells 2 classes or more apart, but classes is 1",
                assertThrows(IllegalArgumentException.class, () -> application.build(IMAGES, 1))
                        .getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void imagesNeedNotBeSquare(Application application) {
        try (Model model = application.build(Shape.of(40, 33, 2), 5)) {
            assertEquals(Shape.of(5), model.outputShape());
        }
    }

    @Test
    void everyCallBuildsLayersOfItsOwn() {
        try (Model one = LeNet.build(IMAGES, 10);
                Model other = LeNet.build(IMAGES, 10)) {
            List<Layer> shared = new ArrayList<>(one.layers());
            shared.retainAll(other.layers());
            assertEquals(List.of(), shared);
        }
    }

    @Test
    void namesHaveDashesOrNot() {
        assertEquals(Application.RESNET_18, Application.named("ResNet-18").orElseThrow());
        assertEquals(Application.RESNET_18, Application.named("resnet18").orElseThrow());
        assertEquals(Application.FIRST_CNN, Application.named("first_cnn").orElseThrow());
        assertTrue(Application.named("resnet").isEmpty());
        assertEquals(List.of("first-cnn", "lenet", "resnet18", "vgg11"), Application.names());
    }
}
