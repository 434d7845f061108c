package conv4j.backend.opencl;

import conv4j.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/**
 * Builds the kernels of a file once per set of options: {@link #FIRST} goes before every file. What was built is kept
 * in a {@link ProgramCache}, keyed by everything that decides it.
 */
final class Programs implements AutoCloseable {

    // No -cl-fast-relaxed-math: NaN and infinity must survive, so that a diverging training is noticed.
    private static final String ALWAYS = "-cl-std=CL1.2 -cl-mad-enable ";

    // Further options for every program, for example -Werror, which conv4j's own tests build with. Not for everybody:
    // a driver may warn of what it likes.
    private static final String EXTRA = System.getProperty("conv4j.kernelOptions", "");

    /** What stands before every file of kernels. */
    static final List<String> FIRST = List.of("common", "functions");

    private static final List<String> TILES = List.of("tensor", "tiles");
    private static final List<String> REGISTER_TILES = List.of("register_tiles");
    private static final List<String> WINOGRAD = List.of("winograd");
    private static final List<String> POOLING = List.of("pooling");
    private static final List<String> COLUMNS = List.of("columns");

    /** What some files need between {@link #FIRST} and themselves. */
    static final Map<String, List<String>> SHARED = Map.ofEntries(
            Map.entry(TileProgram.PRODUCT, TILES),
            Map.entry(TileProgram.CONVOLUTION, TILES),
            Map.entry(TileProgram.KERNEL_GRADIENT, TILES),
            Map.entry(VectorBlock.FILE, REGISTER_TILES),
            Map.entry(ConvolutionSteps.VECTORS, REGISTER_TILES),
            Map.entry(ConvolutionSteps.VECTORS_GRADIENT, REGISTER_TILES),
            Map.entry(WinogradSteps.CONVOLUTION, WINOGRAD),
            Map.entry(WinogradSteps.KERNEL_GRADIENT, WINOGRAD),
            Map.entry(WinogradTileSteps.FILE, WINOGRAD),
            Map.entry(PoolingSteps.AVERAGE, POOLING),
            Map.entry(PoolingSteps.MAX, POOLING),
            Map.entry("normalization", COLUMNS),
            Map.entry("reduction", COLUMNS));

    private final OpenCl.Device device;
    private final cl_context context;
    private final ProgramCache cache;
    private final Map<String, cl_program> programs = new ConcurrentHashMap<>();
    private int builds;

    Programs(OpenCl.Device device, cl_context context, ProgramCache cache) {
        this.device = device;
        this.context = context;
        this.cache = cache;
    }

    /** How many programs were built from source rather than taken from disk. */
    int builds() {
        return builds;
    }

    /** A new kernel object, which the caller releases. */
    cl_kernel kernel(String file, String options, String name) {
        cl_program program = build(file, options);
        try {
            return CL.clCreateKernel(program, name, null);
        } catch (CLException e) {
            throw new BackendException(
                    "kernel " + name + " of " + file + ".cl cannot be made on "
                            + device.info().describe() + ": " + OpenCl.reason(e),
                    e);
        }
    }

    /** The program of a file with these options, built when it is first asked for. */
    cl_program build(String file, String options) {
        return programs.computeIfAbsent(file + " " + options, key -> {
            ProgramList.check(file, options);
            return program(file + ".cl", source(file), options(options));
        });
    }

    /** All the options that a program is built with, of which a style and a step give their part. */
    static String options(String given) {
        return (ALWAYS + given + " " + EXTRA).strip();
    }

    /** The whole source of a file's programs. */
    static String source(String file) {
        StringBuilder source = new StringBuilder();
        FIRST.forEach(first -> source.append(part(first)));
        SHARED.getOrDefault(file, List.of()).forEach(shared -> source.append(part(shared)));
        return source.append(part(file)).toString();
    }

    /** What tells the sources of some files' programs from others. */
    static String digest(List<String> files) {
        return ProgramCache.key(files.stream().map(Programs::source).toArray(String[]::new))
                .substring(0, 16);
    }

    private static String part(String file) {
        return "\n#line 1 \"" + file + ".cl\"\n" + resource(file + ".cl");
    }

    private static String resource(String file) {
        try (InputStream stream = Programs.class.getResourceAsStream("/kernels/" + file)) {
            if (stream == null) {
                throw new BackendException("kernels/" + file + " is missing on the class path; rebuild conv4j");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new BackendException("kernels/" + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A program from disk, or built from source. */
    cl_program program(String file, String source, String options) {
        String key = ProgramCache.key(
                source,
                options,
                device.info().platform(),
                device.info().name(),
                device.info().driver());
        byte[] binary = cache.read(key);
        cl_program kept = binary == null ? null : fromBinary(binary, options);
        if (kept != null) {
            return kept;
        }
        cl_program built = fromSource(file, source, options);
        if (cache.keeps()) {
            // Not for nothing: some drivers compile a program for the device only when they are asked for its binary.
            cache.write(key, binary(built));
        }
        return built;
    }

    /** Null when the driver refuses what it once gave out: then the program is built again. */
    private cl_program fromBinary(byte[] binary, String options) {
        cl_device_id[] devices = {device.id()};
        cl_program program = null;
        try {
            program = CL.clCreateProgramWithBinary(
                    context, 1, devices, new long[] {binary.length}, new byte[][] {binary}, new int[1], null);
            build(program, options);
            return program;
        } catch (CLException refused) {
            if (program != null) {
                CL.clReleaseProgram(program);
            }
            return null;
        }
    }

    private void build(cl_program program, String options) {
        try {
            CL.clBuildProgram(program, 1, new cl_device_id[] {device.id()}, options, null, null);
        } finally {
            SignalHandlers.restore();
        }
    }

    private cl_program fromSource(String file, String source, String options) {
        builds++;
        cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, null);
        try {
            build(program, options);
            return program;
        } catch (CLException e) {
            String log = log(program);
            CL.clReleaseProgram(program);
            throw new BackendException(
                    file + " does not build on " + device.info().describe() + ", driver "
                            + device.info().driver() + ": " + OpenCl.reason(e) + "\noptions: " + options
                            + "\ncompiler:\n" + log,
                    e);
        }
    }

    private String log(cl_program program) {
        long[] size = new long[1];
        CL.clGetProgramBuildInfo(program, device.id(), CL.CL_PROGRAM_BUILD_LOG, 0, null, size);
        byte[] bytes = new byte[(int) size[0]];
        CL.clGetProgramBuildInfo(program, device.id(), CL.CL_PROGRAM_BUILD_LOG, size[0], Pointer.to(bytes), null);
        return OpenCl.text(bytes);
    }

    private static byte[] binary(cl_program program) {
        long[] size = new long[1];
        CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
        byte[] binary = new byte[(int) size[0]];
        if (binary.length > 0) {
            Pointer list = Pointer.to(Pointer.to(binary));
            CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, list, null);
        }
        return binary;
    }

    @Override
    public void close() {
        programs.values().forEach(CL::clReleaseProgram);
        programs.clear();
    }
}
