package io.weir.control.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The user's terminal while a screen is shown on it: keys come without Enter, what was on it before comes back at the end,
 * also when the user interrupts. Made with {@code stty} and the sequences of ECMA-48 that every terminal knows.
 *
 * <p>Threading: one thread; the shutdown hook restores.
 */
final class Terminal implements AutoCloseable {
    private static final String BEGIN = "\u001b[?1049h\u001b[?25l";
    private static final String END = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";
    private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)");
    private static final int STTY_TIMEOUT_SECONDS = 5;

    private final PrintWriter out;
    private final InputStream keys;
    private final String saved;
    private final Thread restore = new Thread(this::restore, "weir-terminal");
    private boolean restored;

    private Terminal(PrintWriter out, InputStream keys, String saved) {
        this.out = out;
        this.keys = keys;
        this.saved = saved;
    }

    /** Whether standard input and output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // NullAway takes it for nullable
    static boolean present() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** Takes the terminal over. */
    static Terminal open(PrintWriter out) {
        String saved = stty("-g");
        String _ = stty("-icanon", "-echo");
        Terminal terminal = new Terminal(out, System.in, saved);
        Runtime.getRuntime().addShutdownHook(terminal.restore);
        out.print(BEGIN);
        out.flush();
        return terminal;
    }

    /** Rows and columns; 24 and 80 where nothing tells. */
    static int[] size() {
        Matcher size = SIZE.matcher(stty("size"));
        if (size.matches() && !size.group(1).equals("0") && !size.group(2).equals("0")) {
            return new int[] {Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2))};
        }
        return new int[] {24, 80};
    }

    /** What {@code stty} says of our standard input, empty where it is no terminal. */
    private static String stty(String... words) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(words));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return process.waitFor(STTY_TIMEOUT_SECONDS, TimeUnit.SECONDS) ? said.strip() : "";
        } catch (IOException absent) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Shows the lines in place of what was shown. */
    void show(List<String> lines) {
        StringBuilder screen = new StringBuilder(HOME);
        for (int i = 0; i < lines.size(); i++) {
            // No line end behind the last: it would scroll a full screen.
            screen.append(lines.get(i)).append(CLEAR_LINE).append(i < lines.size() - 1 ? "\r\n" : "");
        }
        out.print(screen.append(CLEAR_REST));
        out.flush();
    }

    /** The next key that was pressed, -1 for none. */
    int key() {
        try {
            return keys.available() > 0 ? keys.read() : -1;
        } catch (IOException closed) {
            return 'q';
        }
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            out.print(END);
            out.flush();
            if (!saved.isEmpty()) {
                String _ = stty(saved);
            }
        }
    }

    @Override
    public void close() {
        restore();
        try {
            boolean _ = Runtime.getRuntime().removeShutdownHook(restore);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already.
        }
    }
}
