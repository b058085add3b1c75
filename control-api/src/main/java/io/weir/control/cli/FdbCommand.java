package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.weir.control.v1.FlushMacsRequest;
import io.weir.control.v1.ListMacsRequest;
import io.weir.control.v1.MacEntry;

/** {@code weir fdb [flush]}: the MAC table. */
@Command(name = "fdb", description = "Show the MAC table, or forget what was learned (weir fdb flush).")
final class FdbCommand extends DaemonVerb {
    /** What to do with the table. */
    enum Action {
        SHOW,
        FLUSH
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "flush",
            defaultValue = "show",
            description = "Forget learned and sticky addresses; static ones stay.")
    private Action action = Action.SHOW;

    @Option(names = "--port", paramLabel = "NAME", defaultValue = "", description = "Only this port's addresses.")
    private String port = "";

    @Option(names = "--vlan", paramLabel = "VLAN", defaultValue = "0", description = "Only this VLAN's addresses.")
    private int vlan;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        if (action == Action.FLUSH) {
            return flush(daemon, out);
        }
        ListMacsRequest request =
                ListMacsRequest.newBuilder().setPort(port).setVlan(vlan).build();
        List<MacEntry> macs = daemon.ports().listMacs(request).getMacsList();
        output.print(out, document(macs), table(macs));
        return ExitCode.DONE;
    }

    private int flush(ControlChannel daemon, PrintWriter out) {
        FlushMacsRequest request =
                FlushMacsRequest.newBuilder().setPort(port).setVlan(vlan).build();
        int flushed = daemon.ports().flushMacs(request).getFlushed();
        if (output.json()) {
            Json.print(out, Json.fields().put("flushed", flushed).map());
        } else {
            out.println("flushed " + flushed + " addresses");
            out.flush();
        }
        return ExitCode.DONE;
    }

    static Table table(List<MacEntry> macs) {
        Table table = new Table("MAC", "VLAN", "PORT", "KIND", "AGE");
        for (MacEntry entry : macs) {
            String age = entry.getKind().equals("static") ? "-" : Ages.seconds(entry.getAgeNs());
            table.row(entry.getMac(), entry.getVlan(), entry.getPort(), entry.getKind(), age);
        }
        return table;
    }

    static Map<String, Object> document(List<MacEntry> macs) {
        List<Map<String, Object>> entries = macs.stream()
                .map(entry -> Json.fields()
                        .put("mac", entry.getMac())
                        .put("vlan", entry.getVlan())
                        .put("port", entry.getPort())
                        .put("kind", entry.getKind())
                        .put("ageNs", entry.getAgeNs())
                        .map())
                .toList();
        return Json.fields().put("macs", entries).map();
    }
}
