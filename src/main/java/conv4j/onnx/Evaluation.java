package conv4j.onnx;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.files.FileFormatException;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Runs an ONNX graph once on a device: every tensor is one value, its first axis no more a batch than the others. */
final class Evaluation {

    private final OnnxModel model;
    private final Program program;

    /**
     * Builds the graph's operations.
     *
     * @param inputs the numbers of the graph's inputs by name
     * @throws Unsupported naming everything that is not supported
     */
    Evaluation(OnnxModel model, Map<String, OnnxTensor> inputs) {
        this.model = model;
        this.program = new Program(model.opset());
        checkOperators(model);
        model.initializers().forEach((name, tensor) -> program.give(name, tensor, true));
        inputs.forEach((name, tensor) -> program.give(name, tensor, false));
        for (OnnxModel.Port input : model.inputs()) {
            if (!inputs.containsKey(input.name())) {
                throw new FileFormatException("the graph's input '" + input.name() + "' was given no numbers");
            }
        }
        model.nodes().forEach(this::emit);
    }

    /** Refuses a graph with operators that are not supported, naming all of them. */
    static void checkOperators(OnnxModel model) {
        TreeSet<String> missing = new TreeSet<>();
        for (OnnxNode node : model.nodes()) {
            if (!Operators.supports(node)) {
                missing.add((node.domain().isEmpty() ? "" : node.domain() + ".") + node.label());
            }
        }
        if (!missing.isEmpty()) {
            throw new Unsupported("operator " + String.join(", ", missing));
        }
    }

    private void emit(OnnxNode node) {
        try {
            if (!program.isShapeArithmetic(node) || !KnownOperators.fold(node, program)) {
                Operators.ALL.get(node.operator()).emit(node, program);
            }
        } catch (Unsupported e) {
            throw new Unsupported(node.label() + ": " + e.getMessage());
        } catch (IllegalArgumentException
                | ArithmeticException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | NullPointerException e) {
            throw new FileFormatException(node.label() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Runs the operations.
     *
     * @return the numbers of the graph's outputs by name
     */
    Map<String, OnnxTensor> run(Backend backend) {
        Map<String, OnnxTensor> results = new LinkedHashMap<>();
        Map<String, Value> computed = new LinkedHashMap<>();
        for (OnnxModel.Port output : model.outputs()) {
            OnnxTensor known = program.known(output.name());
            if (known == null) {
                Value value = program.value(output.name());
                computed.put(output.name(), value);
                program.graph().retain(value);
            }
            results.put(output.name(), known);
        }
        if (!computed.isEmpty()) {
            read(backend, computed, results);
        }
        return results;
    }

    private void read(Backend backend, Map<String, Value> computed, Map<String, OnnxTensor> results) {
        List<Memory> memories = new ArrayList<>();
        try {
            Placement placement = upload(backend, memories);
            long largest = backend.device().largestAllocation() / ElementType.FLOAT32.bytes();
            Graph graph = backend.suited(program.graph(), 1);
            MemoryPlan plan = MemoryPlan.of(
                    graph,
                    1,
                    operation -> backend.scratch(operation, graph.precision(), 1),
                    placement.placed(),
                    largest);
            memories.addAll(placement.allocate(graph, plan, backend));
            try (Executable executable = backend.prepare(graph, placement, 1)) {
                executable.run(Run.inference(1, 0));
            }
            computed.forEach((name, value) -> {
                Placement.Location location = placement.of(value);
                float[] numbers = new float[value.shape().size()];
                location.memory().read(location.offset(), numbers, 0, numbers.length);
                results.put(name, OnnxTensor.of(name, numbers, value.shape().toArray()));
            });
        } finally {
            memories.forEach(Memory::close);
        }
    }

    private Placement upload(Backend backend, List<Memory> memories) {
        Placement placement = new Placement();
        long elements = MemoryPlan.ALIGNMENT;
        for (Value value : program.uploads().keySet()) {
            elements += MemoryPlan.aligned(value.elements(1));
        }
        Memory memory = backend.allocate("ONNX inputs and weights", ElementType.FLOAT32, elements);
        memories.add(memory);
        long offset = 0;
        for (Map.Entry<Value, float[]> upload : program.uploads().entrySet()) {
            memory.write(offset, upload.getValue(), 0, upload.getValue().length);
            placement.put(upload.getKey(), memory, offset);
            offset += MemoryPlan.aligned(upload.getValue().length);
        }
        return placement;
    }
}
