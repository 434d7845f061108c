package conv4j.cli;

import conv4j.configfile.NetworkText;
import conv4j.model.Model;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes a network as a configuration file that {@code conv4j train} takes. */
final class ConfigText {

    private ConfigText() {}

    /**
     * The whole file.
     *
     * @param model its layers
     * @param network where the model comes from; null for a saved one, which has a shape of images and a number of classes
     */
    static String of(Model model, NetworkSource network) {
        String layers = NetworkText.of(model);
        if (network == null) {
            String shape = Arrays.stream(model.inputShape().toArray())
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining("x"));
            layers = layers.replaceFirst("(?m)^(name = .*)$", "$1\ninput = " + shape);
        }
        Map<String, String> training = new TreeMap<>();
        Map<String, String> data = new TreeMap<>();
        if (network != null && network.preset() != null) {
            training.putAll(TrainingSettings.options(network.preset()));
        }
        if (network != null && network.file() != null) {
            network.file()
                    .settings("training", ConfigDefaults.TRAINING)
                    .forEach((name, setting) -> training.put(name, setting.value()));
            network.file()
                    .settings("data", ConfigDefaults.DATA)
                    .forEach((name, setting) -> data.put(name, setting.value()));
        }
        return layers + section("training", training) + section("data", data);
    }

    private static String section(String name, Map<String, String> settings) {
        StringBuilder text = new StringBuilder(settings.isEmpty() ? "" : "\n[" + name + "]\n");
        settings.forEach((setting, value) ->
                text.append(setting).append(" = ").append(value).append('\n'));
        return text.toString();
    }
}
