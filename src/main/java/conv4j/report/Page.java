package conv4j.report;

import conv4j.pictures.Html;
import conv4j.pictures.Picture;
import conv4j.pictures.VectorCanvas;
import java.util.List;
import java.util.Locale;

/** An HTML page that is written from top to bottom. All text is escaped here, and nowhere else. */
final class Page {

    private static final String STYLE =
            """
            :root { color-scheme: light dark; --ink: #14181d; --pale: #59626c; --grid: #dfe4e9; --paper: #ffffff;
              --panel: #f2f5f8; --link: #005a8c; --blue: #0072b2; --orange: #d55e00; --green: #009e73; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e8ebee; --pale: #a3adb7; --grid: #39414a;
              --paper: #15191e; --panel: #232a31; --link: #6cb8e8; --blue: #4aa3df; --orange: #f08a3c; --green: #2fc49a; } }
            * { box-sizing: border-box; }
            body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--paper);
              color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
            h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
            h2 { margin: 3rem 0 1rem; padding-bottom: .3rem; border-bottom: 1px solid var(--grid); font-size: 1.3rem; }
            nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 1rem 0; font-size: .95rem; }
            nav a { color: var(--link); }
            figure { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0; }
            svg { flex: 1 1 20rem; min-width: 0; }
            svg text { font-family: system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
            .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem;
              margin: 1.5rem 0; }
            .cards div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: .8rem 1rem; border-radius: .5rem;
              background: var(--panel); }
            .cards dt { color: var(--pale); font-size: .9rem; }
            .cards dd { margin: 0; font-size: 1.6rem; font-weight: 600; font-variant-numeric: tabular-nums; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--grid); text-align: left;
              vertical-align: top; overflow-wrap: anywhere; }
            .numbers th:not(:first-child), .numbers td:not(:first-child) { padding-left: .6rem; text-align: right; }
            .numbers th, .numbers td { overflow-wrap: break-word; }
            .facts td:first-child { color: var(--pale); white-space: nowrap; }
            pre { overflow-x: auto; padding: 1rem; border-radius: .5rem; background: var(--panel); font-size: .8rem;
              line-height: 1.3; }
            """;

    private final String title;
    private final StringBuilder links = new StringBuilder();
    private final StringBuilder head = new StringBuilder();
    private StringBuilder body = head;

    Page(String title) {
        this.title = title;
    }

    void section(String name) {
        if (body == head) {
            body = new StringBuilder();
        }
        String id = name.toLowerCase(Locale.ROOT).replace(' ', '-');
        links.append("<a href=\"#")
                .append(id)
                .append("\">")
                .append(Html.escape(name))
                .append("</a>\n");
        body.append("<h2 id=\"")
                .append(id)
                .append("\">")
                .append(Html.escape(name))
                .append("</h2>\n");
    }

    void paragraph(String text) {
        element("p", text);
    }

    void preformatted(String text) {
        element("pre", text);
    }

    /** Pictures side by side, or one below the other where the page is narrow. */
    void pictures(List<? extends Picture> pictures, String description) {
        body.append("<figure>");
        pictures.forEach(picture -> body.append(VectorCanvas.render(picture, description)));
        body.append("</figure>\n");
    }

    void begin(String tag, String kind) {
        body.append('<').append(tag).append(" class=\"").append(kind).append("\">\n");
    }

    void end(String tag) {
        body.append("</").append(tag).append(">\n");
    }

    /** A number and what it is. */
    void card(String number, String name) {
        body.append("<div>");
        element("dt", name);
        element("dd", number);
        body.append("</div>\n");
    }

    void row(String tag, String... cells) {
        body.append("<tr>");
        for (String cell : cells) {
            element(tag, cell);
        }
        body.append("</tr>\n");
    }

    private void element(String tag, String text) {
        body.append('<').append(tag).append('>').append(Html.escape(text));
        body.append("</").append(tag).append(">\n");
    }

    String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
                + Html.escape(title) + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n<h1>"
                + Html.escape(title) + "</h1>\n" + head + "<nav>\n" + links + "</nav>\n" + body
                + "</body>\n</html>\n";
    }
}
