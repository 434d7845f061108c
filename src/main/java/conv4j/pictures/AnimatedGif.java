package conv4j.pictures;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes animations that repeat for ever (GIF89a). All frames share one palette; each frame after the first holds the
 * rectangle that changed, transparent where it did not.
 */
final class AnimatedGif {

    private static final String FORMAT = "javax_imageio_gif_image_1.0";
    private static final int MILLISECONDS_PER_UNIT = 10;

    private final IntFunction<BufferedImage> frames;
    private final int count;
    private final int delay;
    private final GifPalette palette;

    /** The frame before the one in hand, as indices of the palette, and the size of all of them. */
    private int[] shown;

    private int width;
    private int height;

    private AnimatedGif(IntFunction<BufferedImage> frames, int count, int milliseconds) {
        this.frames = frames;
        this.count = count;
        this.delay = milliseconds / MILLISECONDS_PER_UNIT;
        List<BufferedImage> some =
                Stream.of(0, count / 2, count - 1).distinct().map(frames::apply).toList();
        this.palette = GifPalette.of(some);
    }

    /**
     * Encodes an animation.
     *
     * @param frames opaque images of one size
     * @param count how many, 1 or more
     * @param milliseconds how long each one is shown, in steps of 10
     * @return the file
     */
    static byte[] encode(IntFunction<BufferedImage> frames, int count, int milliseconds) throws IOException {
        return new AnimatedGif(frames, count, milliseconds).encode();
    }

    private byte[] encode() throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.prepareWriteSequence(null);
            for (int i = 0; i < count; i++) {
                write(writer, frames.apply(i));
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private void write(ImageWriter writer, BufferedImage frame) throws IOException {
        int[] indices = indices(frame);
        Rectangle changed = changed(indices);
        BufferedImage image =
                new BufferedImage(changed.width, changed.height, BufferedImage.TYPE_BYTE_INDEXED, palette.model());
        WritableRaster raster = image.getRaster();
        for (int y = 0; y < changed.height; y++) {
            for (int x = 0; x < changed.width; x++) {
                int i = (changed.y + y) * width + changed.x + x;
                boolean same = shown != null && shown[i] == indices[i];
                raster.setSample(x, y, 0, same ? GifPalette.TRANSPARENT : indices[i]);
            }
        }
        IIOMetadata metadata = metadata(writer, image, changed, shown == null);
        writer.writeToSequence(new IIOImage(image, null, metadata), null);
        shown = indices;
    }

    private int[] indices(BufferedImage frame) {
        width = frame.getWidth();
        height = frame.getHeight();
        int[] pixels = frame.getRGB(0, 0, width, height, null, 0, width);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = palette.index(pixels[i]);
        }
        return pixels;
    }

    /** The smallest rectangle around what differs from the frame before; everything for the first one. */
    private Rectangle changed(int[] indices) {
        if (shown == null) {
            return new Rectangle(width, height);
        }
        Rectangle changed = null;
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] != shown[i]) {
                Rectangle pixel = new Rectangle(i % width, i / width, 1, 1);
                changed = changed == null ? pixel : changed.union(pixel);
            }
        }
        return changed == null ? new Rectangle(1, 1) : changed;
    }

    private IIOMetadata metadata(ImageWriter writer, BufferedImage image, Rectangle place, boolean first)
            throws IOException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(FORMAT);
        IIOMetadataNode descriptor = child(root, "ImageDescriptor");
        descriptor.setAttribute("imageLeftPosition", Integer.toString(place.x));
        descriptor.setAttribute("imageTopPosition", Integer.toString(place.y));
        descriptor.setAttribute("interlaceFlag", "FALSE");
        IIOMetadataNode control = child(root, "GraphicControlExtension");
        control.setAttribute("disposalMethod", "doNotDispose");
        control.setAttribute("userInputFlag", "FALSE");
        control.setAttribute("transparentColorFlag", "TRUE");
        control.setAttribute("transparentColorIndex", Integer.toString(GifPalette.TRANSPARENT));
        control.setAttribute("delayTime", Integer.toString(delay));
        if (first) {
            child(root, "ApplicationExtensions").appendChild(endless());
        }
        metadata.setFromTree(FORMAT, root);
        return metadata;
    }

    /** Netscape's extension, by which an animation says how often it repeats: 0, for ever. */
    private static IIOMetadataNode endless() {
        IIOMetadataNode extension = new IIOMetadataNode("ApplicationExtension");
        extension.setAttribute("applicationID", "NETSCAPE");
        extension.setAttribute("authenticationCode", "2.0");
        extension.setUserObject(new byte[] {1, 0, 0});
        return extension;
    }

    private static IIOMetadataNode child(IIOMetadataNode root, String name) {
        for (int i = 0; i < root.getLength(); i++) {
            if (root.item(i).getNodeName().equals(name)) {
                return (IIOMetadataNode) root.item(i);
            }
        }
        IIOMetadataNode child = new IIOMetadataNode(name);
        root.appendChild(child);
        return child;
    }
}
