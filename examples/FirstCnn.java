import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.callbacks.LambdaCallback;
import conv4j.callbacks.LearningRateScheduler;
import conv4j.callbacks.ModelCheckpoint;
import conv4j.data.Cifar10;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.evaluation.Classification;
import conv4j.keras.KerasFile;
import conv4j.layers.*;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.*;
import conv4j.onnx.OnnxFile;
import conv4j.optimizers.Adamax;
import conv4j.pictures.Picture;
import conv4j.pictures.PixelCanvas;
import conv4j.pictures.TileGrid;
import conv4j.report.ModelPictures;
import conv4j.report.ResultPictures;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The first convolutional network that everybody trains, from the data to the finished model: docs/first-cnn.md walks
 * through it.
 *
 * <pre>java -cp target/conv4j.jar examples/FirstCnn.java DATA OUT [EPOCHS [DEVICE]]</pre>
 */
public class FirstCnn {

    private final Dataset train;
    private final Dataset test;
    private final Backend device;
    private final Path out;

    FirstCnn(Dataset train, Dataset test, Backend device, Path out) {
        this.train = train;
        this.test = test;
        this.device = device;
        this.out = out;
    }

    public static void main(String[] args) {
        if (args.length < 2) {
            System.err.println("give the folder of CIFAR-10, a folder for what comes out, and if you like the number of"
                    + " epochs (10) and the device (auto)");
            System.exit(2);
        }
        Path data = Path.of(args[0]);
        int epochs = args.length > 2 ? Integer.parseInt(args[2]) : 10;
        try (Backend device = Backends.open(args.length > 3 ? args[3] : "auto")) {
            new FirstCnn(Cifar10.train(data), Cifar10.test(data), device, Path.of(args[1])).run(epochs);
        }
    }

    void run(int epochs) {
        showData();
        try (Model model = begin()) {
            train(model, epochs);
            keepWeights(model);
            Classification result = evaluate(model);
            lookAt(result);
            showFilters(model);
            stimuliByHand(model);
            readyStimuli(model);
            export(model);
        }
    }

    void showData() {
        System.out.println(train.size() + " images to train on, " + test.size() + " to test with, each "
                + train.inputShape() + ", of the classes " + train.classNames());
        float[] pixels = train.input(0);
        System.out.println("the first one is a " + train.classNames().get(train.label(0)) + "; its first pixel is "
                + Arrays.toString(Arrays.copyOf(pixels, 3)));
        write(new ResultPictures(train, null).samples(10), "samples.png");
    }

    void write(Picture picture, String name) {
        PixelCanvas.write(picture, out.resolve(name));
    }

    static Model network() {
        Model model = new Sequential(
                "first_cnn",
                new Input(32, 32, 3),
                new Conv2D(16, 3).padding("same"),
                new LeakyReLU(0.1),
                new Conv2D(32, 3).padding("same"),
                new LeakyReLU(0.1),
                new MaxPooling2D(2),
                new Dropout(0.25),
                new Conv2D(32, 3).padding("same"),
                new LeakyReLU(0.1),
                new Conv2D(64, 3).padding("same"),
                new LeakyReLU(0.1),
                new MaxPooling2D(2),
                new Dropout(0.25),
                new Flatten(),
                new Dense(256),
                new LeakyReLU(0.1),
                new Dropout(0.5),
                new Dense(10),
                new Softmax());
        model.normalization(Normalization.centered()); // pixel / 255 - 0.5, in training and ever after
        model.compile(new Adamax(0.005), new SparseCategoricalCrossentropy(), new Accuracy());
        return model;
    }

    Model begin() {
        Path checkpoint = out.resolve("first-cnn");
        if (Files.exists(checkpoint)) {
            Model model = Model.load(checkpoint).on(device);
            System.out.println("going on after epoch " + model.trainedEpochs());
            return model;
        }
        Model model = network().on(device);
        System.out.println(model.summary(32));
        return model;
    }

    void train(Model model, int epochs) {
        model.fit(train, new FitOptions()
                .epochs(epochs)
                .batchSize(32)
                .validation(test)
                .resume(true)
                .callbacks(
                        new LearningRateScheduler(epoch -> 0.005 * Math.pow(0.9, epoch))
                                .verbose(true)
                                .messages(System.out),
                        new ModelCheckpoint(out.resolve("first-cnn").toString()),
                        new LambdaCallback().onEpochEnd((trained, epoch, logs) -> System.out.printf(
                                "  loss %.4f, accuracy %.4f; on test images %.4f, %.4f%n",
                                logs.get("loss"),
                                logs.get("accuracy"),
                                logs.get("val_loss"),
                                logs.get("val_accuracy")))));
        write(new ModelPictures(model).history(), "history.png");
    }

