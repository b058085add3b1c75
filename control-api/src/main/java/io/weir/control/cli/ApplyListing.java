package io.weir.control.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.google.protobuf.Timestamp;

import io.weir.control.grpc.ProblemStatus;
import io.weir.control.v1.ApplyResponse;
import io.weir.control.v1.ChangedDocument;
import io.weir.control.v1.DocumentChange;
import io.weir.control.v1.DocumentName;
import io.weir.control.v1.FlowChange;
import io.weir.control.v1.Problem;
import io.weir.identity.component.L4Text;

/** What a change of policy did or would do. */
final class ApplyListing {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;

    private ApplyListing() {}

    static void print(PrintWriter out, Output output, ApplyResponse answer, boolean dryRun) {
        if (output.json()) {
            Json.print(out, document(answer));
            return;
        }
        answer.getWarningsList()
                .forEach(warning -> out.println(TerminalText.escape("warning: " + ProblemStatus.problem(warning))));
        for (ChangedDocument changed : answer.getChangesList()) {
            out.println(TerminalText.escape(word(changed.getChange()) + ' ' + name(changed.getName())));
        }
        out.println(TerminalText.escape(summary(answer, dryRun)));
        if (dryRun) {
            out.println(answer.getFlowsChanged() + " of " + answer.getFlowsLooked()
                    + " live flows would get another verdict");
            answer.getFlowsList().forEach(flow -> out.println(TerminalText.escape(flow(flow))));
        }
        out.flush();
    }

    private static String summary(ApplyResponse answer, boolean dryRun) {
        if (answer.getChangesCount() == 0) {
            return "revision " + answer.getRevision() + ": nothing to change";
        }
        if (dryRun) {
            return "dry run: nothing changed";
        }
        String confirm = answer.hasConfirmBy()
                ? "; rolled back at " + time(answer.getConfirmBy()) + " unless weir confirm comes before"
                : "";
        return "revision " + answer.getRevision() + " in force, epoch " + answer.getEpoch() + confirm;
    }

    /** {@code web 10.0.0.1:40000 -> db 10.0.0.2:5432 tcp allow -> drop (ingress-no-rule)}. */
    private static String flow(FlowChange flow) {
        String reason = flow.getReason().isEmpty() ? "" : " (" + flow.getReason() + ')';
        return "  " + flow.getSource() + ' ' + place(flow, flow.getSourceAddress(), flow.getSourcePort()) + " -> "
                + flow.getDestination() + ' ' + place(flow, flow.getDestinationAddress(), flow.getDestinationPort())
                + ' '
                + protocol(flow.getProtocol()) + ' ' + flow.getBefore() + " -> " + flow.getAfter() + reason;
    }

    /** ICMP has no ports: what stands there is its identifier, or type and code. */
    private static String place(FlowChange flow, String address, int port) {
        boolean ports = flow.getProtocol() == TCP || flow.getProtocol() == UDP || flow.getProtocol() == SCTP;
        return ports ? (address.indexOf(':') < 0 ? address : '[' + address + ']') + ':' + port : address;
    }

    static String protocol(int protocol) {
        return protocol < 0 ? "not-ip" : L4Text.protocol(protocol);
    }

    static String name(DocumentName name) {
        return name.getKind() + ' ' + name.getId();
    }

    static String word(DocumentChange change) {
        return change.name().substring("DOCUMENT_CHANGE_".length()).toLowerCase(Locale.ROOT);
    }

    static String time(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
    }

    private static Map<String, Object> document(ApplyResponse answer) {
        Json.Fields fields = Json.fields()
                .put("revision", answer.getRevision())
                .put("epoch", answer.getEpoch())
                .put("digest", answer.getDigest())
                .put(
                        "changes",
                        answer.getChangesList().stream()
                                .map(ApplyListing::document)
                                .toList())
                .put("warnings", problems(answer.getWarningsList()))
                .put("flowsLooked", answer.getFlowsLooked())
                .put("flowsChanged", answer.getFlowsChanged())
                .put(
                        "flows",
                        answer.getFlowsList().stream()
                                .map(ApplyListing::document)
                                .toList());
        if (answer.hasConfirmBy()) {
            fields.put("confirmBy", time(answer.getConfirmBy()));
        }
        return fields.map();
    }

    private static Map<String, Object> document(ChangedDocument changed) {
        return Json.fields()
                .put("kind", changed.getName().getKind())
                .put("id", changed.getName().getId())
                .put("change", word(changed.getChange()))
                .map();
    }

    private static Map<String, Object> document(FlowChange flow) {
        return Json.fields()
                .put("source", flow.getSource())
                .put("destination", flow.getDestination())
                .put("protocol", protocol(flow.getProtocol()))
                .put("sourceAddress", flow.getSourceAddress())
                .put("sourcePort", flow.getSourcePort())
                .put("destinationAddress", flow.getDestinationAddress())
                .put("destinationPort", flow.getDestinationPort())
                .put("ingressPort", flow.getIngressPort())
                .put("egressPort", flow.getEgressPort())
                .put("before", flow.getBefore())
                .put("after", flow.getAfter())
                .put("reason", flow.getReason())
                .map();
    }

    static List<Map<String, Object>> problems(List<Problem> problems) {
        return problems.stream()
                .map(problem -> Json.fields()
                        .put("source", problem.getSource())
                        .put("line", problem.getLine())
                        .put("key", problem.getKey())
                        .put("problem", problem.getProblem())
                        .put("remedy", problem.getRemedy())
                        .map())
                .toList();
    }
}
