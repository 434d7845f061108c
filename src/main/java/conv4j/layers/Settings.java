package conv4j.layers;

import conv4j.config.Config;
import conv4j.initializers.Initializer;
import conv4j.initializers.Initializers;
import conv4j.regularizers.Regularizer;
import conv4j.regularizers.Regularizers;
import conv4j.shape.Padding;
import java.util.Arrays;
import java.util.List;

/** How arguments that several layers share are checked, written to configurations and read from them. */
final class Settings {

    private Settings() {}

    static int positive(String layer, String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(layer + " needs " + what + " of 1 or more, but was given " + value);
        }
        return value;
    }

    static List<Integer> list(int... numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    /** Margins as Keras nests them: {@code [[top, bottom], [left, right]]}. */
    static List<List<Integer>> margins(int[] margins) {
        return List.of(list(margins[0], margins[1]), list(margins[2], margins[3]));
    }

    static Object padding(Padding padding) {
        return padding.name().equals("explicit") ? margins(padding.explicitPads()) : padding.name();
    }

    static Padding padding(Config config) {
        if (config.value("padding") instanceof List) {
            int[] pads = config.margins("padding");
            return Padding.explicit(pads[0], pads[1], pads[2], pads[3]);
        }
        return Padding.named(config.text("padding", "valid"));
    }

    static Object initializer(Initializer initializer) {
        return new Config.Part(initializer.className(), initializer.config()).toMap();
    }

    static Initializer initializer(Config config, String key, Initializer otherwise) {
        Config.Part part = config.part(key);
        return part == null ? otherwise : Initializers.fromConfig(part.className(), part.config());
    }

    /** A regularizer as Keras nests it, null for none. */
    static Object regularizer(Regularizer regularizer) {
        return regularizer == null ? null : new Config.Part(regularizer.className(), regularizer.config()).toMap();
    }

    /** The regularizer that was written, null for none. */
    static Regularizer regularizer(Config config, String key) {
        Config.Part part = config.part(key);
        return part == null ? null : Regularizers.fromConfig(part.className(), part.config());
    }

    /** The decimal number that was meant by a float, so that 0.1f is written as 0.1. */
    static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }
}
