package conv4j.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/**
 * What a command did.
 *
 * @param exitCode what it ended with
 * @param out what it wrote to stdout
 * @param err what it wrote to stderr
 */
record CommandResult(int exitCode, String out, String err) {

    /** The one JSON object that stdout holds. */
    JsonObject json() {
        return JsonParser.parseString(out).getAsJsonObject();
    }
}
