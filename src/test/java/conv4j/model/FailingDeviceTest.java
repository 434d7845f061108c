package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.optimizers.Adam;
import conv4j.shape.Shape;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A device that fails at any call of a training: nothing of it stays there. */
class FailingDeviceTest {

    private static final ArraySet ITEMS = new ArraySet(Shape.of(2), new float[40], Shape.of(1), new float[20]);

    private static final Set<String> COUNTED = Set.of("allocate", "prepare", "scratch", "finish");

    private int calls;
    private int failing;

    /** The reference backend, failing at the call with the number {@code failing}. */
    private Backend failing(ReferenceBackend inner) {
        return (Backend) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (COUNTED.contains(method.getName()) && ++calls == failing) {
                        throw new BackendException("the device is lost");
                    }
                    return called(inner, method, arguments);
                });
    }

    private static Object called(Object inner, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(inner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void train(Backend backend) {
        try (Model model = new Sequential("line", new Input(2), new Dense(3), new BatchNormalization(), new Dense(1))
                .on(backend)) {
            model.compile(new Adam(0.1), new MeanSquaredError());
            model.fit(ITEMS, new FitOptions().epochs(1).batchSize(8).validation(ITEMS));
            model.predict(ITEMS, 7);
        }
    }

    @Test
    void aFailedCallLeavesNothingOnTheDevice() {
        failing = Integer.MAX_VALUE;
        try (ReferenceBackend inner = new ReferenceBackend()) {
            train(failing(inner));
            assertEquals(0, inner.allocatedBytes());
        }
        int all = calls;
        assertTrue(all > 10, "calls: " + all);
        for (failing = 1; failing <= all; failing++) {
            calls = 0;
            try (ReferenceBackend inner = new ReferenceBackend()) {
                assertThrows(BackendException.class, () -> train(failing(inner)));
                assertEquals(0, inner.allocatedBytes(), "left after call " + failing + " failed");
            }
        }
    }
}
