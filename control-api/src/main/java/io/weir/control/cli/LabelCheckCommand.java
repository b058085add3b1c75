package io.weir.control.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import io.weir.identity.label.LabelCheck;
import io.weir.identity.label.LabelDomain;
import io.weir.identity.label.LabelException;
import io.weir.identity.label.LevelRange;
import io.weir.identity.manifest.LabelDomainReader;

/** {@code weir label check A B}: how two labels stand to each other; no daemon is asked. */
@Command(
        name = "check",
        description = "Say how two labels stand to each other, and whether flows may pass between them.",
        footer = {
            "",
            "A label is a level, a range, or a security context. A flow travels at the low level of its source, unless its",
            "packets prove another one.",
            "Exit status: 0 some flow between them may pass, 1 none.",
            "Examples:",
            "  weir label check s5:c1.c3 s2:c1",
            "  weir label check system_u:system_r:api_t:s2-s5 system_u:system_r:db_t:s2 --domain /etc/weir/domain.yaml",
        })
final class LabelCheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "A", description = "One label.")
    private String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "The other.")
    private String second = "";

    @Option(
            names = "--domain",
            paramLabel = "FILE",
            description = "Label domain file, whose names and types count then.")
    private @Nullable Path file;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        LabelCheck check = check();
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            Json.print(out, document(check));
        } else {
            print(out, check);
        }
        return check.mayPass() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private LabelCheck check() {
        LabelDomain domain = file == null ? LabelDomain.NONE : LabelDomainReader.read(file);
        try {
            return LabelCheck.of(first, second, domain);
        } catch (LabelException wrong) {
            throw new CommandException(ExitCode.BAD_INPUT, String.valueOf(wrong.getMessage()));
        }
    }

    private static void print(PrintWriter out, LabelCheck check) {
        LevelRange a = check.first().range();
        LevelRange b = check.second().range();
        line(out, "low levels: " + a.low() + ' ' + check.low().word() + ' ' + b.low());
        line(out, "high levels: " + a.high() + ' ' + check.high().word() + ' ' + b.high());
        line(out, "lub: " + check.lub() + ", glb: " + check.glb());
        line(out, "levels of both: " + shared(check));
        check.types()
                .ifPresent(types -> line(
                        out,
                        "types: " + types.first() + (types.sends() ? " may" : " may not") + " send to " + types.second()
                                + ", " + types.second() + (types.replies() ? " may" : " may not") + " send to "
                                + types.first()));
        line(out, check.first() + " -> " + check.second() + ": " + verdict(check.forth(), a));
        line(out, check.second() + " -> " + check.first() + ": " + verdict(check.back(), b));
        out.flush();
    }

    private static String shared(LabelCheck check) {
        return check.shared().map(LevelRange::toString).orElse("none");
    }

    /** Of a flow at the source's own level. */
    private static String verdict(boolean passes, LevelRange source) {
        return (passes ? "allow at " : "drop at ") + source.low();
    }

    private static void line(PrintWriter out, String text) {
        out.println(TerminalText.escape(text));
    }

    private static Map<String, Object> document(LabelCheck check) {
        Json.Fields fields = Json.fields()
                .put("first", check.first())
                .put("second", check.second())
                .put("low", check.low().word())
                .put("high", check.high().word())
                .put("lub", check.lub())
                .put("glb", check.glb())
                .put("shared", check.shared().map(LevelRange::toString).orElse(""))
                .put("forth", check.forth())
                .put("back", check.back())
                .put("mayPass", check.mayPass());
        check.types()
                .ifPresent(types -> fields.put(
                        "types",
                        Json.fields()
                                .put("first", types.first())
                                .put("second", types.second())
                                .put("sends", types.sends())
                                .put("replies", types.replies())
                                .map()));
        return fields.map();
    }
}