    void keepWeights(Model model) {
        Path weights = out.resolve("weights.safetensors");
        model.saveWeights(weights);
        try (Model other = network().on(device)) {
            other.loadWeights(weights);
            boolean same = Arrays.equals(model.predict(test.input(0)), other.predict(test.input(0)));
            System.out.println("another model with these weights predicts the same: " + same);
        }
    }

    Classification evaluate(Model model) {
        Classification result = Classification.of(model.predict(test, 128), test);
        System.out.printf("%.2f %% of the test images are right%n%n", 100 * result.accuracy());
        System.out.println(result.report());
        write(new ResultPictures(test, result).confusion(), "confusion.png");
        return result;
    }

    void lookAt(Classification result) {
        for (int image = 0; image < 3; image++) {
            System.out.print("image " + image + " is a " + result.classNames().get(result.label(image)) + ":");
            for (int guess : result.ranking(image).subList(0, 3)) {
                System.out.printf(
                        "  %s %.1f %%", result.classNames().get(guess), 100 * result.probability(image, guess));
            }
            System.out.println();
        }
        write(new ResultPictures(test, result).predictions(5), "predictions.png");
        write(new ResultPictures(test, result).mistakes(5), "mistakes.png");
    }

    void showFilters(Model model) {
        write(new ModelPictures(model).filters("conv2d", 16), "filters.png");
        write(new ModelPictures(model).activations("conv2d", test.input(0), 8), "activations.png");
    }

    static float[] ascend(Model model, Objective objective, int steps) {
        Random random = new Random(1);
        float[] image = new float[model.inputShape().size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) (127.5 + 10 * random.nextGaussian()); // grey noise, as raw pixels
        }
        try (InputGradient gradient = model.gradientOf(List.of(objective))) {
            for (int step = 0; step < steps; step++) {
                float[] slope = gradient.at(image).gradients(); // d objective / d pixel
                double squares = 0;
                for (float s : slope) {
                    squares += s * s;
                }
                double rate = 4 / (Math.sqrt(squares / slope.length) + 1e-12);
                for (int i = 0; i < image.length; i++) {
                    image[i] = (float) Math.max(0, Math.min(255, image[i] + rate * slope[i]));
                }
            }
            System.out.printf("  %s is %.2f after %d steps%n", objective, gradient.at(image).values()[0], steps);
        }
        return image;
    }

    static BufferedImage rgb(float[] image) {
        BufferedImage picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 32 * 32; i++) {
            int red = Math.round(image[3 * i]);
            int green = Math.round(image[3 * i + 1]);
            int blue = Math.round(image[3 * i + 2]);
            picture.setRGB(i % 32, i / 32, red << 16 | green << 8 | blue);
        }
        return picture;
    }

    void stimuliByHand(Model model) {
        List<TileGrid.Tile> tiles = new ArrayList<>();
        for (int filter = 0; filter < 4; filter++) {
            float[] image = ascend(model, Objective.filter("conv2d_3", filter), 50);
            tiles.add(new TileGrid.Tile(rgb(image), "filter " + filter));
        }
        for (int c = 0; c < 10; c++) {
            float[] image = ascend(model, Objective.logit(c), 50);
            tiles.add(new TileGrid.Tile(rgb(image), model.classNames().get(c)));
        }
        write(new TileGrid("Gradient ascent by hand", "", tiles, 96, 96), "ascent.png");
    }

    void readyStimuli(Model model) {
        MaximumStimuli stimuli = new MaximumStimuli(model);
        write(new ModelPictures(model).stimuli(null, 10, stimuli), "stimuli.png");
        write(new ModelPictures(model).stimuli("conv2d_3", 5, stimuli), "stimuli-filters.png");
    }

    void export(Model model) {
        Path keras = out.resolve("first-cnn.keras");
        KerasFile.save(model, keras);
        try (Model read = KerasFile.load(keras).on(device)) {
            System.out.printf(
                    "first-cnn.keras: %s after %d steps, accuracy %.4f%n",
                    read.optimizer().className(),
                    read.trainedSteps(),
                    read.evaluate(test, 128).metric("accuracy"));
        }
        Path onnx = out.resolve("first-cnn.onnx");
        OnnxFile.save(model, onnx);
        try (Model read = OnnxFile.load(onnx).on(device)) {
            double accuracy = Classification.of(read.predict(test, 128), test).accuracy();
            System.out.printf("first-cnn.onnx: accuracy %.4f%n", accuracy);
        }
    }
}
