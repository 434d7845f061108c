package conv4j.augmentation;

import conv4j.graph.Value;
import java.util.Map;

/**
 * A random change of images that happens on the device in training only, before the first layer. What happens to an image
 * depends on the model's seed, the training step and the image's place in the batch alone.
 */
public interface Augmentation {

    /**
     * Adds the operations that change a batch.
     *
     * @param context where they are added
     * @param images (height, width, channels), batched, normalized as the model says
     * @return the changed images, of the same shape
     * @throws IllegalArgumentException when the items are no images
     */
    Value emit(AugmentationContext context, Value images);

    /**
     * The class name in configurations, Keras' own where Keras has such a layer.
     *
     * @return for example {@code RandomFlip}
     */
    default String className() {
        return getClass().getSimpleName();
    }

    /**
     * The arguments, under Keras' names.
     *
     * @return what {@link Augmentations#fromConfig} makes the same augmentation of
     */
    Map<String, Object> config();
}
