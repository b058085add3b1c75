package io.weir.control.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
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

    /** Hands on what was printed, and tells whether nobody reads it any more, as after {@code | head}: no failure. */
    static boolean unread(PrintWriter out) {
        return out.checkError();
    }

    /** Standard output; unlike {@link System#out} under another writer, it tells when its reader is gone. */
    static PrintWriter standard() {
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        return new PrintWriter(new BufferedWriter(new OutputStreamWriter(out, System.out.charset())), true);
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
