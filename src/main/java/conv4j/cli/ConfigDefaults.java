package conv4j.cli;

import conv4j.applications.Application;
import conv4j.configfile.ConfigFile;
import conv4j.configfile.ConfigFile.Setting;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The settings of a configuration file, or of a preset, as defaults of the options of {@code conv4j train}: the setting
 * {@code batch_size} is the option {@code --batch-size}. What was written on the command line comes first.
 */
final class ConfigDefaults implements IDefaultValueProvider {

    /** The settings of the section [training]. */
    static final List<String> TRAINING = List.of(
            "epochs",
            "batch_size",
            "validation_split",
            "class_weight",
            "optimizer",
            "learning_rate",
            "schedule",
            "seed",
            "precision",
            "save",
            "early_stopping",
            "reduce_lr",
            "checkpoint",
            "checkpoint_best",
            "csv",
            "tensorboard");

    /** The settings of the section [data]. */
    static final List<String> DATA = List.of("data", "data_dir", "download", "limit", "image_size", "skip_unreadable");

    private static final Pattern OPTION = Pattern.compile("--[a-z-]+");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    /**
     * Defaults of a file, and below them those of a preset.
     *
     * @param file null for none
     * @param preset null for none
     */
    ConfigDefaults(ConfigFile file, Application preset) {
        if (preset != null) {
            TrainingSettings.options(preset).forEach((name, value) -> values.put(option(name), value));
        }
        if (file != null) {
            settings.putAll(file.settings("training", TRAINING));
            settings.putAll(file.settings("data", DATA));
            settings.forEach((name, setting) -> values.put(option(name), setting.value()));
        }
    }

    /** The option of a setting. */
    static String option(String setting) {
        return "--" + setting.replace('_', '-');
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option ? values.get(option.longestName()) : null;
    }

    /** A message about an option, with the line where it was set if that was in the file. */
    String withPlace(String message, String... args) {
        Matcher matcher = OPTION.matcher(message);
        if (!matcher.find()) {
            return message;
        }
        String option = matcher.group();
        boolean written = Arrays.stream(args).anyMatch(arg -> arg.equals(option) || arg.startsWith(option + "="));
        Setting setting = settings.get(option.substring(2).replace('-', '_'));
        return written || setting == null
                ? message
                : setting.line().error(message).getMessage();
    }
}
