package io.weir.control.cli;

import java.io.PrintWriter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.RuleMode;
import io.weir.control.v1.SetModeRequest;

/** {@code weir mode audit|enforce TARGET}. */
@Command(
        name = "mode",
        description = "Set rules, a component or a tier to audit (recorded, but passed) or enforce, as a revision.",
        footer = {
            "",
            "Examples:",
            "  weir mode audit component:pay.api --for 7d",
            "  weir mode enforce rule:pay.ledger-db/api-to-sql",
        })
final class ModeCommand extends DaemonVerb {
    /** What to set. */
    enum Mode {
        AUDIT,
        ENFORCE
    }

    @Parameters(index = "0", paramLabel = "audit|enforce", description = "The mode.")
    private Mode mode = Mode.ENFORCE;

    @Parameters(index = "1", paramLabel = "TARGET", description = "rule:DOCUMENT/RULE, component:ID or tier:TIER.")
    private String target = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationOption.class,
            description = "Enforce again after that time, such as 7d.")
    private long forNs;

    @Mixin
    private ChangeOptions change = new ChangeOptions();

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        SetModeRequest.Builder request = SetModeRequest.newBuilder()
                .setMode(mode == Mode.AUDIT ? RuleMode.RULE_MODE_AUDIT : RuleMode.RULE_MODE_ENFORCE)
                .setTarget(target)
                .setForNs(forNs)
                .setReason(change.reason)
                .setDryRun(change.dryRun);
        if (change.expect != null) {
            request.setExpect(change.expect);
        }
        ApplyListing.print(out, output, daemon.policies().setMode(request.build()), change.dryRun);
        return ExitCode.DONE;
    }
}
