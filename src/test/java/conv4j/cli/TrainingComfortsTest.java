package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training does beside training when the command line asks for it. */
class TrainingComfortsTest {

    @TempDir
    static Path folder;

    private static CommandLineProcess conv4j;
    private static CommandResult training;

    /** So large a rate that the validation loss gets worse at once. */
    @BeforeAll
    static void trainWithEverything() throws Exception {
        conv4j = new CommandLineProcess(folder, Map.of());
        training = conv4j.run(
                "train",
                "--limit=32",
                "--image-size=12x12",
                "--network=lenet",
                "--batch-size=16",
                "--epochs=30",
                "--learning-rate=0.05",
                "--augment=flip,shift=2",
                "--class-weight=0=2,3=0.5",
                "--early-stopping=2",
                "--reduce-lr=1",
                "--checkpoint=models/{epoch:02d}-{val_loss:.3f}",
                "--checkpoint-best",
                "--csv=logs/training.csv",
                "--tensorboard=logs",
                "--save=model",
                "--json");
        assertEquals(ExitCode.OK, training.exitCode(), training.err());
    }

    private static List<String> names(String sub) throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve(sub))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void trainingStopsEarlyAndKeepsTheBestEpochsModel() throws Exception {
        JsonObject json = training.json();
        int epochs = json.get("epochs").getAsInt();
        assertTrue(epochs < 30, training.err());
        assertTrue(training.err().contains("Epoch " + epochs + ": early stopping"), training.err());
        double best = Double.POSITIVE_INFINITY;
        int bestEpoch = 0;
        for (int i = 0; i < epochs; i++) {
            double loss = json.getAsJsonArray("history")
                    .get(i)
                    .getAsJsonObject()
                    .get("val_loss")
                    .getAsDouble();
            if (loss < best) {
                best = loss;
                bestEpoch = i + 1;
            }
        }
        assertEquals(epochs, bestEpoch + 2, "patience of two epochs");
        assertEquals(best, json.get("test_loss").getAsDouble(), 1e-6);
        JsonObject evaluated =
                conv4j.run("evaluate", "model", "--limit", "32", "--json").json();
        assertEquals(best, evaluated.get("loss").getAsDouble(), 1e-6);
        String last = names("models").get(names("models").size() - 1);
        assertEquals(String.format(java.util.Locale.ROOT, "%02d-%.3f", bestEpoch, best), last);
    }

    @Test
    void theLogsAreWritten() throws Exception {
        List<String> lines = Files.readAllLines(folder.resolve("logs/training.csv"));
        assertEquals("epoch,accuracy,learning_rate,loss,val_accuracy,val_loss", lines.get(0));
        assertEquals(training.json().get("epochs").getAsInt() + 1, lines.size());
        assertTrue(training.err().contains("ReduceLROnPlateau reducing learning rate to 0.005"), training.err());
        assertEquals(List.of("train", "training.csv", "validation"), names("logs"));
        assertEquals(1, names("logs/train").size());
        assertEquals(1, names("logs/validation").size());
    }

    @Test
    void predictionsCanBeMeansOverAugmentedCopies() throws Exception {
        JsonObject plain =
                conv4j.run("evaluate", "model", "--limit", "32", "--json").json();
        JsonObject mean = conv4j.run("evaluate", "model", "--limit", "32", "--tta", "4", "--json")
                .json();
        assertEquals(4, mean.get("augmented_copies").getAsInt());
        assertTrue(plain.get("loss").getAsDouble() != mean.get("loss").getAsDouble());
    }

    @Test
    void callbacksThatAreNotGivenAgainAreNamed() throws Exception {
        int next = training.json().get("epochs").getAsInt() + 1;
        CommandResult resumed = conv4j.run(
                "train",
                "--limit=32",
                "--batch-size=16",
                "--resume=model",
                "--save=without",
                "--early-stopping=2",
                "--epochs=" + next);
        assertEquals(ExitCode.OK, resumed.exitCode(), resumed.err());
        for (String callback : List.of("ReduceLROnPlateau", "ModelCheckpoint", "TensorBoard")) {
            String warning = "had the callback " + callback + ", which was not given now";
            assertTrue(resumed.err().contains(warning), resumed.err());
        }
        assertTrue(!resumed.err().contains("had the callback EarlyStopping"), resumed.err());
    }

    @Test
    void augmentationGoesOnFromAKerasFileAndItIsSaidThatKerasHasNone() throws Exception {
        String[] data = {"train", "--limit=32", "--batch-size=16"};
        String warning = "without its augmentation, RandomFlip, RandomTranslation";
        CommandResult first = conv4j.run(with(
                data,
                "--image-size=12x12",
                "--network=lenet",
                "--augment=flip,shift=2",
                "--epochs=2",
                "--save=x.keras"));
        assertEquals(ExitCode.OK, first.exitCode(), first.err());
        assertEquals(2, first.err().split(warning, -1).length, first.err());
        CommandResult resumed = conv4j.run(with(data, "--resume=x.keras", "--epochs=3"));
        assertEquals(ExitCode.OK, resumed.exitCode(), resumed.err());
        assertTrue(resumed.err().contains("Augmentation: RandomFlip, RandomTranslation"), resumed.err());
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void wrongSettingsEndWith2() {
        for (String[] wrong : new String[][] {
            {"--checkpoint-best", "needs --checkpoint"},
            {"--checkpoint={epoch", "{epoch:02d}"},
            {"--early-stopping=-1", "0 or more"},
            {"--reduce-lr=0", "1 or more"},
            {"--class-weight=0=-1", "0 or more"},
            {"--class-weight=cat=1", "there is no class 'cat'"},
            {"--validation-split=1", "less than 1"}
        }) {
            CommandResult result = Commands.run(
                    "train", "--device=reference", "--limit=16", "--image-size=12x12", "--network=lenet", wrong[0]);
            assertEquals(ExitCode.USAGE, result.exitCode(), result.err());
            assertTrue(result.err().contains(wrong[1]), result.err());
        }
    }
}
