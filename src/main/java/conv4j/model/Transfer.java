package conv4j.model;

import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a new model of the first layers of another one, with their weights, and of new layers on top. */
final class Transfer {

    private final Model base;
    private final Tensor end;
    private final Map<Layer, Layer> copies = new IdentityHashMap<>();

    /**
     * A transfer of the layers that the named one needs.
     *
     * @throws IllegalArgumentException when the model has no layer of that name
     */
    Transfer(Model base, String layer) {
        this.base = base;
        Layer last = base.layer(layer);
        // A layer that is used more than once counts by its last use.
        this.end = base.network().order().stream()
                .filter(tensor -> tensor.layer() == last)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    Model to(String name, Layer... top) {
        nameApart(top);
        Model model = base instanceof Sequential ? sequential(name, top) : functional(name, top);
        model.seed(base.seed()).normalization(base.normalization());
        model.augmentation(base.augmentation().toArray(conv4j.augmentation.Augmentation[]::new));
        base.shareDevice(model);
        copies.forEach((from, to) -> base.variables().of(from).forEach(variable -> model.weights()
                .set(variable.value().name(), base.weights().read(variable))));
        return model;
    }

    /** Gives new layers names that no kept layer has; the constructors of models name layers among themselves only. */
    private void nameApart(Layer... top) {
        Set<String> taken = new HashSet<>();
        base.layers().forEach(layer -> taken.add(layer.name()));
        for (Layer layer : top) {
            taken.add(layer.name());
        }
        for (Layer layer : top) {
            if (layer.name() == null) {
                String plain = Layers.defaultName(layer);
                String name = plain;
                for (int i = 1; !taken.add(name); i++) {
                    name = plain + "_" + i;
                }
                layer.name(name);
            }
        }
    }

    private Layer copy(Layer layer) {
        return copies.computeIfAbsent(layer, from -> Layers.fromConfig(from.className(), from.config()));
    }

    private Sequential sequential(String name, Layer... top) {
        List<Layer> layers = new ArrayList<>();
        for (Tensor tensor = end;
                tensor != base.network().input();
                tensor = tensor.inputs().get(0)) {
            layers.add(0, copy(tensor.layer()));
        }
        layers.addAll(List.of(top));
        Input input = (Input) copy(base.network().input().layer());
        return new Sequential(name, input, layers.toArray(Layer[]::new));
    }

    private Model functional(String name, Layer... top) {
        Map<Tensor, Tensor> tensors = new IdentityHashMap<>();
        for (Tensor tensor : base.network().order()) {
            Tensor[] inputs = tensor.inputs().stream().map(tensors::get).toArray(Tensor[]::new);
            tensors.put(tensor, copy(tensor.layer()).apply(inputs));
        }
        Tensor last = tensors.get(end);
        for (Layer layer : top) {
            last = layer.apply(last);
        }
        Model model = new Model(name, tensors.get(base.network().input()), last);
        copies.values().retainAll(new HashSet<>(model.layers()));
        return model;
    }
}
