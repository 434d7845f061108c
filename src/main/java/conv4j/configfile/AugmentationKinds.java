package conv4j.configfile;

import conv4j.augmentation.Augmentations;
import conv4j.layers.Layers;
import java.util.List;
import java.util.Map;

/** The augmentations that an augmentation section may have. */
final class AugmentationKinds {

    /** All of them. */
    static final Kinds ALL = new Kinds(
            "augmentation",
            List.of(
                    kind("RandomFlip", List.of("mode"), Map.of()),
                    kind(
                            "RandomTranslation",
                            List.of("height_factor", "width_factor"),
                            Map.of("height_factor", 0.1, "width_factor", 0.1)),
                    kind("RandomRotation", List.of("factor"), Map.of("factor", 0.1)),
                    kind(
                            "RandomCutout",
                            List.of("height_factor", "width_factor"),
                            Map.of("height_factor", 0.1, "width_factor", 0.1)),
                    kind("RandomBrightness", List.of("factor"), Map.of("factor", 0.1)),
                    kind("RandomContrast", List.of("factor"), Map.of("factor", 0.1))));

    private AugmentationKinds() {}

    private static Kind kind(String className, List<String> places, Map<String, Object> least) {
        return new Kind(className, Layers.snakeCase(className), places, least, options -> Augmentations.fromConfig(
                        className, options)
                .config());
    }
}
