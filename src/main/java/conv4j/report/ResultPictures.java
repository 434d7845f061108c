package conv4j.report;

import conv4j.data.Dataset;
import conv4j.evaluation.Calibration;
import conv4j.evaluation.Classification;
import conv4j.evaluation.ConfusionMatrix;
import conv4j.pictures.Images;
import conv4j.pictures.MatrixChart;
import conv4j.pictures.Picture;
import conv4j.pictures.ReliabilityChart;
import conv4j.pictures.TileGrid;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Pictures of a data set, and of what a model makes of it. */
public final class ResultPictures {

    private static final int BYTE = 255;
    private static final String NOTE =
            "below each image its true class, green where the model is right and orange where it is wrong";
    private static final int SAMPLE_WIDTH = 96;
    private static final int PREDICTION_WIDTH = 160;
    private static final int BARS = 3;
    private static final int BINS = 10;

    private final Dataset data;
    private final Classification result;

    /**
     * Pictures.
     *
     * @param data labelled images
     * @param result what a model made of them; null when only samples are wanted
     */
    public ResultPictures(Dataset data, Classification result) {
        this.data = data;
        this.result = result;
    }

    private BufferedImage image(int index) {
        float[] pixels = new float[data.inputShape().size()];
        data.input(index, pixels, 0);
        double low = 0;
        double high = BYTE;
        if (!data.bytes()) {
            low = IntStream.range(0, pixels.length)
                    .mapToDouble(i -> pixels[i])
                    .min()
                    .orElse(0);
            high = IntStream.range(0, pixels.length)
                    .mapToDouble(i -> pixels[i])
                    .max()
                    .orElse(1);
        }
        return Images.photo(pixels, data.inputShape(), low, high > low ? high : low + 1);
    }

    /**
     * The first images of a data set with their classes.
     *
     * @param count how many
     * @return a tile per image
     */
    public Picture samples(int count) {
        List<TileGrid.Tile> tiles = new ArrayList<>();
        float[] label = new float[data.targetShape().size()];
        for (int i = 0; i < Math.min(count, data.size()); i++) {
            data.target(i, label, 0);
            int index = (int) label[0];
            String name = index < data.classNames().size() ? data.classNames().get(index) : "class " + index;
            tiles.add(new TileGrid.Tile(image(i), name));
        }
        String title = String.format(Locale.ROOT, "%,d of %,d images", tiles.size(), data.size());
        return new TileGrid(title, "", tiles, SAMPLE_WIDTH, SAMPLE_WIDTH);
    }

    /**
     * The first images with their most probable classes.
     *
     * @param count how many
     * @return a tile per image
     */
    public Picture predictions(int count) {
        int shown = Math.min(count, data.size());
        List<TileGrid.Tile> tiles =
                IntStream.range(0, shown).mapToObj(this::prediction).toList();
        String title = "Predictions of " + tiles.size() + " images";
        return new TileGrid(title, NOTE, tiles, SAMPLE_WIDTH, PREDICTION_WIDTH);
    }

    /**
     * The images that were taken for another class with the most confidence.
     *
     * @param count how many at most
     * @return a tile per image; a note where there is no mistake
     */
    public Picture mistakes(int count) {
        List<Classification.Mistake> mistakes = result.mistakes();
        List<TileGrid.Tile> tiles = mistakes.stream()
                .limit(count)
                .map(mistake -> prediction(mistake.index()))
                .toList();
        if (tiles.isEmpty()) {
            return new TileGrid(
                    "No mistakes",
                    "all images were taken for what they are",
                    List.of(prediction(0)),
                    SAMPLE_WIDTH,
                    PREDICTION_WIDTH);
        }
        String title =
                String.format(Locale.ROOT, "The %d most confident of %,d mistakes", tiles.size(), mistakes.size());
        return new TileGrid(title, NOTE, tiles, SAMPLE_WIDTH, PREDICTION_WIDTH);
    }

    private TileGrid.Tile prediction(int index) {
        int label = result.label(index);
        boolean right = result.predicted(index) == label;
        List<TileGrid.Caption> captions = List.of(
                new TileGrid.Caption(result.classNames().get(label), right ? TileGrid.Tone.GOOD : TileGrid.Tone.BAD));
        List<TileGrid.Bar> bars = result.ranking(index).stream()
                .limit(BARS)
                .map(c -> new TileGrid.Bar(
                        result.classNames().get(c),
                        result.probability(index, c),
                        c == label
                                ? TileGrid.Tone.GOOD
                                : c == result.predicted(index) ? TileGrid.Tone.BAD : TileGrid.Tone.PALE))
                .toList();
        return new TileGrid.Tile(image(index), captions, bars);
    }

    /** {@return how often each class was taken for each} */
    public Picture confusion() {
        ConfusionMatrix matrix = result.confusion();
        int classes = matrix.classes();
        long[][] counts = new long[classes][classes];
        for (int actual = 0; actual < classes; actual++) {
            for (int predicted = 0; predicted < classes; predicted++) {
                counts[actual][predicted] = matrix.count(actual, predicted);
            }
        }
        String title = String.format(
                Locale.ROOT, "Confusion matrix: %,d of %,d images right", matrix.correct(), matrix.total());
        return new MatrixChart(title, "actual class", "predicted class", matrix.classNames(), counts);
    }

    /** {@return accuracy over confidence in ten bins} */
    public Picture calibration() {
        Calibration calibration = result.calibration(BINS);
        List<ReliabilityChart.Bar> bars = calibration.bins().stream()
                .map(bin ->
                        new ReliabilityChart.Bar(bin.low(), bin.high(), bin.count(), bin.confidence(), bin.accuracy()))
                .toList();
        String title =
                String.format(Locale.ROOT, "Calibration: expected error %.1f %%", 100 * calibration.expectedError());
        return new ReliabilityChart(title, bars);
    }
}
