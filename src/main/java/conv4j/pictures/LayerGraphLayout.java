package conv4j.pictures;

import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the boxes and arrows of a {@link LayerGraph} lie. A layer's row is the longest way to it. Arrows over several rows
 * keep a lane of their own in each. A graph of many rows is cut into columns where a single box follows a single one.
 */
final class LayerGraphLayout {

    private static final int ROW = LayerGraph.BOX_HEIGHT + 28;
    private static final int GAP = 22;
    private static final int LANE = 16;
    private static final int MARGIN = 20;
    private static final int TOP = 52;
    private static final int MOST_ROWS = 12;
    private static final int FEW_ROWS = 3;
    private static final int COLUMN_GAP = 46;

    private final List<LayerGraph.Node> nodes;
    private final List<List<Place>> rows = new ArrayList<>();
    private final Place[] places;
    private final double boxWidth;
    private final List<Edge> edges = new ArrayList<>();
    private double width;
    private double height;

    /** A box, or the lane of an arrow through a row. */
    private static final class Place {
        private final int row;
        private final boolean isBox;
        private final double half;
        private final List<Place> from = new ArrayList<>();
        private double x;
        private double y;
        private double columnLeft;

        Place(int row, boolean isBox, double width) {
            this.row = row;
            this.isBox = isBox;
            this.half = width / 2;
        }

        /** Where it would like to be: below the box that it follows, else in the middle of what leads to it. */
        double wish() {
            return from.stream()
                    .filter(place -> place.isBox)
                    .findFirst()
                    .map(place -> place.x)
                    .orElse(from.stream()
                            .mapToDouble(place -> place.x)
                            .average()
                            .orElse(0));
        }
    }

    /**
     * An arrow.
     *
     * @param line its shaft
     * @param x where its tip is
     * @param y where its tip is
     */
    record Edge(Path2D line, double x, double y) {}

    LayerGraphLayout(List<LayerGraph.Node> nodes, double boxWidth) {
        this.nodes = nodes;
        this.boxWidth = boxWidth;
        this.places = new Place[nodes.size()];
        placeInRows();
        rows.forEach(LayerGraphLayout::spread);
        breakIntoColumns();
        draw();
    }

    double width() {
        return width;
    }

    double height() {
        return height;
    }

    Rectangle2D box(int node) {
        Place place = places[node];
        return new Rectangle2D.Double(place.x - place.half, place.y, boxWidth, LayerGraph.BOX_HEIGHT);
    }

    List<Edge> edges() {
        return edges;
    }

    private void placeInRows() {
        for (int i = 0; i < nodes.size(); i++) {
            int row = nodes.get(i).inputs().stream()
                    .mapToInt(input -> places[input].row + 1)
                    .max()
                    .orElse(0);
            places[i] = new Place(row, true, boxWidth);
            while (rows.size() <= row) {
                rows.add(new ArrayList<>());
            }
            rows.get(row).add(places[i]);
            for (int input : nodes.get(i).inputs()) {
                places[i].from.add(lanes(places[input], row));
            }
        }
    }

    /** The end of a way through all rows between; places of one source share it. */
    private Place lanes(Place source, int row) {
        Place last = source;
        for (int between = source.row + 1; between < row; between++) {
            Place before = last;
            last = rows.get(between).stream()
                    .filter(place -> !place.isBox && place.from.contains(before))
                    .findFirst()
                    .orElse(null);
            if (last == null) {
                last = new Place(between, false, LANE);
                last.from.add(before);
                rows.get(between).add(last);
            }
        }
        return last;
    }

    /** Puts the places of a row beside each other, as near as possible to where they would like to be. */
    private static void spread(List<Place> row) {
        row.sort(Comparator.comparingDouble(Place::wish).thenComparing(place -> !place.isBox));
        double wished = 0;
        double got = 0;
        int boxes = 0;
        Place before = null;
        for (Place place : row) {
            place.x = place.wish();
            if (before != null) {
                place.x = Math.max(place.x, before.x + before.half + GAP + place.half);
            }
            if (place.isBox) {
                wished += place.wish();
                got += place.x;
                boxes++;
            }
            before = place;
        }
        double shift = boxes == 0 ? 0 : (wished - got) / boxes;
        row.forEach(place -> place.x += shift);
    }

    /** Gives every row its column and height: about as many rows in each. */
    private void breakIntoColumns() {
        int columns = (rows.size() + MOST_ROWS - 1) / MOST_ROWS;
        int enough = (rows.size() + columns - 1) / columns;
        double left = MARGIN;
        int begin = 0;
        while (begin < rows.size()) {
            int end = end(begin, enough);
            left = closeColumn(rows.subList(begin, end), left) + COLUMN_GAP;
            begin = end;
        }
        width = left - COLUMN_GAP + MARGIN;
    }

    /** Where a column ends: between two rows of a single box each, as near as possible to the length that is wished. */
    private int end(int begin, int wished) {
        int best = rows.size();
        for (int end = begin + FEW_ROWS; end < rows.size() - FEW_ROWS; end++) {
            boolean single = rows.get(end - 1).size() == 1 && rows.get(end).size() == 1;
            if (single && Math.abs(end - begin - wished) < Math.abs(best - begin - wished)) {
                best = end;
            }
        }
        return best;
    }

    /** Moves a column to its place; returns its right edge. */
    private double closeColumn(List<List<Place>> column, double left) {
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (List<Place> row : column) {
            for (Place place : row) {
                least = Math.min(least, place.x - place.half);
                most = Math.max(most, place.x + place.half);
            }
        }
        for (int i = 0; i < column.size(); i++) {
            for (Place place : column.get(i)) {
                place.x += left - least;
                place.columnLeft = left;
                place.y = TOP + (double) i * ROW;
            }
        }
        height = Math.max(height, TOP + (column.size() - 1.0) * ROW + LayerGraph.BOX_HEIGHT + MARGIN);
        return left + most - least;
    }

    private void draw() {
        for (int i = 0; i < nodes.size(); i++) {
            for (Place from : places[i].from) {
                draw(places[i], from);
            }
        }
    }

    private void draw(Place to, Place from) {
        List<Place> way = new ArrayList<>(List.of(to, from));
        while (!way.get(way.size() - 1).isBox) {
            way.add(way.get(way.size() - 1).from.get(0));
        }
        Path2D line = new Path2D.Double();
        Place source = way.get(way.size() - 1);
        line.moveTo(source.x, source.y + LayerGraph.BOX_HEIGHT);
        for (int i = way.size() - 2; i >= 0; i--) {
            append(line, way.get(i + 1), way.get(i));
        }
        edges.add(new Edge(line, to.x, to.y));
    }

    private static void append(Path2D line, Place from, Place to) {
        double begin = from.y + LayerGraph.BOX_HEIGHT;
        double end = to.isBox ? to.y - 4 : to.y;
        if (to.y <= from.y) { // the next column: down, up between the columns, and down into the box
            double between = to.columnLeft - COLUMN_GAP / 2.0;
            line.lineTo(from.x, begin + 10);
            line.lineTo(between, begin + 10);
            line.lineTo(between, to.y - 14);
            line.lineTo(to.x, to.y - 14);
            line.lineTo(to.x, end);
            return;
        }
        double middle = (begin + end) / 2;
        if (from.x == to.x) {
            line.lineTo(to.x, end);
        } else {
            line.curveTo(from.x, middle, to.x, middle, to.x, end);
        }
        if (!to.isBox) {
            line.lineTo(to.x, to.y + LayerGraph.BOX_HEIGHT);
        }
    }
}
