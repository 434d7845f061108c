package conv4j.backend.opencl;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Looks for the system's OpenCL library without loading it. JOCL prints lines of its own when there is none, so it is
 * not touched before this has found one.
 */
final class OpenClLoader {

    private static final List<String> LINUX_FOLDERS = List.of(
            "/usr/lib",
            "/usr/lib64",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/lib",
            "/lib64",
            "/lib/x86_64-linux-gnu",
            "/lib/aarch64-linux-gnu",
            "/usr/local/lib",
            "/usr/local/lib64",
            "/usr/local/cuda/lib64",
            "/opt/rocm/lib",
            "/opt/rocm/opencl/lib",
            "/run/opengl-driver/lib");

    private OpenClLoader() {}

    /** Whether the library lies where the system's loader looks. */
    static boolean present() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return Files.isDirectory(Path.of("/System/Library/Frameworks/OpenCL.framework"));
        }
        if (system.startsWith("windows")) {
            return inAny(windowsFolders(), "OpenCL.dll");
        }
        return inAny(linuxFolders(), "libOpenCL.so.1", "libOpenCL.so");
    }

    /** What to install where there is no library or no device. */
    static String advice() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return "macOS brings OpenCL with it; this system's seems to be damaged";
        }
        if (system.startsWith("windows")) {
            return "install the graphics driver of your device's vendor, which brings OpenCL with it";
        }
        return "install your device's OpenCL driver (on Debian and Ubuntu nvidia-opencl-icd, rocm-opencl-icd or "
                + "intel-opencl-icd) or, to run on the processor, pocl: apt-get install pocl-opencl-icd ocl-icd-libopencl1";
    }

    private static List<String> windowsFolders() {
        List<String> folders = new ArrayList<>(pathOf(System.getProperty("java.library.path")));
        String root = System.getenv("SystemRoot");
        folders.add((root == null ? "C:\\Windows" : root) + "\\System32");
        return folders;
    }

    private static List<String> linuxFolders() {
        List<String> folders = new ArrayList<>(LINUX_FOLDERS);
        folders.addAll(pathOf(System.getenv("LD_LIBRARY_PATH")));
        folders.addAll(pathOf(System.getProperty("java.library.path")));
        folders.addAll(configuredFolders(Path.of("/etc/ld.so.conf.d")));
        return folders;
    }

    private static List<String> pathOf(String list) {
        return list == null ? List.of() : List.of(list.split(File.pathSeparator));
    }

    /** The folders that the dynamic linker was told of; none when its configuration cannot be read. */
    private static List<String> configuredFolders(Path configuration) {
        List<String> folders = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(configuration, "*.conf")) {
            for (Path file : files) {
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> line.startsWith("/"))
                        .forEach(folders::add);
            }
        } catch (IOException unreadable) {
            return folders;
        }
        return folders;
    }

    /** Whether a file of one of the names lies in one of the folders. */
    static boolean inAny(List<String> folders, String... names) {
        for (String folder : folders) {
            for (String name : names) {
                if (!folder.isEmpty() && new File(folder, name).exists()) {
                    return true;
                }
            }
        }
        return false;
    }
}
