package conv4j.backend.opencl;

import conv4j.backend.BackendException;
import conv4j.backend.Placement;
import conv4j.backend.Step;
import conv4j.graph.Activation;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/** A kernel whose arguments are being set, one after the other in the order in which the kernel declares them. */
final class KernelCall {

    private final Preparation preparation;
    private final String name;
    private final cl_kernel kernel;
    private int next;

    KernelCall(Preparation preparation, String name, cl_kernel kernel) {
        this.preparation = preparation;
        this.name = name;
        this.kernel = kernel;
    }

    /** The buffer of what changes from run to run. */
    KernelCall control() {
        CL.clSetKernelArg(
                kernel,
                next++,
                Sizeof.cl_mem,
                Pointer.to(preparation.backend().control().buffer()));
        return this;
    }

    /** A value: its buffer and its first element. */
    KernelCall array(Value value) {
        return array(preparation.placement().of(value), 0);
    }

    /** A value from one of its elements on. */
    KernelCall array(Value value, long offset) {
        return array(preparation.placement().of(value), offset);
    }

    /** A value that may be absent; the kernel must not touch the buffer it then gets. */
    KernelCall arrayOr(Value value, Value other) {
        return array(value == null ? other : value);
    }

    /** A part of an operation's working memory. */
    KernelCall scratch(Operation operation, long offset) {
        return array(preparation.placement().scratch(operation), offset);
    }

    private KernelCall array(Placement.Location location, long offset) {
        OpenClMemory memory = preparation.memory(location.memory());
        next = setArray(kernel, next, memory.buffer(), location.offset() + offset);
        return this;
    }

    /** Numbers of 32 bits: one int, or a struct of them passed by value. */
    KernelCall ints(int... words) {
        CL.clSetKernelArg(kernel, next++, (long) words.length * Sizeof.cl_int, Pointer.to(words));
        return this;
    }

    /** A number of 64 bits. */
    KernelCall number(long number) {
        next = setLong(kernel, next, number);
        return this;
    }

    /** A floating-point number. */
    KernelCall number(float number) {
        next = setFloat(kernel, next, number);
        return this;
    }

    /** A value's elements per item, and whether there is a batch axis. */
    KernelCall elements(Value value) {
        return number(value.elements(1)).ints(value.batched() ? 1 : 0);
    }

    /** A value's rows per item, and whether there is a batch axis. */
    KernelCall rows(Value value) {
        return number(value.rows(1)).ints(value.batched() ? 1 : 0);
    }

    /** The {@code struct Activation} of functions.cl. */
    KernelCall activation(Activation f) {
        return ints(
                f.kind().ordinal(),
                Float.floatToRawIntBits(f.alpha()),
                Float.floatToRawIntBits(f.maximum()),
                Float.floatToRawIntBits(f.threshold()));
    }

    /** A range with a given work-group, whose size the kernel relies on. */
    Step over(KernelStep.Range range, long... local) {
        long items = 1;
        for (long size : local) {
            items *= size;
        }
        long most = preparation.largestGroup(kernel);
        if (items > most) {
            throw new BackendException("kernel " + name + " needs work-groups of " + items + " items, but "
                    + preparation.backend().device().describe() + " allows it " + most
                    + "; this device is not supported yet");
        }
        return new KernelStep(preparation, name, kernel, range, local.clone());
    }

    /** The range of a tiled product: a group for each tile, and for each part or group of channels. */
    Step overTiles(Tile tile, UnitCount rows, long columns, long parts) {
        long across = divideUp(columns, tile.columns()) * tile.items();
        return over(batch -> new long[] {across, divideUp(rows.of(batch), tile.rows()), parts}, tile.items(), 1, 1);
    }

    /**
     * The range of a product with vectors whose sums or groups are in so many parts: a work-item for each {@link VectorBlock}
     * of the one that suits it. Sets the kernel's last arguments, the tiles and panels of an item.
     */
    Step overBlocks(UnitCount rows, long columns, int parts) {
        VectorBlock block = VectorBlock.of(preparation, rows.of(preparation.maxBatch()), columns, parts);
        ints(block.tiles()).ints(block.panels());
        Style style = preparation.style();
        long across = divideUp(columns, block.panels() * Tuning.vectorColumns(style));
        int high = block.tiles() * style.tileRows();
        return over(batch -> new long[] {across, divideUp(rows.of(batch), high), parts}, 1, 1, 1);
    }

    /** A one-dimensional range with work-groups as the device likes them. */
    Step over(KernelStep.Range range) {
        long local = preparation.backend().style().groupSize();
        long most = preparation.largestGroup(kernel);
        while (local > most) {
            local /= 2;
        }
        return over(range, Math.max(local, 1));
    }

    /**
     * So many units of work, of which a work-item does those between {@code first_unit} and {@code end_unit} of common.cl:
     * with vectors a run of {@code chunk}, with tiles one. Sets the kernel's last argument, the units per item.
     */
    Step overUnits(UnitCount units, int chunk) {
        long perItem = preparation.style().vectors() && !preparation.smallPieces() ? chunk : 1;
        ints((int) perItem);
        return over(batch -> new long[] {divideUp(units.of(batch), perItem)});
    }

    /** The elements of flat arrays as units, of which a work-item in the tile style has one vector. */
    Step overElements(UnitCount elements) {
        if (preparation.style().vectors()) {
            return overUnits(elements, Style.CHUNK);
        }
        ints(Style.FLAT);
        return over(batch -> new long[] {divideUp(elements.of(batch), Style.FLAT)});
    }

    /** The number of units of work of a batch. */
    @FunctionalInterface
    interface UnitCount {

        /**
         * Counts.
         *
         * @param batch items in this batch
         * @return 1 or more
         */
        long of(int batch);
    }

    static long divideUp(long number, long divisor) {
        return (number + divisor - 1) / divisor;
    }

    static int setArray(cl_kernel kernel, int argument, cl_mem buffer, long offset) {
        CL.clSetKernelArg(kernel, argument, Sizeof.cl_mem, Pointer.to(buffer));
        return setLong(kernel, argument + 1, offset);
    }

    static int setLong(cl_kernel kernel, int argument, long number) {
        CL.clSetKernelArg(kernel, argument, Sizeof.cl_ulong, Pointer.to(new long[] {number}));
        return argument + 1;
    }

    static int setFloat(cl_kernel kernel, int argument, float number) {
        CL.clSetKernelArg(kernel, argument, Sizeof.cl_float, Pointer.to(new float[] {number}));
        return argument + 1;
    }
}
