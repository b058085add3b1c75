package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import io.weir.control.v1.GroupEntry;
import io.weir.control.v1.ListGroupsRequest;

/** {@code weir groups}: multicast memberships found by snooping. */
@Command(name = "groups", description = "Show multicast memberships found by IGMP and MLD snooping.")
final class GroupsCommand extends DaemonVerb {
    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        List<GroupEntry> groups = daemon.ports()
                .listGroups(ListGroupsRequest.getDefaultInstance())
                .getGroupsList();
        output.print(out, document(groups), table(groups));
        return ExitCode.DONE;
    }

    static Table table(List<GroupEntry> groups) {
        Table table = new Table("GROUP", "VLAN", "PORT", "AGE");
        groups.forEach(
                entry -> table.row(entry.getGroup(), entry.getVlan(), entry.getPort(), Ages.seconds(entry.getAgeNs())));
        return table;
    }

    static Map<String, Object> document(List<GroupEntry> groups) {
        List<Map<String, Object>> entries = groups.stream()
                .map(entry -> Json.fields()
                        .put("group", entry.getGroup())
                        .put("vlan", entry.getVlan())
                        .put("port", entry.getPort())
                        .put("ageNs", entry.getAgeNs())
                        .map())
                .toList();
        return Json.fields().put("groups", entries).map();
    }
}
