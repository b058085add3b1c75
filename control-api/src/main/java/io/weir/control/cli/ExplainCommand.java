package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.weir.control.config.SpiText;
import io.weir.control.v1.ExplainRequest;
import io.weir.control.v1.Explanation;
import io.weir.control.v1.RuleReference;
import io.weir.control.v1.SideExplanation;
import io.weir.control.v1.TunnelExplanation;
import io.weir.identity.component.L4Text;

/** {@code weir explain FROM TO tcp/5432 [--at N]}. */
@Command(
        name = "explain",
        description = "Say whether a flow would pass, and why; the answer is that of the packet path's own code.",
        footer = {
            "",
            "Exit status: 0 passes, 1 denied, or allowed and then dropped because the tunnel has no SA for it.",
            "Examples:",
            "  weir explain pay.api pay.ledger-db tcp/5432",
            "  weir explain 10.9.1.7 pay.ledger-db icmp/8 --at 12",
        })
final class ExplainCommand extends DaemonVerb {
    @Parameters(index = "0", paramLabel = "FROM", description = "Component, reserved.world, reserved.host or address.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The same, of the other end.")
    private String to = "";

    @Parameters(index = "2", paramLabel = "L4", description = "tcp/5432, udp/53, icmp/8, a protocol, or not-ip.")
    private String l4 = "";

    @Option(
            names = "--at",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "As revision N by itself says, without grants, quarantines and SAs of now; default: the epoch in force.")
    private int revision;

    @Option(
            names = "--label",
            paramLabel = "LEVEL",
            defaultValue = "",
            description = "As if packets proved this level, by SA or option; default: the lowest of FROM.")
    private String label = "";

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        ExplainRequest.Builder request = ExplainRequest.newBuilder()
                .setFrom(from)
                .setTo(to)
                .setRevision(revision)
                .setLabel(label);
        destination(request);
        Explanation answer = daemon.policies().explain(request.build());
        if (output.json()) {
            Json.print(out, document(answer));
        } else {
            print(out, answer);
        }
        boolean passes = answer.getAction().equals("allow")
                && answer.getTunnel().getDropReason().isEmpty();
        return passes ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private void destination(ExplainRequest.Builder request) {
        if (l4.equals("not-ip")) {
            request.setProtocol(-1);
            return;
        }
        L4Text.Destination destination = L4Text.destination(l4);
        if (destination == null) {
            throw new CommandException(
                    ExitCode.BAD_INPUT,
                    "must be a protocol and a port: was " + l4 + "; write such as tcp/5432 or icmp/8");
        }
        request.setProtocol(destination.protocol()).setPort(destination.port());
    }

    private void print(PrintWriter out, Explanation answer) {
        line(out, from + " -> " + to + ' ' + l4 + ": " + answer.getAction() + reason(answer) + then(answer));
        side(out, "egress of ", answer.getEgress());
        side(out, "ingress of ", answer.getIngress());
        line(out, "labels: " + answer.getLabel());
        if (!answer.getAuditAction().isEmpty()) {
            line(out, "without audit: " + answer.getAuditAction() + ' ' + answer.getAuditReason());
        }
        if (answer.hasTunnel()) {
            tunnel(out, answer.getTunnel());
        }
        line(out, "judged: " + answer.getSource() + " -> " + answer.getDestination() + others(answer));
        line(out, epoch(answer));
        out.flush();
    }

    private static String others(Explanation answer) {
        if (answer.getFlows() == 1) {
            return "";
        }
        String pairs =
                ", one of " + answer.getFlows() + " pairs of instances, of which " + answer.getFlowsAllowed() + " pass";
        return answer.getFlowsDropped() == 0
                ? pairs
                : pairs + " the policy and " + answer.getFlowsDropped() + " of those are dropped by tunnels";
    }

    private static String epoch(Explanation answer) {
        return answer.getWithoutGrants()
                ? "revision " + answer.getRevision() + " by itself: grants and quarantines of now are not in it"
                : "epoch " + answer.getEpoch() + ", revision " + answer.getRevision();
    }

    private static String reason(Explanation answer) {
        return answer.getReason().isEmpty() ? "" : " (" + answer.getReason() + ": " + answer.getReasonText() + ')';
    }

    /** What comes after the verdict, which stays as it is. */
    private static String then(Explanation answer) {
        String drop = answer.getTunnel().getDropReason();
        return drop.isEmpty() ? "" : ", then dropped as " + drop;
    }

