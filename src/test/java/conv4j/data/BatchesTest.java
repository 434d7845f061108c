package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchesTest {

    /** Two floats per input, 2 i and 2 i + 1, target -i; slow or broken where asked. */
    private static class Probe implements Dataset {
        private final int size;
        private final int brokenAt;
        private final AtomicInteger read = new AtomicInteger();

        Probe(int size, int brokenAt) {
            this.size = size;
            this.brokenAt = brokenAt;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public Shape inputShape() {
            return Shape.of(2);
        }

        @Override
        public Shape targetShape() {
            return Shape.SCALAR;
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public boolean bytes() {
            return false;
        }

        @Override
        public void input(int index, float[] out, int offset) {
            read.incrementAndGet();
            if (index == brokenAt) {
                throw new DataException("example " + index + " is broken");
            }
            for (int i = 0; i < index % 13 * 100; i++) {
                Thread.onSpinWait();
            }
            out[offset] = 2 * index;
            out[offset + 1] = 2 * index + 1;
        }

        @Override
        public void target(int index, float[] out, int offset) {
            out[offset] = -index;
        }
    }

    private static List<Integer> drain(Batches batches) {
        List<Integer> seen = new ArrayList<>();
        while (batches.hasNext()) {
            Batch batch = batches.next();
            for (int i = 0; i < batch.count(); i++) {
                int index = (int) -batch.targets()[i];
                assertEquals(2 * index, batch.inputs()[2 * i]);
                assertEquals(2 * index + 1, batch.inputs()[2 * i + 1]);
                seen.add(index);
            }
        }
        return seen;
    }

    @Test
    void everyExampleComesOnceInTheShuffledOrderWithAShortLastBatch() {
        for (int size : new int[] {1, 31, 32, 33, 1000}) {
            try (Batches batches = Batches.shuffled(new Probe(size, -1), 32, Normalization.IDENTITY, 5, 2)) {
                assertEquals((size + 31) / 32, batches.count());
                List<Integer> expected = IntStream.of(RandomStream.permutation(size, 5, 2))
                        .boxed()
                        .toList();
                assertEquals(expected, drain(batches), "size " + size);
                assertThrows(NoSuchElementException.class, batches::next);
            }
        }
    }

    @Test
    void theOrderOfTheSetIsKeptWhenAskedFor() {
        try (Batches batches = Batches.inOrder(new Probe(101, -1), 10, Normalization.IDENTITY)) {
            assertEquals(IntStream.range(0, 101).boxed().toList(), drain(batches));
        }
    }

    @Test
    void inputsAreNormalisedAndTargetsAreNot() {
        Normalization perColumn = new Normalization(new float[] {1, 0.5f}, new float[] {3, 0});
        try (Batches batches = Batches.inOrder(new Probe(3, -1), 2, perColumn)) {
            Batch first = batches.next();
            assertArrayEquals(new float[] {3, 0.5f, 5, 1.5f}, first.inputs());
            assertArrayEquals(new float[] {0, -1}, first.targets());
            Batch last = batches.next();
            assertEquals(1, last.count());
            assertEquals(7, last.inputs()[0]);
        }
    }

    @Test
    void aFailureComesInItsTurnAfterTheGoodBatches() {
        try (Batches batches = Batches.inOrder(new Probe(100, 57), 10, Normalization.IDENTITY)) {
            for (int i = 0; i < 5; i++) {
                assertEquals(10, batches.next().count());
            }
            DataException failure = assertThrows(DataException.class, batches::next);
            assertEquals("example 57 is broken", failure.getMessage());
        }
    }

    @Test
    void aBatchStaysAsItIsUntilTheNextIsAskedForAndReadingAheadIsBounded() throws InterruptedException {
        Probe probe = new Probe(10_000, -1);
        try (Batches batches = Batches.inOrder(probe, 10, Normalization.IDENTITY)) {
            Batch first = batches.next();
            Thread.sleep(100);
            assertEquals(19, first.inputs()[19]);
            int mostBatches = Runtime.getRuntime().availableProcessors() + 2;
            assertTrue(probe.read.get() <= 10 * mostBatches, probe.read + " examples read ahead");
        }
    }

    @Test
    void closingEarlyEndsEveryThread() {
        for (int i = 0; i < 20; i++) {
            Batches batches = Batches.inOrder(new Probe(10_000, -1), 7, Normalization.IDENTITY);
            batches.next();
            batches.close();
            batches.close();
            assertFalse(Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().startsWith("conv4j-batches-") && thread.isAlive()));
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsRead() {
        Probe probe = new Probe(10, -1);
        assertThrows(IllegalArgumentException.class, () -> Batches.inOrder(probe, 0, Normalization.IDENTITY));
        Normalization three = new Normalization(new float[3], new float[3]);
        assertThrows(IllegalArgumentException.class, () -> Batches.inOrder(probe, 5, three));
        assertEquals(0, probe.read.get());
    }
}
