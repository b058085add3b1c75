package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.concurrent.locks.LockSupport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir top}: a screen of the busiest ports, components and denies, anew each second. */
@Command(
        name = "top",
        description = "Show the busiest ports and components and what is denied most, each second; q ends.")
final class TopCommand extends DaemonVerb {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long KEY_PAUSE_NS = 50_000_000;
    private static final int END_OF_TEXT = 3;

    @Option(names = "--once", description = "Print one screen with the rates of one second, and end.")
    private boolean once;

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        if (once || !Terminal.present()) {
            print(daemon, out);
        } else {
            watch(daemon, out);
        }
        return ExitCode.DONE;
    }

    /** One screen, or without a terminal one a second until nobody reads. */
    private void print(ControlChannel daemon, PrintWriter out) {
        TopSample before = TopSample.of(daemon);
        do {
            pauseUntil(before.ns() + SECOND_NS);
            TopSample after = TopSample.of(daemon);
            TopScreen.of(before, after, 80, 24).forEach(out::println);
            out.println();
            before = after;
        } while (!once && !Output.unread(out));
        out.flush();
    }

    private static void watch(ControlChannel daemon, PrintWriter out) {
        try (Terminal terminal = Terminal.open(out)) {
            int[] size = Terminal.size();
            TopSample before = TopSample.of(daemon);
            TopSample after = before;
            while (true) {
                terminal.show(TopScreen.of(before, after, size[1], size[0]));
                if (ended(terminal, after.ns() + SECOND_NS)) {
                    return;
                }
                before = after;
                after = TopSample.of(daemon);
                size = Terminal.size();
            }
        }
    }

    /** Waits for the next screen; whether the user has enough. */
    private static boolean ended(Terminal terminal, long untilNs) {
        while (System.nanoTime() - untilNs < 0) {
            int key = terminal.key();
            if (key == 'q' || key == 'Q' || key == END_OF_TEXT) {
                return true;
            }
            LockSupport.parkNanos(KEY_PAUSE_NS);
        }
        return false;
    }

    private static void pauseUntil(long ns) {
        for (long left = ns - System.nanoTime(); left > 0; left = ns - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
