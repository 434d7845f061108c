package conv4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What measures a processor does all of the work that is counted. */
class CpuPeakTest {

    @Test
    void everyNumberDoesEveryRound() {
        float[] numbers = new float[100];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        CpuPeak.multiplyAdd(numbers, 1, 2, 3);
        for (int i = 0; i < numbers.length; i++) {
            assertEquals(i + 2 * 3 * CpuPeak.ROUNDS, numbers[i]);
        }
    }
}
