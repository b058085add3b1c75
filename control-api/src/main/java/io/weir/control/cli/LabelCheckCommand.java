package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelException;
import io.weir.identity.label.LevelRange;
import io.weir.identity.label.SecurityContext;

/** {@code weir label check A B}: how two labels stand to each other; no daemon is asked. */
@Command(
        name = "check",
        description = "Say how two labels stand to each other, and whether a flow may pass from one to the other.",
        footer = {
            "",
            "A label is a level, a range, or a security context. A flow from A travels at A's low level.",
            "Exit status: 0 it may pass, 1 it may not.",
            "Examples:",
            "  weir label check s5:c1.c3 s2:c1",
            "  weir label check system_u:system_r:api_t:s2-s5 system_u:system_r:db_t:s2 --domain /etc/weir/domain.yaml",
        })
final class LabelCheckCommand implements Callable<Integer> {
    private static final int COLONS_OF_A_CONTEXT = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A", description = "Label of the source.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "B", description = "Label of the destination.")
    private String destination = "";

    @Option(names = "--domain", paramLabel = "FILE", description = "Label domain file, whose types count then.")
    private @Nullable Path file;

    @Mixin
    private Output output = new Output();

    /** A label as it was written: without a context there is no type that could be refused. */
    private record Label(LevelRange range, Optional<SecurityContext> context) {
        @Override
        public String toString() {
            return context.map(SecurityContext::toString).orElseGet(range::toString);
        }
    }

    @Override
    public Integer call() {
        LabelDomain domain = file == null ? LabelDomain.NONE : LabelFiles.read(file);
        Label from = label("A", source);
        Label to = label("B", destination);
        boolean levels = to.range.contains(from.range.low());
        boolean types = types(domain, from, to);
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            Json.print(out, document(from, to, levels, types));
        } else {
            print(out, from, to, levels, types);
        }
        return levels && types ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private static Label label(String which, String text) {
        try {
            if (text.chars().filter(c -> c == ':').count() < COLONS_OF_A_CONTEXT) {
                return new Label(LevelRange.parse(text), Optional.empty());
            }
            SecurityContext context = SecurityContext.parse(text);
            return new Label(context.range(), Optional.of(context));
        } catch (LabelException wrong) {
            throw new CommandException(ExitCode.BAD_INPUT, which + ": " + wrong.getMessage());
        }
    }

    private static boolean types(LabelDomain domain, Label from, Label to) {
        return from.context.isEmpty()
                || to.context.isEmpty()
                || domain.flows(from.context.get().type(), to.context.get().type());
    }

    private static void print(PrintWriter out, Label from, Label to, boolean levels, boolean types) {
        line(out, "low levels: " + from.range.low() + ' ' + relation(from, to) + ' ' + to.range.low());
        line(out, "least upper bound: " + from.range.low().lub(to.range.low()));
        line(out, "greatest lower bound: " + from.range.low().glb(to.range.low()));
        line(
                out,
                "level: " + from.range.low() + (levels ? " is in " : " is not in ") + to.range
                        + (levels ? "" : " (label-denied)"));
        if (from.context.isPresent() && to.context.isPresent()) {
            line(
                    out,
                    "types: " + from.context.get().type() + " and "
                            + to.context.get().type()
                            + (types ? " may talk" : " may not talk (label-type-denied)"));
        }
        line(out, from + " -> " + to + ": " + (levels && types ? "allow" : "drop"));
        out.flush();
    }

    /** {@code eq}, {@code dom}, {@code domby}, {@code incomp}, as SELinux's policy language says. */
    private static String relation(Label from, Label to) {
        return from.range.low().to(to.range.low()).word();
    }

    private static void line(PrintWriter out, String text) {
        out.println(TerminalText.escape(text));
    }

    private static Map<String, Object> document(Label from, Label to, boolean levels, boolean types) {
        return Json.fields()
                .put("source", from)
                .put("destination", to)
                .put("relation", relation(from, to))
                .put("lub", from.range.low().lub(to.range.low()))
                .put("glb", from.range.low().glb(to.range.low()))
                .put("levelAllowed", levels)
                .put("typesAllowed", types)
                .put("allowed", levels && types)
                .map();
    }
}
