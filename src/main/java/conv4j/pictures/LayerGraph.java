package conv4j.pictures;

import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;

/**
 * The graph of a model's layers: a box per layer with its name, type, output shape and parameters, and arrows along which
 * images flow, from top to bottom and, where the graph is long, on in the next column.
 */
public final class LayerGraph implements Picture {

    static final int BOX_HEIGHT = 46;
    private static final int LEAST_WIDTH = 150;
    private static final int MOST_WIDTH = 310;
    private static final int STRIPE = 5;
    private static final int INDENT = STRIPE + 8;
    private static final int SPACE = 16;
    private static final TextStyle NAME = TextStyle.of(TextStyle.LABEL).heavy();
    private static final TextStyle SHAPE = TextStyle.of(TextStyle.SMALL);
    private static final TextStyle TYPE = TextStyle.of(TextStyle.SMALL).pale();
    private static final double ARROW = 4.5;

    private final String title;
    private final List<Node> nodes;
    private final LayerGraphLayout layout;

    /**
     * A layer.
     *
     * @param name its name
     * @param type its class
     * @param shape of its output, in words
     * @param parameters how many it has
     * @param inputs the places of the layers before it in the list of all
     */
    public record Node(String name, String type, String shape, long parameters, List<Integer> inputs) {}

    /**
     * A graph.
     *
     * @param title what it shows
     * @param nodes in an order in which they are computed, one or more
     */
    public LayerGraph(String title, List<Node> nodes) {
        this.title = title;
        this.nodes = List.copyOf(nodes);
        this.layout = new LayerGraphLayout(this.nodes, boxWidth());
    }

    @Override
    public int width() {
        double words = TextStyle.of(TextStyle.TITLE).heavy().width(title);
        return Math.max((int) Math.ceil(layout.width()), 28 + (int) Math.ceil(words));
    }

    @Override
    public int height() {
        return (int) Math.ceil(layout.height());
    }

    @Override
    public void paint(Canvas canvas) {
        canvas.text(title, 14, 26, TextStyle.of(TextStyle.TITLE).heavy());
        layout.edges().forEach(edge -> paint(canvas, edge));
        for (int i = 0; i < nodes.size(); i++) {
            paint(canvas, nodes.get(i), layout.box(i));
        }
    }

    private static void paint(Canvas canvas, LayerGraphLayout.Edge edge) {
        canvas.draw(edge.line(), Palette.PALE_INK, 1.4, 0);
        Path2D tip = new Path2D.Double();
        tip.moveTo(edge.x(), edge.y());
        tip.lineTo(edge.x() - ARROW, edge.y() - 2 * ARROW);
        tip.lineTo(edge.x() + ARROW, edge.y() - 2 * ARROW);
        tip.closePath();
        canvas.fill(tip, Palette.PALE_INK);
    }

    private static void paint(Canvas canvas, Node node, Rectangle2D box) {
        canvas.round(box, Palette.PANEL);
        canvas.box(box.getX(), box.getY() + 4, STRIPE, box.getHeight() - 8, Kind.of(node.type()).color);
        double left = box.getX() + INDENT;
        double right = box.getMaxX() - 8;
        double room = right - left - SPACE;
        canvas.text(node.shape(), right, box.getY() + 18, SHAPE.end());
        canvas.text(NAME.fit(node.name(), room - SHAPE.width(node.shape())), left, box.getY() + 18, NAME);
        canvas.text(count(node), right, box.getY() + 36, TYPE.end());
        canvas.text(TYPE.fit(node.type(), room - TYPE.width(count(node))), left, box.getY() + 36, TYPE);
    }

    private static String count(Node node) {
        return node.parameters() == 0 ? "" : String.format(Locale.ROOT, "%,d params", node.parameters());
    }

    /** As wide as the longest texts need, unless somebody has given very long names. */
    private int boxWidth() {
        double longest = nodes.stream()
                .mapToDouble(node -> Math.max(
                        NAME.width(node.name()) + SHAPE.width(node.shape()),
                        TYPE.width(node.type()) + TYPE.width(count(node))))
                .max()
                .orElse(0);
        return (int) Math.ceil(Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, longest + SPACE + INDENT + 8)));
    }

    /** What kinds of layers the stripes tell apart. */
    private enum Kind {
        PRODUCT(Palette.BLUE),
        POOL(Palette.series(4)),
        NORMALIZATION(Palette.GREEN),
        ACTIVATION(Palette.ORANGE),
        JOIN(Palette.series(3)),
        OTHER(Palette.PALE_INK);

        private final java.awt.Color color;

        Kind(java.awt.Color color) {
            this.color = color;
        }

        static Kind of(String type) {
            if (type.contains("Conv") || type.equals("Dense")) {
                return PRODUCT;
            } else if (type.contains("Pooling") || type.contains("UpSampling")) {
                return POOL;
            } else if (type.contains("Normalization") || type.contains("Dropout")) {
                return NORMALIZATION;
            } else if (type.contains("LU") || type.equals("Activation") || type.equals("Softmax")) {
                return ACTIVATION;
            }
            return type.equals("Add") || type.equals("Concatenate") || type.equals("Multiply") ? JOIN : OTHER;
        }
    }
}
