package conv4j.keras;

import conv4j.keras.WrittenGraph.Source;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.optimizers.Optimizer;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts weights and the optimizer's arrays where Keras looks for them. */
final class WeightWriter {

    private static final String OPTIMIZER = "optimizer/vars/";

    private final Model model;
    private final H5Writer file;

    /** The names of the weights in Keras' order, with their shapes in the file. */
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    private final Map<String, String> paths = new LinkedHashMap<>();

    WeightWriter(Model model, WrittenGraph graph, H5Writer file) {
        this.model = model;
        this.file = file;
        for (Source source : graph.sources()) {
            String prefix = source.layer().source().name() + "/";
            int index = 0;
            for (String name : model.weights().names()) {
                if (name.startsWith(prefix)) {
                    Shape stored = source.layer().stored();
                    shapes.put(name, stored == null ? model.weights().shape(name) : stored);
                    paths.put(name, source.group() + "/vars/" + index++);
                }
            }
        }
    }

    void write() {
        paths.forEach(
                (name, path) -> file.put(path, shapes.get(name), model.weights().get(name)));
    }

    void writeOptimizer() {
        Optimizer optimizer = model.optimizer();
        OptimizerMemory memory = OptimizerMemory.of(model);
        int next = 0;
        file.put(OPTIMIZER + next++, memory.steps());
        if (OptimizerArrays.hasLearningRate(optimizer)) {
            file.put(OPTIMIZER + next++, (float) optimizer.learningRateAt(memory.steps()));
        }
        Set<String> trainable = Set.copyOf(model.weights().trainableNames());
        List<String> parameters = new ArrayList<>(shapes.keySet());
        parameters.retainAll(trainable);
        for (String slot : OptimizerArrays.slots(optimizer, parameters)) {
            Shape shape = shapes.get(slot.substring(0, slot.lastIndexOf('/')));
            float[] values = memory.slots().getOrDefault(slot, new float[shape.size()]);
            file.put(OPTIMIZER + next++, shape, values);
        }
        if (OptimizerArrays.trailing(optimizer) == 1) {
            file.put(OPTIMIZER + next, OptimizerArrays.momentumProduct(optimizer, memory.steps()));
        }
    }
}
