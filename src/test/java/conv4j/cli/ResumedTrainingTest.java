package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --resume} with early stopping and a rate that falls on plateaus. */
class ResumedTrainingTest {

    private static final List<String> COMFORTS =
            List.of("--early-stopping", "3", "--reduce-lr", "1", "--limit", "128", "--batch-size", "16", "--json");

    @TempDir
    Path folder;

    private CommandResult train(String... more) {
        List<String> words = new ArrayList<>(List.of("train", "--device", "cpu", "--epochs", "40"));
        words.addAll(COMFORTS);
        words.addAll(List.of(more));
        CommandResult result = Commands.run(words);
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        return result;
    }

    private List<Double> rates(JsonArray history) {
        return Stream.iterate(0, i -> i < history.size(), i -> i + 1)
                .map(history::get)
                .map(JsonElement::getAsJsonObject)
                .map(logs -> logs.get("learning_rate").getAsDouble())
                .toList();
    }

    /** The files of --checkpoint are those that a kill leaves: early stopping comes after them in an epoch's end. */
    @Test
    void aTrainingGoesOnFromAnyEpochAsIfItHadNotStopped() throws IOException {
        Path whole = folder.resolve("whole");
        CommandResult training = train(
                "--network=lenet",
                "--image-size=12x12",
                "--learning-rate=0.03",
                "--checkpoint=" + folder.resolve("{epoch}"),
                "--save=" + whole);
        int epochs = training.json().get("epochs").getAsInt();
        List<Double> rates = rates(training.json().getAsJsonArray("history"));
        assertTrue(epochs > 4 && epochs < 40, training.err());
        assertTrue(rates.get(0) > rates.get(epochs - 2), rates::toString);
        for (int epoch : new int[] {1, epochs - 3, epochs - 1, epochs}) {
            Path resumed = folder.resolve("resumed");
            CommandResult rest = train(
                    "--resume=" + folder.resolve("" + epoch),
                    "--checkpoint=" + folder.resolve("again-{epoch}"),
                    "--save=" + resumed);
            assertTrue(rest.err().contains("Epoch " + epochs + ": early stopping"), rest.err());
            assertEquals(epochs, rest.json().get("epochs").getAsInt());
            assertEquals(rates.subList(epoch, epochs), rates(rest.json().getAsJsonArray("history")));
            assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(resumed), "from epoch " + epoch);
        }
    }

    /** The seed of the file chooses the test images, as it did before. */
    @Test
    void aFolderIsSplitAsItWasBefore() throws IOException {
        Path pictures = folder.resolve("pictures");
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            Path file = pictures.resolve(i % 2 == 0 ? "dark" : "light").resolve(i + ".png");
            Files.createDirectories(file.getParent());
            BufferedImage image = new BufferedImage(12, 12, BufferedImage.TYPE_BYTE_GRAY);
            for (int pixel = 0; pixel < 144; pixel++) {
                image.getRaster().setSample(pixel % 12, pixel / 12, 0, random.nextInt(128) + 128 * (i % 2));
            }
            ImageIO.write(image, "png", file.toFile());
        }
        List<String> data =
                List.of("train", "--device=cpu", "--data=folder", "--data-dir=" + pictures, "--batch-size=4");
        Path whole = folder.resolve("whole");
        Path part = folder.resolve("part");
        assertTrained(data, "--network=lenet", "--seed=5", "--epochs=2", "--save=" + whole);
        assertTrained(data, "--network=lenet", "--seed=5", "--epochs=1", "--save=" + part);
        assertTrained(data, "--epochs=2", "--resume=" + part);
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(part));
    }

    private static void assertTrained(List<String> words, String... more) {
        CommandResult result =
                Commands.run(Stream.concat(words.stream(), Stream.of(more)).toList());
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
    }
}
