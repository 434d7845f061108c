package conv4j.pictures;

/** Something that can be painted on any {@link Canvas}, in CSS pixels. */
public interface Picture {

    /** {@return the width} */
    int width();

    /** {@return the height} */
    int height();

    /**
     * Paints it between 0, 0 and its width and height. The ground is the canvas' own.
     *
     * @param canvas what to paint on
     */
    void paint(Canvas canvas);
}
