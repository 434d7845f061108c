package conv4j.keras;

import conv4j.keras.WrittenGraph.Written;
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

    private WeightWriter() {}

    static void write(Model model, WrittenGraph graph, H5Writer file) {
        Map<String, List<String>> byLayer = new LinkedHashMap<>();
        for (String name : model.weights().names()) {
            byLayer.computeIfAbsent(name.substring(0, name.lastIndexOf('/')), unused -> new ArrayList<>())
                    .add(name);
        }
        Map<Written, String> groups = graph.groups();
        for (Written layer : graph.order()) {
            List<String> names = layer.source() == null
                    ? List.of()
                    : byLayer.getOrDefault(layer.source().name(), List.of());
            for (int i = 0; i < names.size(); i++) {
                file.put(
                        groups.get(layer) + "/vars/" + i,
                        model.weights().shape(names.get(i)),
                        model.weights().get(names.get(i)));
            }
        }
    }

    static void writeOptimizer(Model model, WrittenGraph graph, H5Writer file) {
        Optimizer optimizer = model.optimizer();
        OptimizerMemory memory = OptimizerMemory.of(model);
        int next = 0;
        file.put(OPTIMIZER + next++, memory.steps());
        if (OptimizerArrays.hasLearningRate(optimizer)) {
            file.put(OPTIMIZER + next++, (float) optimizer.learningRateAt(memory.steps()));
        }
        for (String slot : OptimizerArrays.slots(optimizer, parameters(model, graph))) {
            Shape shape = model.weights().shape(slot.substring(0, slot.lastIndexOf('/')));
            float[] values = memory.slots().getOrDefault(slot, new float[shape.size()]);
            file.put(OPTIMIZER + next++, shape, values);
        }
        if (OptimizerArrays.trailing(optimizer) == 1) {
            file.put(OPTIMIZER + next, OptimizerArrays.momentumProduct(optimizer, memory.steps()));
        }
    }

    private static List<String> parameters(Model model, WrittenGraph graph) {
        Set<String> trainable = Set.copyOf(model.weights().trainableNames());
        List<String> ordered = new ArrayList<>();
        for (Written layer : graph.order()) {
            if (layer.source() != null) {
                String prefix = layer.source().name() + "/";
                model.weights().names().stream()
                        .filter(name -> name.startsWith(prefix) && trainable.contains(name))
                        .forEach(ordered::add);
            }
        }
        return ordered;
    }
}
