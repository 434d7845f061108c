package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a work-item of a product with vectors computes. */
class VectorBlockTest {

    private static long items(VectorBlock block, long tiles, long panels) {
        return divideUp(tiles, block.tiles()) * divideUp(panels, block.panels());
    }

    @Test
    void theSmallestProductIsOneItem() {
        assertEquals(VectorBlock.LEAST, VectorBlock.of(1, 1, 1, 64));
    }

    @Test
    void unitsGetEqualShares() {
        for (int size : new int[] {512, 1024, 2048}) {
            long tiles = divideUp(size, 12);
            long panels = size / 32;
            VectorBlock block = VectorBlock.of(tiles, panels, 1, 2);
            assertEquals(VectorBlock.MOST_PANELS, block.panels(), size + ": the rows of a tile are copied for as many");
            assertEquals(0, items(block, tiles, panels) % 2, size + ": one of two units has an item more");
        }
    }

    @Test
    void manyRowsAreSharedEquallyToo() {
        VectorBlock block = VectorBlock.of(2731, 1, 1, 2);
        assertEquals(0, items(block, 2731, 1) % 2, block::toString);
        assertEquals(VectorBlock.MOST_TILES, VectorBlock.of(1L << 28, 1, 1, 2).tiles());
    }

    @Test
    void everyUnitHasSomethingToDoWhereThereIsEnough() {
        VectorBlock few = VectorBlock.of(43, 16, 1, 16);
        assertTrue(items(few, 43, 16) >= 16, few::toString);
        VectorBlock parts = VectorBlock.of(3, 8, 16, 16);
        assertEquals(new VectorBlock(3, 8), parts, "16 parts are items enough");
    }

    @Test
    void aBlockIsNoLargerThanItsProductNorThanWhatAnItemHolds() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 1000; i++) {
            long tiles = 1 + random.nextInt(3000);
            long panels = 1 + random.nextInt(100);
            VectorBlock block = VectorBlock.of(tiles, panels, 1 + random.nextInt(16), 1 + random.nextInt(128));
            assertTrue(block.tiles() >= 1 && block.tiles() <= Math.min(tiles, VectorBlock.MOST_TILES), block::toString);
            assertTrue(block.panels() >= 1 && block.panels() <= Math.min(panels, VectorBlock.MOST_PANELS));
        }
    }
}
