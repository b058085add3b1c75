package io.weir.identity.compile;

import io.weir.identity.component.Document;
import io.weir.identity.document.Problem;

/** Mistakes, told with the place of the document's part. */
final class Found {
    private Found() {}

    static Problem at(Document document, String path, String problem, String remedy) {
        return new Problem(
                document.origin().source().isEmpty()
                        ? document.title()
                        : document.origin().source(),
                document.origin().line(path),
                path,
                problem,
                remedy);
    }

    /** {@code pay.yaml:12}, or what is known of it. */
    static String place(Document document, String path) {
        int line = document.origin().line(path);
        return document.origin().source().isEmpty()
                ? document.title() + ' ' + path
                : document.origin().source() + (line > 0 ? ":" + line : "");
    }
}
