package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code conv4j} and its archive of classes, with a program of two classes that says how it was started. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    private static final String MAIN =
            """
            package conv4j.cli;

            public class Main {
                public static void main(String[] args) {
                    System.out.println(String.join("|", args));
                    System.exit(args.length);
                }
            }
            """;
    private static final String STARTUP_CLASSES =
            """
            package conv4j.cli;

            public class StartupClasses {
                public static void main(String[] args) throws Exception {
                    Class.forName("conv4j.cli.Main");
                }
            }
            """;
    private static final String FROM_ARCHIVE = "conv4j.cli.Main source: shared objects file";
    private static final long MOST_SECONDS = 120;

    @TempDir
    static Path folder;

    private static Path jar;

    /** What a start printed, and its exit code. */
    private record Start(int exitCode, String output) {}

    @BeforeAll
    static void makeTheProgram() throws IOException {
        assumeTrue(ToolProvider.getSystemJavaCompiler() != null, "a compiler");
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Files.writeString(sources.resolve("Main.java"), MAIN);
        Files.writeString(sources.resolve("StartupClasses.java"), STARTUP_CLASSES);
        String[] arguments = {
            "--release", "17", "-d", sources.toString(), sources + "/Main.java", sources + "/StartupClasses.java"
        };
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));
        jar = folder.resolve("program.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (String name : List.of("conv4j/cli/Main.class", "conv4j/cli/StartupClasses.class")) {
                out.putNextEntry(new JarEntry(name));
                out.write(Files.readAllBytes(sources.resolve(name)));
            }
        }
    }

    /** A checkout that is built, as far as the script looks. */
    private static Path checkout(String name) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(home.resolve("src/main"));
        Files.createDirectories(home.resolve("target/lib"));
        Files.writeString(home.resolve("pom.xml"), "");
        Files.copy(Path.of("conv4j").toAbsolutePath(), home.resolve("conv4j"));
        Files.copy(jar, home.resolve("target/conv4j.jar"));
        Files.writeString(home.resolve("target/.launcher-built"), "");
        return home;
    }

    private static Process begin(Path home, String javaHome, Path output) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", home.resolve("conv4j").toString(), "a b", "*").directory(folder.toFile());
        builder.environment().putAll(Map.of("JAVA_HOME", javaHome, "CONV4J_JAVA_OPTS", "-Xlog:class+load"));
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    private static Start end(Process process, Path output) throws IOException, InterruptedException {
        assertTrue(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS), "the start did not end");
        return new Start(process.exitValue(), Files.readString(output));
    }

    private static Start start(Path home, String javaHome) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        return end(begin(home, javaHome, output), output);
    }

    private static Start start(Path home) throws IOException, InterruptedException {
        return start(home, System.getProperty("java.home"));
    }

    private static List<Path> archives(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("target"))) {
            return files.filter(file -> file.getFileName().toString().contains(".jsa"))
                    .toList();
        }
    }

    private static void assertRuns(Start start) {
        assertEquals(2, start.exitCode(), start.output());
        assertTrue(start.output().contains("a b|*\n"), start.output());
    }

    private static void assertUsesAnArchive(Path home) throws IOException, InterruptedException {
        Start start = start(home);
        assertRuns(start);
        assertTrue(start.output().contains(FROM_ARCHIVE), start.output());
        assertEquals(1, archives(home).size(), archives(home).toString());
    }

    @Test
    void theFirstStartWritesAnArchiveThatIsUsed() throws Exception {
        Path home = checkout("plain");
        assertUsesAnArchive(home);
        Path archive = archives(home).get(0);
        Object written = Files.getLastModifiedTime(archive);
        assertUsesAnArchive(home);
        assertEquals(written, Files.getLastModifiedTime(archive));
    }

    /** Java 17 archives no classes of a program in such a folder, but its own. */
    @Test
    void foldersMayHaveSpacesAndStartsMayGoThroughLinks() throws Exception {
        Path home = checkout("two words");
        assertRuns(start(home));
        assertRuns(start(home));
        assertEquals(1, archives(home).size(), archives(home).toString());
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("two words", "conv4j"));
        Path output = folder.resolve("link.txt");
        Process process = new ProcessBuilder("sh", link.toString(), "a b", "*")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertRuns(end(process, output));
    }

    @Test
    void twoFirstStartsAtOnceBothRun() throws Exception {
        Path home = checkout("two");
        Path[] outputs = {folder.resolve("first.txt"), folder.resolve("second.txt")};
        List<Process> both = new ArrayList<>();
        for (Path output : outputs) {
            both.add(begin(home, System.getProperty("java.home"), output));
        }
        for (int i = 0; i < outputs.length; i++) {
            assertRuns(end(both.get(i), outputs[i]));
        }
        assertUsesAnArchive(home);
    }

    @Test
    void anArchiveThatIsNoneOrHalfIsIgnored() throws Exception {
        Path home = checkout("damaged");
        assertUsesAnArchive(home);
        Path archive = archives(home).get(0);
        byte[] whole = Files.readAllBytes(archive);
        Files.delete(archive);
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
        assertRuns(start(home));
        Files.writeString(archive, "nothing of the kind");
        assertRuns(start(home));
    }

    @Test
    void anArchiveOfAnOlderProgramIsWrittenAnew() throws Exception {
        Path home = checkout("older");
        assertUsesAnArchive(home);
        Path archive = archives(home).get(0);
        Files.setLastModifiedTime(archive, FileTime.fromMillis(0));
        assertUsesAnArchive(home);
        assertTrue(Files.getLastModifiedTime(archive).toMillis() > 0);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNoHindrance() throws Exception {
        Path home = checkout("read-only");
        Path target = home.resolve("target");
        assertTrue(target.toFile().setWritable(false));
        try {
            assumeFalse(Files.isWritable(target), "who may write everywhere");
            assertRuns(start(home));
            assertTrue(archives(home).isEmpty());
        } finally {
            assertTrue(target.toFile().setWritable(true));
        }
    }

    /** Such as one that is no HotSpot: it refuses what is for speed only, and must not be asked for it again. */
    @Test
    void aJavaMachineThatWritesNoArchiveIsAskedOnce() throws Exception {
        Path home = checkout("other");
        Path other = Files.createDirectories(folder.resolve("other java"));
        Path asked = other.resolve("asked");
        Path java = Files.createDirectories(other.resolve("bin")).resolve("java");
        Files.writeString(
                other.resolve("release"), "IMPLEMENTOR=\"A B\"\nJAVA_VERSION=\"17.0.99\"\nOS_NAME=\"Linux\"\n");
        Files.writeString(
                java,
                """
                #!/bin/sh
                case "$*" in
                    *-Xshare:dump* | *SharedArchiveFile* | *HugePages* | *DumpLoaded*) echo x >>'%s'; exit 1 ;;
                esac
                exec '%s/bin/java' "$@"
                """
                        .formatted(asked, System.getProperty("java.home")));
        assertTrue(java.toFile().setExecutable(true));
        assertRuns(start(home, other.toString()));
        String first = Files.readString(asked);
        Start second = start(home, other.toString());
        assertRuns(second);
        assertEquals(first, Files.readString(asked));
        assertFalse(second.output().contains(FROM_ARCHIVE), second.output());
        assertEquals("classes-17.0.99.jsa", archives(home).get(0).getFileName().toString());
    }
}
