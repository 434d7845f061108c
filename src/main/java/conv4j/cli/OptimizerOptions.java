package conv4j.cli;

import conv4j.layers.Layer;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.Model;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.Optimizers;
import conv4j.schedules.CosineDecay;
import conv4j.schedules.ExponentialDecay;
import conv4j.schedules.LearningRateSchedule;
import conv4j.schedules.LinearWarmup;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** How weights are changed: the optimizer, its learning rate, and how that goes on from epoch to epoch. */
final class OptimizerOptions {

    private static final String USUAL = "adamax";
    private static final double WARMUP_BEGIN = 0.01;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME[,OPTION=VALUE]",
            converter = NameWithOptions.Converter.class,
            defaultValue = USUAL,
            description = "sgd, rmsprop, adam, adamw, adamax or nadam, with Keras' options, as in"
                    + " sgd,momentum=0.9,nesterov=true. Default: ${DEFAULT-VALUE}.")
    private NameWithOptions optimizer;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "Of the first epoch. Default: 0.005 for adamax, else the optimizer's own.")
    private Double learningRate;

    @Option(
            names = "--schedule",
            paramLabel = "NAME[,OPTION=VALUE]",
            converter = NameWithOptions.Converter.class,
            defaultValue = "exponential",
            description = "How the learning rate goes on: exponential (each epoch decay_rate=0.9 times the one before),"
                    + " cosine (down to alpha=0 times the first), constant; each after a rise over warmup=0 epochs."
                    + " Default: ${DEFAULT-VALUE}.")
    private NameWithOptions schedule;

    /** Refuses what no optimizer or schedule has. */
    void check(Subcommand command, boolean resumes) {
        if (learningRate != null && !(learningRate > 0 && Double.isFinite(learningRate))) {
            throw command.usage("--learning-rate must be more than 0, but is " + learningRate);
        }
        if (resumes && (command.isGiven("--optimizer") || command.isGiven("--schedule"))) {
            throw command.usage(
                    "--resume goes on with the optimizer of the file; leave --optimizer and --schedule out");
        }
        try {
            optimizer();
        } catch (IllegalArgumentException e) {
            throw command.usage("--optimizer " + optimizer + ": " + e.getMessage());
        }
        try {
            schedule(1, 1, 1);
        } catch (IllegalArgumentException e) {
            throw command.usage("--schedule " + schedule + ": " + e.getMessage());
        }
    }

    /** What --learning-rate says, null without it. */
    Double learningRate() {
        return learningRate;
    }

    private Optimizer optimizer() {
        Optimizer made = Optimizers.fromConfig(optimizer.name(), optimizer.options());
        double usual = optimizer.name().equalsIgnoreCase(USUAL)
                ? TrainingSettings.FIRST_CNN_LEARNING_RATE
                : ((Number) made.config().get("learning_rate")).doubleValue();
        made.learningRate(learningRate == null ? usual : learningRate);
        return made;
    }

    private LearningRateSchedule schedule(double rate, int batches, int epochs) {
        Map<String, Object> options = new TreeMap<>(schedule.options());
        int warmup = (int) Math.round(number(options, "warmup", 0) * batches);
        String name = schedule.name().toLowerCase(Locale.ROOT);
        LearningRateSchedule then =
                switch (name) {
                    case "exponential" -> new ExponentialDecay(rate, batches, number(options, "decay_rate", 0.9), true);
                    case "cosine" -> new CosineDecay(
                            rate, Math.max(1, batches * epochs - warmup), number(options, "alpha", 0), null, 0);
                    case "constant" -> new ExponentialDecay(rate, batches, 1, true);
                    default -> throw new IllegalArgumentException(
                            "'" + schedule.name() + "' is not known; choose exponential, cosine or constant");
                };
        if (!options.isEmpty()) {
            throw new IllegalArgumentException(name + " has no option " + options.keySet()
                    + "; exponential has decay_rate, cosine alpha, and all have warmup");
        }
        return warmup == 0 ? then : new LinearWarmup(rate * WARMUP_BEGIN, warmup, then);
    }

    private static double number(Map<String, Object> options, String name, double otherwise) {
        Object value = options.remove(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number && number.doubleValue() >= 0) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException(name + " must be a number of 0 or more, but is " + value);
    }

    /**
     * Compiles a model that returns probabilities of classes.
     *
     * @param batches training steps of an epoch
     * @param epochs how many are planned
     */
    void compile(Model model, int batches, int epochs) {
        Optimizer made = optimizer();
        double rate = ((Number) made.config().get("learning_rate")).doubleValue();
        if (!schedule.name().equalsIgnoreCase("constant") || !schedule.options().isEmpty()) {
            made.learningRate(schedule(rate, batches, epochs));
        }
        model.compile(made, new SparseCategoricalCrossentropy(), new Accuracy());
    }

    /** Whether the last layer turns its inputs into probabilities. */
    static boolean returnsProbabilities(Model model) {
        List<Layer> layers = model.layers();
        Layer last = layers.get(layers.size() - 1);
        return last.className().equals("Softmax")
                || "softmax".equals(last.config().get("activation"));
    }
}
