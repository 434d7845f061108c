package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Update;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Steps at both ends of a training step: items are taken out of a data set, parameters are updated. */
final class TrainingSteps {

    private static final int PIECE = 1024;

    private TrainingSteps() {}

    static Step gather(Preparation preparation, Gather op) {
        int size = op.output().shape().size();
        Style style = preparation.style();
        int piece = style.vectors() ? Math.min(PIECE, size) : style.width(size);
        boolean bytes = op.data().type() == ElementType.UINT8;
        KernelCall call = preparation.kernel("input", bytes ? "gather_bytes" : "gather_floats");
        call.control().array(op.data()).array(op.order());
        call.arrayOr(op.scale(), op.output()).arrayOr(op.shift(), op.output()).array(op.output());
        call.ints(size, op.output().columns(), op.scale() == null ? 0 : 1, piece);
        long pieces = divideUp(size, piece);
        return call.overUnits(batch -> batch * pieces, Math.max(1, PIECE / piece));
    }

    static Step update(Preparation preparation, Update op) {
        long elements = op.parameters().elements(1);
        String name = op.rule().kind().name().toLowerCase(Locale.ROOT);
        KernelCall call = preparation.kernel("optimizer", name).control();
        call.array(op.parameters()).array(op.gradients());
        for (Value slot : slots(op)) {
            call.arrayOr(slot, op.parameters());
        }
        call.arrayOr(op.finite(), op.parameters()).ints(words(op));
        return call.number(elements).overElements(batch -> elements);
    }

    /** The slots as the kernel declares them; null for those that the rule leaves out. */
    private static List<Value> slots(Update op) {
        List<Value> slots = new ArrayList<>(op.slots());
        Update.Rule rule = op.rule();
        switch (rule.kind()) {
            case SGD -> fill(slots, 1);
            case ADAM -> fill(slots, 3);
            case RMSPROP -> {
                if (!rule.variant()) {
                    slots.add(1, null);
                }
                fill(slots, 3);
            }
            default -> fill(slots, 2);
        }
        return slots;
    }

    private static void fill(List<Value> slots, int count) {
        while (slots.size() < count) {
            slots.add(null);
        }
    }

    /** The words of {@code struct Rule}. */
    private static int[] words(Update op) {
        Update.Rule rule = op.rule();
        return new int[] {
            Float.floatToRawIntBits(rule.beta1()),
            Float.floatToRawIntBits(rule.beta2()),
            Float.floatToRawIntBits(rule.epsilon()),
            rule.variant() ? 1 : 0,
            rule.epsilonOutside() ? 1 : 0,
            Float.floatToRawIntBits(rule.weightDecay()),
            Float.floatToRawIntBits(rule.clipValue()),
            op.finite() == null ? 0 : 1
        };
    }
}
