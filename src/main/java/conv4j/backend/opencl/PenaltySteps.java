package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.Penalty;

/** Steps of penalties on large parameters, and of their derivatives. */
final class PenaltySteps {

    private PenaltySteps() {}

    /** The sums of the parts. */
    static long scratch(Penalty op) {
        return SumSteps.squareParts(op.parameter());
    }

    static Step penalty(Preparation preparation, Penalty op) {
        int parts = SumSteps.squareParts(op.parameter());
        KernelCall add = preparation.kernel(SumSteps.FILE, "add_penalty").control();
        add.array(op.loss()).scratch(op, 0).array(op.output()).ints(parts);
        return Preparation.inOrder(
                SumSteps.penaltySums(preparation, op, op.parameter(), op.l1(), op.l2()),
                add.elements(op.loss()).overUnits(op.loss()::elements, Style.CHUNK));
    }

    static Step gradient(Preparation preparation, Penalty.Gradient op) {
        KernelCall call = preparation.kernel(SumSteps.FILE, "penalty_gradient");
        call.array(op.parameter()).array(op.gradient()).number(op.l1()).number(op.l2());
        long elements = op.parameter().elements(1);
        return call.number(elements).overElements(batch -> elements);
    }
}
