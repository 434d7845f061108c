package conv4j.configfile;

import conv4j.augmentation.Augmentation;
import conv4j.layers.Dense;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the layers of a model as sections of a configuration file. */
public final class NetworkText {

    private static final String NEWLINE = "\n";

    private final Model model;
    private final List<Tensor> uses;

    private NetworkText(Model model) {
        this.model = model;
        this.uses = model.tensors().stream()
                .filter(tensor -> !tensor.inputs().isEmpty())
                .toList();
    }

    /**
     * The network section that builds the same network again, for any number of classes where its last layer with units has as many
     * as the model has outputs; and the augmentation section where the model has augmentations.
     *
     * @param model any model that uses every layer once
     * @return lines, from {@code [network]} on; without input and classes
     * @throws IllegalArgumentException when a layer is used twice, which such files cannot say
     */
    public static String of(Model model) {
        NetworkText text = new NetworkText(model);
        StringBuilder lines = new StringBuilder("[network]\nname = " + model.name() + NEWLINE);
        text.layerLines().forEach(line -> lines.append(line).append(NEWLINE));
        if (!model.augmentation().isEmpty()) {
            lines.append("\n[augmentation]\n");
            for (Augmentation one : model.augmentation()) {
                Kind kind = AugmentationKinds.ALL.find(one.className()).orElseThrow();
                lines.append(kind.line(one.config(), List.of())).append(NEWLINE);
            }
        }
        return lines.toString();
    }

    private List<String> layerLines() {
        Set<Layer> seen = new HashSet<>();
        for (Tensor use : uses) {
            if (!seen.add(use.layer())) {
                throw new IllegalArgumentException("the layer " + use.layer().name()
                        + " is used twice, which a configuration file cannot say; give every use a layer of its own");
            }
        }
        Set<String> named = named();
        List<String> lines = new ArrayList<>();
        Tensor before = model.tensors().get(0);
        for (Tensor use : uses) {
            lines.add(line(use, before, named));
            before = use;
        }
        return lines;
    }

    private String line(Tensor use, Tensor before, Set<String> named) {
        Layer layer = use.layer();
        Kind kind = LayerKinds.ALL
                .find(layer.className())
                .orElseThrow(() -> new IllegalArgumentException(
                        "a configuration file has no layer " + layer.className() + ", as " + layer.name() + " is"));
        List<String> more = new ArrayList<>();
        if (named.contains(layer.name())) {
            more.add("name=" + ValueText.format(layer.name()));
        }
        if (!layer.trainable()) {
            more.add("trainable=false");
        }
        Map<String, Object> config = layer.config();
        if (LayerKinds.joins(kind)) {
            String options = kind.line(config, more).substring(kind.title().length());
            return kind.title() + " "
                    + String.join(
                            " ", use.inputs().stream().map(this::reference).toList()) + options;
        }
        if (use.inputs().get(0) != before) {
            more.add("from=" + reference(use.inputs().get(0)));
        }
        String line = kind.line(config, more);
        return isOutput(use) ? line.replaceFirst(" \\d+", " " + NetworkDescription.CLASSES) : line;
    }

    /** Whether a layer has as many units as there are classes because it returns them. */
    private boolean isOutput(Tensor use) {
        long later = uses.subList(uses.indexOf(use) + 1, uses.size()).stream()
                .filter(other -> other.layer() instanceof Dense)
                .count();
        return use.layer() instanceof Dense && later == 0 && use.shape().equals(model.outputShape());
    }

    private String reference(Tensor tensor) {
        return tensor.inputs().isEmpty()
                ? "input"
                : ValueText.format(tensor.layer().name());
    }

    /** The layers whose names must be written: others refer to them, or Keras would name them otherwise. */
    private Set<String> named() {
        Set<String> named = new HashSet<>();
        Tensor before = model.tensors().get(0);
        for (Tensor use : uses) {
            boolean joins = use.inputs().size() > 1;
            for (Tensor input : use.inputs()) {
                if (joins || input != before) {
                    named.add(input.layer().name());
                }
            }
            before = use;
        }
        List<String> names = uses.stream().map(use -> use.layer().name()).toList();
        List<String> usual =
                uses.stream().map(use -> Layers.defaultName(use.layer())).toList();
        for (int known = -1; known != named.size(); ) {
            known = named.size();
            List<String> read = LayerNames.complete(
                    Arrays.asList(names.stream()
                            .map(name -> named.contains(name) ? name : null)
                            .toArray(String[]::new)),
                    usual);
            for (int i = 0; i < names.size(); i++) {
                if (!names.get(i).equals(read.get(i))) {
                    named.add(names.get(i));
                }
            }
        }
        return named;
    }
}
