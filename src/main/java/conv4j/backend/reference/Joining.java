package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Concatenate;
import conv4j.graph.Value;
import java.util.List;

/** Joining values along an axis and cutting them again: runs of elements change between the whole and its parts. */
final class Joining {

    private Joining() {}

    static Step concatenate(Concatenate operation, Places places) {
        return move(operation.operands(), operation.output(), operation.axis(), true, places);
    }

    static Step split(Concatenate.Split operation, Places places) {
        return move(operation.parts(), operation.input(), operation.axis(), false, places);
    }

    private static Step move(List<Value> parts, Value whole, int axis, boolean join, Places places) {
        List<Floats> arrays = parts.stream().map(places::of).toList();
        Floats wholeArray = places.of(whole);
        int wholeRun = Concatenate.run(whole, axis);
        return run -> {
            long runs = whole.elements(run.batch()) / wholeRun;
            int begin = 0;
            for (int p = 0; p < arrays.size(); p++) {
                Floats part = arrays.get(p);
                int partRun = Concatenate.run(parts.get(p), axis);
                for (int i = 0; i < runs * partRun; i++) {
                    int inWhole = i / partRun * wholeRun + begin + i % partRun;
                    if (join) {
                        wholeArray.set(inWhole, part.get(i));
                    } else {
                        part.set(i, wholeArray.get(inWhole));
                    }
                }
                begin += partRun;
            }
        };
    }
}
