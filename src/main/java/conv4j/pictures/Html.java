package conv4j.pictures;

/** Text in HTML and SVG. */
public final class Html {

    private Html() {}

    /**
     * Makes a text harmless, between tags and in attributes.
     *
     * @param text any text
     * @return the same text for a page
     */
    public static String escape(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(code -> {
            switch (code) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(code < ' ' && code != '\n' && code != '\t' ? 0xFFFD : code);
            }
        });
        return safe.toString();
    }
}
