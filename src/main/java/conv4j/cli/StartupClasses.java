package conv4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads what a training needs and ends: the run that {@code ./conv4j} makes once to write the archive of classes from which
 * the Java machine starts faster (class data sharing). It trains one step on the CPU, for the libraries' classes, and
 * loads all of conv4j's own and of JOCL's without initializing them, so that no OpenCL driver is needed.
 */
final class StartupClasses {

    private StartupClasses() {}

    /**
     * Loads the classes.
     *
     * @param args the jars whose classes are all loaded
     */
    public static void main(String[] args) throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        new Main(nowhere, nowhere).run("train", "--limit", "32", "--epochs", "1", "--device", "cpu");
        for (String jar : args) {
            loadAll(Path.of(jar));
        }
        System.exit(ExitCode.OK);
    }

    private static void loadAll(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                String name = entries.nextElement().getName();
                if (name.endsWith(".class") && !name.contains("-info")) {
                    load(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
                }
            }
        }
    }

    private static void load(String name) {
        try {
            Class.forName(name, false, StartupClasses.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // A class whose optional library is not there is not needed to start.
        }
    }
}
