package conv4j.configfile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names of a network's layers: those that were given, and Keras' for the others. */
final class LayerNames {

    private LayerNames() {}

    /**
     * Names without gaps.
     *
     * @param given null where there is none
     * @param usual the name of the first layer of each kind; further ones get numbers
     */
    static List<String> complete(List<String> given, List<String> usual) {
        Set<String> taken = new HashSet<>(given);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String name = given.get(i) == null ? usual.get(i) : given.get(i);
            for (int number = 1; given.get(i) == null && !taken.add(name); number++) {
                name = usual.get(i) + "_" + number;
            }
            names.add(name);
        }
        return names;
    }
}
