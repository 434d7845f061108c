package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Activate;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.Dropout;
import conv4j.graph.ScaleItems;
import conv4j.graph.Value;
import conv4j.random.Philox;
import java.util.function.IntToDoubleFunction;

/** Operations in which every output element depends on the input elements at its own place. */
final class Elementwise {

    private Elementwise() {}

    static Step add(Add operation, Places places) {
        Floats a = places.of(operation.a());
        Floats b = places.of(operation.b());
        return each(operation.output(), places, i -> (double) a.get(i) + b.get(i));
    }

    static Step addBias(AddBias operation, Places places) {
        Floats x = places.of(operation.input());
        Floats bias = places.of(operation.bias());
        int columns = operation.input().columns();
        return each(operation.output(), places, i -> (double) x.get(i) + bias.get(i % columns));
    }

    static Step scaleItems(ScaleItems operation, Places places) {
        Floats x = places.of(operation.input());
        Floats weights = places.of(operation.weights());
        int size = operation.input().shape().size();
        return each(operation.output(), places, i -> (double) x.get(i) * weights.get(i / size));
    }

    static Step activate(Activate operation, Places places) {
        Floats x = places.of(operation.input());
        return each(operation.output(), places, i -> Functions.value(operation.activation(), x.get(i)));
    }

    static Step activateGradient(Activate.Gradient operation, Places places) {
        Floats dy = places.of(operation.outputGradient());
        Floats saved = places.of(operation.saved());
        return each(
                operation.inputGradient(),
                places,
                i -> dy.get(i) * Functions.derivative(operation.activation(), saved.get(i)));
    }

    private static Step each(Value output, Places places, IntToDoubleFunction formula) {
        Floats y = places.of(output);
        return run -> {
            long elements = output.elements(run.batch());
            for (int i = 0; i < elements; i++) {
                y.set(i, formula.applyAsDouble(i));
            }
        };
    }

    static Step dropout(Dropout operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        return run -> {
            int[] words = new int[4];
            long elements = operation.output().elements(run.batch());
            for (int i = 0; i < elements; i++) {
                if (i % 4 == 0) {
                    int seedLow = (int) run.seed();
                    int seedHigh = (int) (run.seed() >>> 32);
                    Philox.block(seedLow, seedHigh, i / 4, 0, run.step(), operation.stream(), words);
                }
                boolean kept = Integer.compareUnsigned(words[i % 4], operation.threshold()) >= 0;
                y.set(i, kept ? (double) x.get(i) * operation.scale() : 0);
            }
        };
    }
}
