package conv4j.arithmetic;

/** Whole numbers, {@code + - * / ( )} and {@code floor(...)}, around a division: what a formula says once letters are gone. */
final class Expression {

    private final String text;
    private int at;

    private Expression(String text) {
        this.text = text.replace(" ", "");
    }

    /** The value of an expression; anything else than an expression of numbers fails. */
    static long valueOf(String text) {
        Expression expression = new Expression(text);
        long value = expression.sum();
        if (expression.at != expression.text.length()) {
            throw new IllegalArgumentException(text + ": unexpected " + expression.text.substring(expression.at));
        }
        return value;
    }

    private long sum() {
        long value = product();
        while (has('+') || has('-')) {
            value = text.charAt(at++) == '+' ? value + product() : value - product();
        }
        return value;
    }

    private long product() {
        long value = factor();
        while (has('*') || has('/')) {
            value = text.charAt(at++) == '*' ? value * factor() : Math.floorDiv(value, factor());
        }
        return value;
    }

    private long factor() {
        if (text.startsWith("floor", at)) {
            at += "floor".length();
        }
        if (has('(')) {
            at++;
            long value = sum();
            at++;
            return value;
        }
        int start = at;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        return Long.parseLong(text.substring(start, at));
    }

    private boolean has(char symbol) {
        return at < text.length() && text.charAt(at) == symbol;
    }
}
