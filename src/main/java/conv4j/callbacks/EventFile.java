package conv4j.callbacks;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import javax.imageio.ImageIO;

/**
 * A file of events for TensorBoard: records of a length, its checksum, an Event message of TensorFlow's protocol buffers
 * and its checksum. Checksums are CRC-32C, rotated by 15 bits and moved by a constant. The file is open only while a record
 * is written, so that a training may end in any way.
 */
final class EventFile {

    private static final int MASK_DELTA = 0xa282ead8;
    private static final double MILLIS = 1e3;
    private static final AtomicInteger FILES = new AtomicInteger();

    private final Path file;

    /** A new file in a folder, which is made. */
    EventFile(Path folder) {
        file = folder.resolve("events.out.tfevents." + System.currentTimeMillis() / (long) MILLIS + "." + host() + "."
                + ProcessHandle.current().pid() + "." + FILES.getAndIncrement() + ".v2");
        try {
            Files.createDirectories(folder);
            Files.createFile(file);
        } catch (IOException e) {
            throw failure(e);
        }
        record(event(0).text(3, "brain.Event:2"));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** One number. */
    void scalar(String tag, long step, double value) {
        summary(step, new Message().text(1, tag).float32(2, (float) value));
    }

    /** How numbers are distributed, in buckets of equal width. */
    void histogram(String tag, long step, float[] values) {
        summary(step, new Message().text(1, tag).message(5, Histogram.of(values)));
    }

    /** A model, as TensorFlow's GraphDef message. */
    void graph(Message graphDef) {
        record(event(0).message(4, graphDef));
    }

    /** A picture. */
    void image(String tag, long step, BufferedImage image) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw failure(e);
        }
        Message picture = new Message()
                .int64(1, image.getHeight())
                .int64(2, image.getWidth())
                .int64(3, image.getColorModel().getNumComponents())
                .bytes(4, png.toByteArray());
        summary(step, new Message().text(1, tag).message(4, picture));
    }

    private void summary(long step, Message value) {
        record(event(step).message(5, new Message().message(1, value)));
    }

    private static Message event(long step) {
        return new Message().float64(1, System.currentTimeMillis() / MILLIS).int64(2, step);
    }

    private void record(Message event) {
        byte[] data = event.toByteArray();
        byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(length);
        record.writeBytes(checksum(length));
        record.writeBytes(data);
        record.writeBytes(checksum(data));
        try {
            Files.write(file, record.toByteArray(), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static byte[] checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int value = Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
        return littleEndian(Integer.BYTES).putInt(value).array();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private UncheckedIOException failure(IOException e) {
        return new UncheckedIOException(
                "the events " + file + " cannot be written: " + e + "; give another folder to TensorBoard", e);
    }

    /** A message of protocol buffers: fields by number, each with the kind of what follows. */
    static final class Message {

        private static final int VARINT = 0;
        private static final int EIGHT_BYTES = 1;
        private static final int LENGTH = 2;
        private static final int FOUR_BYTES = 5;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message int64(int field, long value) {
            key(field, VARINT);
            varint(value);
            return this;
        }

        Message float64(int field, double value) {
            key(field, EIGHT_BYTES);
            bytes.writeBytes(littleEndian(Double.BYTES).putDouble(value).array());
            return this;
        }

        Message float32(int field, float value) {
            key(field, FOUR_BYTES);
            bytes.writeBytes(littleEndian(Float.BYTES).putFloat(value).array());
            return this;
        }

        Message float64s(int field, double[] values) {
            ByteBuffer packed = littleEndian(Double.BYTES * values.length);
            for (double value : values) {
                packed.putDouble(value);
            }
            return bytes(field, packed.array());
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.toByteArray());
        }

        Message bytes(int field, byte[] value) {
            key(field, LENGTH);
            varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        private void key(int field, int kind) {
            varint((long) field << 3 | kind);
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }

        byte[] toByteArray() {
            return bytes.toByteArray();
        }
    }

    /** The buckets of a histogram. */
    private static final class Histogram {

        private static final int BUCKETS = 30;

        private Histogram() {}

        /** What is not a number is left out; a single value has one bucket that is 1 wide, as in TensorFlow. */
        static Message of(float[] values) {
            double min = Double.POSITIVE_INFINITY;
            double max = Double.NEGATIVE_INFINITY;
            double sum = 0;
            double squares = 0;
            int count = 0;
            for (float value : values) {
                if (Float.isFinite(value)) {
                    min = Math.min(min, value);
                    max = Math.max(max, value);
                    sum += value;
                    squares += (double) value * value;
                    count++;
                }
            }
            if (count == 0) {
                min = 0;
                max = 0;
            }
            double low = min == max ? min - 0.5 : min;
            double width = min == max ? 1 : (max - min) / BUCKETS;
            double[] limits = new double[min == max ? 1 : BUCKETS];
            double[] counts = new double[limits.length];
            for (int i = 0; i < limits.length; i++) {
                limits[i] = low + width * (i + 1);
            }
            for (float value : values) {
                if (Float.isFinite(value)) {
                    counts[Math.min((int) ((value - low) / width), counts.length - 1)]++;
                }
            }
            return new Message()
                    .float64(1, min)
                    .float64(2, max)
                    .float64(3, count)
                    .float64(4, sum)
                    .float64(5, squares)
                    .float64s(6, limits)
                    .float64s(7, counts);
        }
    }
}
