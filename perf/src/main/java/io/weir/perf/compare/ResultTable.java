package io.weir.perf.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The comparisons as one table of text with aligned columns. */
final class ResultTable {
    private static final List<String> HEADER =
            List.of("measure", "what", "weir", "peer", "", "weir/peer", "bar", "verdict");

    private ResultTable() {}

    static String render(List<Comparison> comparisons) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        comparisons.forEach(comparison -> rows.add(row(comparison)));
        int[] widths = IntStream.range(0, HEADER.size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                line.append(pad(row.get(column), widths[column])).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        comparisons.stream()
                .map(Comparison::reason)
                .filter(reason -> !reason.isEmpty())
                .distinct()
                .forEach(reason -> text.append("failed: ").append(reason).append('\n'));
        return text.toString();
    }

    private static List<String> row(Comparison comparison) {
        Bar bar = comparison.bar();
        String peer = bar.peer();
        String ratio =
                peer == null ? "-" : comparison.figure().map("%.2fx"::formatted).orElse("-");
        return List.of(
                bar.measure(),
                "%s, %s, %s"
                        .formatted(
                                bar.metric().title(), bar.path(), bar.metric().unit()),
                Comparison.valueText(comparison.weir()),
                peer == null ? (bar.published().isEmpty() ? "-" : bar.published()) : peer,
                peer == null ? "" : Comparison.valueText(comparison.peer()),
                ratio,
                comparison.barText(),
                comparison.outcome().name().toLowerCase(Locale.ROOT));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
