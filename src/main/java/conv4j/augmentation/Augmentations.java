package conv4j.augmentation;

import conv4j.config.Config;
import java.util.Map;

/** Finds an {@link Augmentation} by its configuration. */
public final class Augmentations {

    private Augmentations() {}

    /**
     * Makes the augmentation that {@link Augmentation#config} describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names
     * @return a new augmentation
     * @throws IllegalArgumentException when there is none of that name or an argument is wrong
     */
    public static Augmentation fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        Augmentation augmentation = make(className, arguments);
        arguments.done();
        return augmentation;
    }

    private static Augmentation make(String className, Config config) {
        return switch (className) {
            case "RandomFlip" -> RandomFlip.from(config);
            case "RandomTranslation" -> RandomTranslation.from(config);
            case "RandomRotation" -> RandomRotation.from(config);
            case "RandomCutout" -> RandomCutout.from(config);
            case "RandomBrightness" -> RandomBrightness.from(config);
            case "RandomContrast" -> RandomContrast.from(config);
            default -> throw new IllegalArgumentException("there is no augmentation '" + className
                    + "'; there are RandomFlip, RandomTranslation, RandomRotation, RandomCutout, RandomBrightness and"
                    + " RandomContrast");
        };
    }
}