    private static void tunnel(PrintWriter out, TunnelExplanation tunnel) {
        String way = "tunnel to " + tunnel.getPeer() + " by port " + tunnel.getPort() + ": ";
        if (!tunnel.getDropReason().isEmpty()) {
            line(out, way + tunnel.getDropReason() + ": " + tunnel.getDropText());
        } else if (tunnel.getSpi() != 0) {
            String level = tunnel.getLevel().isEmpty() ? "without label" : "at " + tunnel.getLevel();
            line(out, way + "outbound SA " + SpiText.of(tunnel.getSpi()) + ' ' + level + ", " + state(tunnel));
        } else {
            line(out, way + "not asked for an SA, as the flow is denied");
        }
        tunnel.getWarningsList().forEach(warning -> line(out, "  warning: " + warning));
    }

    private static String state(TunnelExplanation tunnel) {
        return tunnel.getSpi() == 0 ? "" : TunnelListing.word(tunnel.getState(), "SA_STATE_");
    }

    private static void side(PrintWriter out, String which, SideExplanation side) {
        String context = side.getContext().isEmpty() ? "" : ", " + side.getContext();
        line(
                out,
                which + side.getComponent() + " (known by " + side.getAssurance() + context + "): " + side.getAction());
        line(out, "  rule: " + (side.hasRule() ? text(side.getRule()) : "none"));
        side.getStepsList().forEach(step -> line(out, "  " + step));
        if (side.hasNearest()) {
            line(out, "  nearest rule that would have allowed: " + text(side.getNearest()));
        }
    }

    /** {@code pay.ledger-db/api-to-sql (component tier, allow, pay.yaml:14)}. */
    private static String text(RuleReference rule) {
        String place = rule.getSource().isEmpty() ? "" : ", " + rule.getSource() + ':' + rule.getLine();
        return rule.getDocument().getId() + '/' + rule.getRule() + " (" + rule.getTier() + " tier, " + rule.getAction()
                + place + ')';
    }

    private static void line(PrintWriter out, String text) {
        out.println(TerminalText.escape(text));
    }

    private static Map<String, Object> document(Explanation answer) {
        Json.Fields fields = Json.fields()
                .put("action", answer.getAction())
                .put("reason", answer.getReason())
                .put("egress", document(answer.getEgress()))
                .put("ingress", document(answer.getIngress()))
                .put("label", answer.getLabel())
                .put("level", answer.getLevel())
                .put("auditAction", answer.getAuditAction())
                .put("auditReason", answer.getAuditReason())
                .put("epoch", answer.getEpoch())
                .put("revision", answer.getRevision())
                .put("source", answer.getSource())
                .put("destination", answer.getDestination())
                .put("flows", answer.getFlows())
                .put("flowsAllowed", answer.getFlowsAllowed())
                .put("flowsDropped", answer.getFlowsDropped())
                .put("withoutGrants", answer.getWithoutGrants());
        if (answer.hasTunnel()) {
            fields.put("tunnel", document(answer.getTunnel()));
        }
        return fields.map();
    }

    private static Map<String, Object> document(TunnelExplanation tunnel) {
        return Json.fields()
                .put("peer", tunnel.getPeer())
                .put("port", tunnel.getPort())
                .put("level", tunnel.getLevel())
                .put("spi", tunnel.getSpi() == 0 ? "" : SpiText.of(tunnel.getSpi()))
                .put("state", state(tunnel))
                .put("dropReason", tunnel.getDropReason())
                .put("dropText", tunnel.getDropText())
                .put("warnings", tunnel.getWarningsList())
                .map();
    }

    private static Map<String, Object> document(SideExplanation side) {
        Json.Fields fields = Json.fields()
                .put("component", side.getComponent())
                .put("context", side.getContext())
                .put("assurance", side.getAssurance())
                .put("action", side.getAction());
        if (side.hasRule()) {
            fields.put("rule", document(side.getRule()));
        }
        if (side.hasNearest()) {
            fields.put("nearest", document(side.getNearest()));
        }
        return fields.put("steps", side.getStepsList()).map();
    }

    private static Map<String, Object> document(RuleReference rule) {
        return Json.fields()
                .put("tier", rule.getTier())
                .put("kind", rule.getDocument().getKind())
                .put("document", rule.getDocument().getId())
                .put("rule", rule.getRule())
                .put("action", rule.getAction())
                .put("source", rule.getSource())
                .put("line", rule.getLine())
                .map();
    }
}
