package conv4j.onnx;

/** Something that ONNX allows and that is not done here; the message says what. */
final class Unsupported extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Unsupported(String what) {
        super(what);
    }
}
