package io.weir.control.cli;

import java.io.PrintWriter;

import picocli.CommandLine.Option;

/** The option {@code -o table|json} of every reading verb. */
final class Output {
    /** What is printed. */
    enum Format {
        TABLE,
        JSON
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "What to print; JSON keys are stable (default: table).")
    private Format format = Format.TABLE;

    boolean json() {
        return format == Format.JSON;
    }

    /** Prints either the document or the table. */
    void print(PrintWriter out, Object document, Table table) {
        if (json()) {
            Json.print(out, document);
        } else {
            table.print(out);
        }
    }
}
