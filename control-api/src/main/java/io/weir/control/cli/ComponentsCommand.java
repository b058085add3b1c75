package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import io.weir.control.v1.Component;
import io.weir.control.v1.ListComponentsRequest;
import io.weir.control.v1.ListComponentsResponse;

/** {@code weir components}. */
@Command(name = "components", description = "Show the components in force, and where they run.")
final class ComponentsCommand extends DaemonVerb {
    private static final int LABEL_COLUMN = 2;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        ListComponentsResponse answer = daemon.policies().listComponents(ListComponentsRequest.getDefaultInstance());
        output.print(out, document(answer), table(answer.getComponentsList()));
        return ExitCode.DONE;
    }

    private static Table table(List<Component> components) {
        boolean labels = components.stream()
                .anyMatch(component -> !component.getSecurityLabel().isEmpty());
        List<String> titles = new ArrayList<>(
                List.of("COMPONENT", "IDENTITY", "PORTS", "MODE", "INGRESS", "EGRESS", "QUARANTINE", "SOURCE"));
        if (labels) {
            titles.add(LABEL_COLUMN, "SECURITY LABEL");
        }
        Table table = new Table(titles.toArray(new String[0]));
        for (Component component : components) {
            List<Object> cells = new ArrayList<>(List.of(
                    component.getId(),
                    component.getIdentity(),
                    String.join(",", component.getPortsList()),
                    component.getMode(),
                    component.getIngressRules(),
                    component.getEgressRules(),
                    component.getQuarantined() ? "yes" : "no",
                    component.getSource() + ':' + component.getLine()));
            if (labels) {
                cells.add(LABEL_COLUMN, component.getSecurityLabel().isEmpty() ? "-" : component.getSecurityLabel());
            }
            table.row(cells.toArray());
        }
        return table;
    }

    private static Map<String, Object> document(ListComponentsResponse answer) {
        return Json.fields()
                .put("revision", answer.getRevision())
                .put("epoch", answer.getEpoch())
                .put(
                        "components",
                        answer.getComponentsList().stream()
                                .map(ComponentsCommand::document)
                                .toList())
                .map();
    }

    private static Map<String, Object> document(Component component) {
        return Json.fields()
                .put("id", component.getId())
                .put("identity", component.getIdentity())
                .put("owner", component.getOwner())
                .put("labels", component.getLabelsMap())
                .put("securityLabel", component.getSecurityLabel())
                .put("ports", component.getPortsList())
                .put("mode", component.getMode())
                .put("ingressRules", component.getIngressRules())
                .put("egressRules", component.getEgressRules())
                .put("quarantined", component.getQuarantined())
                .put("source", component.getSource())
                .put("line", component.getLine())
                .map();
    }
}
