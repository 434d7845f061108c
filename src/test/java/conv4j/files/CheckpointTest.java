package conv4j.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import conv4j.shape.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model");
    }

    private static Checkpoint example() {
        JsonObject document = new JsonObject();
        document.addProperty("name", "first \"cnn\" ü");
        document.addProperty("seed", Long.MIN_VALUE);
        document.addProperty("rate", 0.1);
        return new Checkpoint(document)
                .put("conv/kernel", Shape.of(1, 2), new float[] {1, Float.NaN})
                .put("conv/bias", Shape.SCALAR, new float[] {-0f});
    }

    private String refusal() {
        return assertThrows(FileFormatException.class, () -> Checkpoint.read(file))
                .getMessage();
    }

    @Test
    void whatIsWrittenIsReadBackToTheBit() {
        example().write(file);
        Checkpoint read = Checkpoint.read(file);
        assertEquals(example().document(), read.document());
        assertEquals(Long.MIN_VALUE, read.document().get("seed").getAsLong());
        assertEquals(0.1, read.document().get("rate").getAsDouble());
        assertEquals(List.of("conv/kernel", "conv/bias"), List.copyOf(read.names()));
        assertEquals(Shape.of(1, 2), read.shape("conv/kernel"));
        assertArrayEquals(new float[] {1, Float.NaN}, read.floats("conv/kernel"));
        assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(read.floats("conv/bias")[0]));
    }

    @Test
    void theFileIsASafetensorsFile() throws IOException {
        example().write(file);
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals("conv4j", in.metadata().get("format"));
            assertArrayEquals(new float[] {1, Float.NaN}, in.floats("conv/kernel"));
        }
    }

    @Test
    void theSameContentGivesTheSameBytesWhateverTheOrderOfKeys() throws IOException {
        JsonObject document = new JsonObject();
        JsonObject inner = new JsonObject();
        document.addProperty("b", 1);
        document.add("a", inner);
        inner.addProperty("z", 1);
        inner.addProperty("y", 2);
        new Checkpoint(document).write(file);
        byte[] first = Files.readAllBytes(file);
        JsonObject other = new JsonObject();
        JsonObject otherInner = new JsonObject();
        otherInner.addProperty("y", 2);
        otherInner.addProperty("z", 1);
        other.add("a", otherInner);
        other.addProperty("b", 1);
        new Checkpoint(other).write(file);
        assertArrayEquals(first, Files.readAllBytes(file));
    }

    @Test
    void aChangeOfAnyByteIsNoticed() throws IOException {
        example().write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 1;
            Files.write(file, changed);
            String message = refusal();
            assertTrue(message.contains(file.toString()), message);
        }
    }

    @Test
    void everyTruncationIsNoticed() throws IOException {
        example().write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            refusal();
        }
    }

    @Test
    void aChangedWeightIsCalledDamage() throws IOException {
        example().write(file);
        byte[] whole = Files.readAllBytes(file);
        whole[whole.length - 1] ^= 0x40;
        Files.write(file, whole);
        assertEquals(
                file
                        + " is damaged: its content does not match its SHA-256 sum; use another copy of it, or train the model"
                        + " again",
                refusal());
    }

    @Test
    void aNewerVersionIsNamed() {
        new SafetensorsWriter()
                .metadata("format", "conv4j")
                .metadata("format_version", "2")
                .write(file);
        assertEquals(
                file
                        + " was written by a newer conv4j: its format version is 2, this one reads up to 1; use a newer conv4j",
                refusal());
    }

    @Test
    void versionsAreWholeNumbersFromOneOn() {
        for (String version : new String[] {"0", "-1", "01", "1.0", "x", "", "1234567890"}) {
            new SafetensorsWriter()
                    .metadata("format", "conv4j")
                    .metadata("format_version", version)
                    .write(file);
            assertTrue(refusal().contains("its format version is \"" + version + "\""), refusal());
        }
        new SafetensorsWriter().metadata("format", "conv4j").write(file);
        assertTrue(refusal().contains("not a model file of conv4j"), refusal());
    }

    @Test
    void documentsThatAreNoObjectsAreCalledDamage() {
        for (String document : new String[] {"", "[]", "7", "null"}) {
            writeDocument(document);
            assertTrue(refusal().contains("its document is missing"), refusal());
        }
        for (String document : new String[] {"{", "[".repeat(100_000), "{\"a\":".repeat(100_000)}) {
            writeDocument(document);
            assertTrue(refusal().contains("its document is not JSON"), refusal());
        }
    }

    private void writeDocument(String document) {
        new SafetensorsWriter()
                .metadata("format", "conv4j")
                .metadata("format_version", "1")
                .metadata("document", document)
                .write(file);
    }

    @Test
    void listsKeepTheirOrderAndTheirObjectsAreSorted() {
        JsonObject document = JsonParser.parseString("{\"z\":[3,1,{\"b\":1,\"a\":[2,null]}],\"y\":{}}")
                .getAsJsonObject();
        new Checkpoint(document).write(file);
        assertEquals(document, Checkpoint.read(file).document());
        assertEquals(
                "{\"y\":{},\"z\":[3,1,{\"a\":[2,null],\"b\":1}]}",
                Checkpoint.read(file).document().toString());
    }

    /** Document, then name, rank, extents and elements of every tensor; texts after their length; all little endian. */
    @Test
    void theSumIsThatOfTheFormat() throws Exception {
        new Checkpoint(new JsonObject())
                .put("ab", Shape.of(1, 2), new float[] {1, -2})
                .write(file);
        ByteBuffer bytes = ByteBuffer.allocate(60).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(2).put((byte) '{').put((byte) '}');
        bytes.putLong(2).put((byte) 'a').put((byte) 'b');
        bytes.putLong(2).putLong(1).putLong(2).putFloat(1).putFloat(-2);
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes.array(), bytes.position()));
        try (Safetensors in = Safetensors.open(file)) {
            assertEquals(HexFormat.of().formatHex(sum), in.metadata().get("sha256"));
        }
    }

    @Test
    void aSumThatIsMissingIsCalledDamage() {
        writeDocument("{}");
        assertTrue(refusal().contains("does not match its SHA-256 sum"), refusal());
    }

    @Test
    void foreignFilesAreRefused() throws IOException {
        new SafetensorsWriter().metadata("format", "pt").write(file);
        assertTrue(refusal().contains("not a model file of conv4j"), refusal());
        Files.write(file, "\u0089PNG\r\n not a picture".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(refusal().contains("no model can be read from " + file), refusal());
    }

    @Test
    void aMissingFileIsNamed() {
        UncheckedIOException missing = assertThrows(UncheckedIOException.class, () -> Checkpoint.read(file));
        assertTrue(missing.getMessage().contains("there is no model file " + file), missing.getMessage());
    }

    @Test
    void anArrayThatIsMissingOrDoesNotFitIsRefused() {
        assertThrows(FileFormatException.class, () -> example().floats("dense/kernel"));
        assertThrows(IllegalArgumentException.class, () -> example().put("a", Shape.of(3), new float[2]));
        assertThrows(IllegalArgumentException.class, () -> example().put("conv/bias", Shape.SCALAR, new float[1]));
    }
}
