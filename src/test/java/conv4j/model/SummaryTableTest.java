package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTableTest {

    private static SummaryTable table() {
        return new SummaryTable(
                List.of("Layer (type)", "Output Shape", "Param #"), new int[] {31, 22, 13}, false, false, true);
    }

    /** The table that Keras 3.15.1 printed for the same layers. */
    @Test
    void looksAsKerasPrintsIt() {
        assertEquals(
                """
                ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
                ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
                ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
                │ conv2d (Conv2D)                 │ (None, 32, 32, 8)      │           224 │
                ├─────────────────────────────────┼────────────────────────┼───────────────┤
                │ batch_normalization             │ (None, 32, 32, 8)      │            32 │
                │ (BatchNormalization)            │                        │               │
                └─────────────────────────────────┴────────────────────────┴───────────────┘
                """,
                table().row("conv2d (Conv2D)", "(None, 32, 32, 8)", "224")
                        .row("batch_normalization (BatchNormalization)", "(None, 32, 32, 8)", "32")
                        .toString());
    }

    @Test
    void aLongWordWidensItsColumn() {
        String longest = "a".repeat(40);
        String[] lines = table().row(longest, "b", "c").toString().split("\n");
        assertEquals("│ " + longest + " │ b" + " ".repeat(21) + " │ " + " ".repeat(12) + "c │", lines[3]);
        assertEquals(lines[0].length(), lines[3].length());
    }

    @Test
    void aRowNeedsAsManyCellsAsColumns() {
        assertThrows(IllegalArgumentException.class, () -> table().row("a"));
    }
}
