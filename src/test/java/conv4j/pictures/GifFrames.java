package conv4j.pictures;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;

/**
 * A GIF as a viewer shows it.
 *
 * @param images every frame laid over those before it
 * @param delays how long each one is shown, in hundredths of a second
 * @param loops how often the animation is shown, 0 for ever, -1 when nothing says so
 */
record GifFrames(List<BufferedImage> images, List<Integer> delays, int loops) {

    static GifFrames read(Path file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            reader.setInput(in);
            List<BufferedImage> images = new ArrayList<>();
            List<Integer> delays = new ArrayList<>();
            int loops = -1;
            for (int i = 0; i < reader.getNumImages(true); i++) {
                IIOMetadataNode root =
                        (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
                BufferedImage below = i == 0 ? null : images.get(i - 1);
                images.add(over(below, reader.read(i), root));
                delays.add(
                        Integer.parseInt(node(root, "GraphicControlExtension").getAttribute("delayTime")));
                if (root.getElementsByTagName("ApplicationExtension").getLength() > 0) {
                    IIOMetadataNode extension = node(root, "ApplicationExtension");
                    byte[] data = (byte[]) extension.getUserObject();
                    loops = data[1] + 256 * data[2];
                }
            }
            return new GifFrames(images, delays, loops);
        } finally {
            reader.dispose();
        }
    }

    private static IIOMetadataNode node(IIOMetadataNode root, String name) {
        return (IIOMetadataNode) root.getElementsByTagName(name).item(0);
    }

    private static BufferedImage over(BufferedImage below, BufferedImage frame, IIOMetadataNode root) {
        IIOMetadataNode place = node(root, "ImageDescriptor");
        int left = Integer.parseInt(place.getAttribute("imageLeftPosition"));
        int top = Integer.parseInt(place.getAttribute("imageTopPosition"));
        BufferedImage shown = below == null
                ? new BufferedImage(frame.getWidth(), frame.getHeight(), BufferedImage.TYPE_INT_ARGB)
                : copy(below);
        for (int y = 0; y < frame.getHeight(); y++) {
            for (int x = 0; x < frame.getWidth(); x++) {
                if (frame.getRGB(x, y) >>> 24 != 0) {
                    shown.setRGB(left + x, top + y, frame.getRGB(x, y));
                }
            }
        }
        return shown;
    }

    private static BufferedImage copy(BufferedImage image) {
        return new BufferedImage(image.getColorModel(), image.copyData(null), false, null);
    }
}
