package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.Activate;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.Dropout;
import conv4j.graph.ScaleItems;
import conv4j.graph.Value;

/** Steps of element-wise operations. */
final class ElementSteps {

    private static final String FILE = "activation";
    private static final String DROPOUT = "dropout";

    private ElementSteps() {}

    static Step activate(Preparation preparation, Activate op) {
        KernelCall call = preparation.kernel(FILE, "activate_all").control();
        call.array(op.input()).array(op.output()).activation(op.activation());
        return overElements(call, op.input());
    }

    static Step activateGradient(Preparation preparation, Activate.Gradient op) {
        KernelCall call = preparation.kernel(FILE, "activate_gradient").control();
        call.array(op.outputGradient()).array(op.saved()).array(op.inputGradient());
        return overElements(call.activation(op.activation()), op.outputGradient());
    }

    static Step add(Preparation preparation, Add op) {
        KernelCall call = preparation.kernel(FILE, "add").control();
        return overElements(call.array(op.a()).array(op.b()).array(op.output()), op.a());
    }

    static Step scaleItems(Preparation preparation, ScaleItems op) {
        KernelCall call = preparation.kernel(FILE, "scale_items").control();
        call.array(op.input()).array(op.weights()).array(op.output());
        call.ints(op.input().shape().size()).elements(op.input());
        return call.overUnits(op.input()::elements, Style.CHUNK);
    }

    private static Step overElements(KernelCall call, Value value) {
        return call.elements(value).overElements(value::elements);
    }

    static Step addBias(Preparation preparation, AddBias op) {
        String width = preparation.style().widthOption(op.input().columns());
        KernelCall call = preparation.kernel(FILE, width, "add_bias").control();
        call.array(op.input()).array(op.bias()).array(op.output());
        return overVectors(call.rows(op.input()).ints(op.input().columns()), preparation.style(), op.input());
    }

    /** The vectors of a matrix's rows as units. */
    static Step overVectors(KernelCall call, Style style, Value matrix) {
        int width = style.width(matrix.columns());
        long vectors = KernelCall.divideUp(matrix.columns(), width);
        return call.overUnits(batch -> matrix.rows(batch) * vectors, Style.CHUNK / width);
    }

    static Step dropout(Preparation preparation, Dropout op) {
        KernelCall call = preparation.kernel(DROPOUT, "dropout").control();
        return overBlocks(preparation, call.array(op.input()).array(op.output()), op);
    }

    /** The gradient of a dropout and of the ReLU before it. */
    static Step dropoutActivationGradient(Preparation preparation, Dropout.ActivationGradient op) {
        Activate.Gradient gradient = op.activation();
        if (!SuitedGraph.isOnTheWay(gradient.activation())) {
            throw new IllegalStateException(gradient.activation()
                    + " has no kernel together with dropout, and no graph of SuitedGraph has it so");
        }
        KernelCall call = preparation.kernel(DROPOUT, "dropout_relu_gradient").control();
        call.array(op.dropout().input()).array(gradient.saved()).array(gradient.inputGradient());
        return overBlocks(preparation, call.activation(gradient.activation()), op.dropout());
    }

    /** The blocks of random words that the elements need as units. */
    private static Step overBlocks(Preparation preparation, KernelCall call, Dropout op) {
        call.ints(op.threshold()).number(op.scale()).ints(op.stream()).elements(op.input());
        int width = 4 * preparation.style().vectorWidth();
        return call.overUnits(batch -> KernelCall.divideUp(op.input().elements(batch), width), Style.CHUNK / width);
    }
}
