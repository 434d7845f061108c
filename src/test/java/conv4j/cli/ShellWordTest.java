package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ShellWordTest {

    @Test
    void whatAShellLeavesAloneIsLeftAlone() {
        for (String plain :
                new String[] {"opencl:0", "models/{epoch:02d}-{val_loss:.4f}", "cat=2.0,dog=0.5", "Möbel"}) {
            assertEquals(plain, ShellWord.of(plain));
        }
    }

    @Test
    void whatAShellWouldTakeApartIsQuoted() {
        assertEquals("'my pictures'", ShellWord.of(Path.of("my pictures")));
        assertEquals("'it'\\''s $HOME'", ShellWord.of("it's $HOME"));
        assertEquals("''", ShellWord.of(""));
    }
}
