package conv4j.cli;

import conv4j.augmentation.Augmentation;
import conv4j.augmentation.Interval;
import conv4j.augmentation.RandomBrightness;
import conv4j.augmentation.RandomContrast;
import conv4j.augmentation.RandomCutout;
import conv4j.augmentation.RandomFlip;
import conv4j.augmentation.RandomRotation;
import conv4j.augmentation.RandomTranslation;
import conv4j.graph.Augment.Edge;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code --augment} was given: names with an amount each, which become augmentations when the size of the images is
 * known.
 *
 * @param parts in the order in which they are applied
 */
record AugmentOption(List<Part> parts) {

    private static final double TURN = 360;

    /** What can be asked for, with the amount that is usual and the most that makes sense. */
    private enum Kind {
        FLIP(0, 0),
        SHIFT(4, 4096),
        ROTATE(15, TURN),
        CUTOUT(8, 4096),
        BRIGHTNESS(0.2, 1),
        CONTRAST(0.2, 1);

        private final double usual;
        private final double most;

        Kind(double usual, double most) {
            this.usual = usual;
            this.most = most;
        }
    }

    /** One name with its amount: pixels, degrees or a share; for flips the direction. */
    private record Part(Kind kind, RandomFlip.Mode mode, double amount) {

        static Part of(String text) {
            int equals = text.indexOf('=');
            Kind kind = kind(equals < 0 ? text : text.substring(0, equals));
            String value = equals < 0 ? null : text.substring(equals + 1);
            if (kind == Kind.FLIP) {
                return new Part(kind, mode(value == null ? "horizontal" : value), 0);
            }
            return new Part(kind, null, value == null ? kind.usual : amount(kind, value));
        }

        private static Kind kind(String name) {
            for (Kind kind : Kind.values()) {
                if (kind.name().equalsIgnoreCase(name)) {
                    return kind;
                }
            }
            throw new TypeConversionException(
                    "'" + name + "' is not known; choose from flip, shift, rotate, cutout, brightness and contrast,"
                            + " as in flip,shift=4");
        }

        private static RandomFlip.Mode mode(String text) {
            return switch (text) {
                case "horizontal" -> RandomFlip.Mode.HORIZONTAL;
                case "vertical" -> RandomFlip.Mode.VERTICAL;
                case "both" -> RandomFlip.Mode.HORIZONTAL_AND_VERTICAL;
                default -> throw new TypeConversionException(
                        "flip=" + text + " is not known; choose horizontal, vertical or both");
            };
        }

        private static double amount(Kind kind, String text) {
            boolean pixels = kind == Kind.SHIFT || kind == Kind.CUTOUT;
            if (text.matches(pixels ? "\\d{1,4}" : "\\d{1,4}(\\.\\d{1,9})?")) {
                double amount = Double.parseDouble(text);
                if (amount > 0 && amount <= kind.most) {
                    return amount;
                }
            }
            String name = kind.name().toLowerCase(java.util.Locale.ROOT);
            throw new TypeConversionException(name + "=" + text + " is not possible; give a "
                    + (pixels ? "whole number of pixels" : kind == Kind.ROTATE ? "number of degrees" : "number")
                    + " above 0, up to " + (pixels ? "the size of the images" : String.valueOf((int) kind.most)));
        }

        Augmentation forImages(Shape images, Subcommand command) {
            int height = images.dim(0);
            int width = images.dim(1);
            if ((kind == Kind.SHIFT || kind == Kind.CUTOUT) && amount > Math.min(height, width)) {
                throw command.usage("--augment: " + (int) amount + " pixels are more than images of " + height + " x "
                        + width + " have");
            }
            return switch (kind) {
                case FLIP -> new RandomFlip(mode);
                case SHIFT -> new RandomTranslation(
                        Interval.around(amount / height), Interval.around(amount / width), Edge.CONSTANT, 0);
                case ROTATE -> new RandomRotation(Interval.around(amount / TURN), Edge.CONSTANT, 0);
                case CUTOUT -> new RandomCutout(Interval.of(amount / height), Interval.of(amount / width), 0);
                case BRIGHTNESS -> new RandomBrightness(amount);
                case CONTRAST -> new RandomContrast(amount);
            };
        }
    }

    /** Reads {@code flip,shift=4,rotate=15}. */
    static final class Converter implements ITypeConverter<AugmentOption> {
        @Override
        public AugmentOption convert(String text) {
            List<Part> parts = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                parts.add(Part.of(part.strip()));
            }
            return new AugmentOption(parts);
        }
    }

    /** The augmentations of images of a shape. */
    Augmentation[] forImages(Shape images, Subcommand command) {
        return parts.stream().map(part -> part.forImages(images, command)).toArray(Augmentation[]::new);
    }
}
