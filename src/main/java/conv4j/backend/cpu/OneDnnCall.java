package conv4j.backend.cpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** One call of oneDNN: a primitive with its arguments, made once and executed often. */
final class OneDnnCall implements AutoCloseable {

    private final OneDnn library;
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final List<dnnl_memory> memories = new ArrayList<>();
    private final List<Integer> roles = new ArrayList<>();
    private final Map<Integer, BytePointer> bases = new HashMap<>();
    private final dnnl_memory scratchpad;
    private final long scratchpadBytes;
    private dnnl_exec_arg_t arguments;

    /**
     * A call without arguments yet.
     *
     * @param library the library
     * @param description what to compute; it is not needed afterwards
     */
    OneDnnCall(OneDnn library, dnnl_primitive_desc description) {
        this.library = library;
        OneDnn.check(dnnl.dnnl_primitive_create(primitive, description), "create a primitive");
        dnnl_memory_desc working = dnnl.dnnl_primitive_desc_query_md(description, dnnl.dnnl_query_scratchpad_md, 0);
        this.scratchpadBytes = dnnl.dnnl_memory_desc_get_size(working);
        this.scratchpad = new dnnl_memory();
        OneDnn.check(dnnl.dnnl_memory_create(scratchpad, working, library.engine(), null), "create memory");
        memories.add(scratchpad);
        roles.add(dnnl.DNNL_ARG_SCRATCHPAD);
    }

    /** Adds an argument that is placed before every execution. */
    OneDnnCall with(int role, dnnl_memory_desc layout) {
        return with(role, layout, null);
    }

    /** Gives the call an argument: its role, its layout and where it begins (null when {@link #place} will say). */
    OneDnnCall with(int role, dnnl_memory_desc layout, Pointer start) {
        dnnl_memory memory = new dnnl_memory();
        OneDnn.check(dnnl.dnnl_memory_create(memory, layout, library.engine(), start), "create memory");
        memories.add(memory);
        roles.add(role);
        return this;
    }

    /**
     * Changes where an argument begins.
     *
     * @param role the argument's
     * @param floats where its value lies, always in the same memory
     * @param index the element that it begins with
     */
    void place(int role, Floats floats, long index) {
        BytePointer base = bases.computeIfAbsent(
                role, unused -> new BytePointer(floats.memory().bytes()));
        OneDnn.check(
                dnnl.dnnl_memory_set_data_handle(
                        memories.get(roles.indexOf(role)), base.position(Float.BYTES * (floats.offset() + index))),
                "place an argument");
    }

    void execute(Lane lane) {
        if (arguments == null) {
            bind();
        }
        if (scratchpadBytes > 0) {
            OneDnn.check(
                    dnnl.dnnl_memory_set_data_handle(scratchpad, library.scratchpad(lane, scratchpadBytes)),
                    "place working memory");
        }
        OneDnn.check(
                dnnl.dnnl_primitive_execute(primitive, library.stream(), memories.size(), arguments),
                "execute a primitive");
    }

    private void bind() {
        arguments = new dnnl_exec_arg_t(memories.size());
        for (int i = 0; i < memories.size(); i++) {
            arguments.position(i).arg(roles.get(i));
            arguments.memory(memories.get(i));
        }
        arguments.position(0);
    }

    @Override
    public void close() {
        memories.forEach(dnnl::dnnl_memory_destroy);
        dnnl.dnnl_primitive_destroy(primitive);
        if (arguments != null) {
            arguments.close();
        }
    }

    /** Where elements of a value begin. */
    static Pointer pointer(Floats floats, long index) {
        return new FloatPointer(floats.memory().floats()).getPointer(floats.offset() + index);
    }

    /** Settings of every primitive: working memory is ours; optionally a leaky ReLU on the result. */
    static dnnl_primitive_attr settings(float[] slope) {
        dnnl_primitive_attr settings = new dnnl_primitive_attr();
        OneDnn.check(dnnl.dnnl_primitive_attr_create(settings), "create settings");
        dnnl.dnnl_primitive_attr_set_scratchpad_mode(settings, dnnl.dnnl_scratchpad_mode_user);
        if (slope != null) {
            dnnl_post_ops after = new dnnl_post_ops();
            OneDnn.check(dnnl.dnnl_post_ops_create(after), "create post-operations");
            dnnl.dnnl_post_ops_append_eltwise(after, dnnl.dnnl_eltwise_relu, slope[0], 0);
            dnnl.dnnl_primitive_attr_set_post_ops(settings, after);
            dnnl.dnnl_post_ops_destroy(after);
        }
        return settings;
    }

    static dnnl_memory_desc layout(int tag, long... dims) {
        dnnl_memory_desc layout = new dnnl_memory_desc();
        OneDnn.check(
                dnnl.dnnl_memory_desc_create_with_tag(layout, dims.length, dims, dnnl.dnnl_f32, tag),
                "describe memory");
        return layout;
    }

    static dnnl_memory_desc strided(long[] dims, long[] strides) {
        dnnl_memory_desc layout = new dnnl_memory_desc();
        OneDnn.check(
                dnnl.dnnl_memory_desc_create_with_strides(layout, dims.length, dims, dnnl.dnnl_f32, strides),
                "describe memory");
        return layout;
    }

    /** Copies from one layout into another. */
    static OneDnnCall reorder(
            OneDnn library, dnnl_memory_desc from, Pointer source, dnnl_memory_desc into, Pointer target) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        dnnl_primitive_attr settings = settings(null);
        OneDnn.check(
                dnnl.dnnl_reorder_primitive_desc_create(
                        description, from, library.engine(), into, library.engine(), settings),
                "describe a reorder");
        try {
            return new OneDnnCall(library, description)
                    .with(dnnl.DNNL_ARG_FROM, from, source)
                    .with(dnnl.DNNL_ARG_TO, into, target);
        } finally {
            dnnl.dnnl_primitive_desc_destroy(description);
            dnnl.dnnl_primitive_attr_destroy(settings);
        }
    }
}
