package io.weir.control.cli;

import java.io.PrintWriter;
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
    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        ListComponentsResponse answer = daemon.policies().listComponents(ListComponentsRequest.getDefaultInstance());
        output.print(out, document(answer), table(answer.getComponentsList()));
        return ExitCode.DONE;
    }

    private static Table table(List<Component> components) {
        Table table = new Table("COMPONENT", "IDENTITY", "PORTS", "MODE", "INGRESS", "EGRESS", "QUARANTINE", "SOURCE");
        for (Component component : components) {
            table.row(
                    component.getId(),
                    component.getIdentity(),
                    String.join(",", component.getPortsList()),
                    component.getMode(),
                    component.getIngressRules(),
                    component.getEgressRules(),
                    component.getQuarantined() ? "yes" : "no",
                    component.getSource() + ':' + component.getLine());
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
