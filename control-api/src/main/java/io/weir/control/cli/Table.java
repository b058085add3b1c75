package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns padded to their widest cell, two spaces apart; numbers to the right. Every cell is escaped. */
final class Table {
    private final List<String> titles;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... titles) {
        this.titles = List.of(titles);
    }

    /** Adds a row; cells are text or numbers, as many as there are titles. */
    Table row(Object... cells) {
        if (cells.length != titles.size()) {
            throw new IllegalArgumentException("a row needs " + titles.size() + " cells: had " + cells.length);
        }
        List<String> row = new ArrayList<>(cells.length);
        for (Object cell : cells) {
            row.add(TerminalText.escape(cell.toString()));
        }
        rows.add(row);
        return this;
    }

    void print(PrintWriter out) {
        int[] widths = new int[titles.size()];
        boolean[] numeric = new boolean[titles.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = titles.get(column).length();
            numeric[column] = !rows.isEmpty();
            for (List<String> row : rows) {
                String cell = row.get(column);
                widths[column] = Math.max(widths[column], cell.length());
                numeric[column] &= cell.matches("[0-9]+|-");
            }
        }
        line(out, titles, widths, numeric);
        rows.forEach(row -> line(out, row, widths, numeric));
        out.flush();
    }

    private static void line(PrintWriter out, List<String> cells, int[] widths, boolean[] numeric) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append(numeric[column] ? padding + cells.get(column) : cells.get(column) + padding);
            line.append("  ");
        }
        out.println(line.toString().stripTrailing());
    }
}
