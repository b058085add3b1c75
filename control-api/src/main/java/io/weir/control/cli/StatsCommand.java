package io.weir.control.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.weir.control.grpc.SettingsMessages;
import io.weir.control.v1.Drop;
import io.weir.control.v1.GetStatisticsRequest;
import io.weir.control.v1.Statistics;
import io.weir.datapath.policy.PolicyMode;

/** {@code weir stats}: the whole switch's counters. */
@Command(
        name = "stats",
        description = "Show the switch's counters; rx + replicated + originated = tx + consumed + drops at rest.")
final class StatsCommand extends DaemonVerb {
    @Option(names = "--drops", description = "Only the drops, by reason, with the stage and what the reason means.")
    private boolean dropsOnly;

    @Mixin
    private Output output = new Output();

    @Override
    int ask(ControlChannel daemon, PrintWriter out) {
        Statistics statistics = daemon.ports().getStatistics(GetStatisticsRequest.getDefaultInstance());
        if (output.json()) {
            Json.print(out, dropsOnly ? drops(statistics) : document(statistics));
            return ExitCode.DONE;
        }
        if (!dropsOnly) {
            table(statistics).print(out);
            out.println();
        }
        dropTable(statistics.getDropsList()).print(out);
        return ExitCode.DONE;
    }

    static Table table(Statistics statistics) {
        Table table = new Table("COUNTER", "VALUE");
        table.row("host", statistics.getHost());
        table.row("version", statistics.getVersion());
        table.row("policy mode", policyMode(statistics));
        table.row("uptime", Ages.seconds(statistics.getUptimeNs()));
        table.row("rx frames", statistics.getRxFrames());
        table.row("rx bytes", statistics.getRxBytes());
        table.row("tx frames", statistics.getTxFrames());
        table.row("tx bytes", statistics.getTxBytes());
        table.row("consumed", statistics.getConsumed());
        table.row("replicated", statistics.getReplicated());
        table.row("originated", statistics.getOriginated());
        table.row("dropped", PortListing.drops(statistics.getDropsList()));
        table.row("macs", statistics.getMacs());
        table.row("mac moves", statistics.getMacMoves());
        return table;
    }

    private static String policyMode(Statistics statistics) {
        return SettingsMessages.label(SettingsMessages.mode(statistics.getPolicyMode(), PolicyMode.OFF));
    }

    static Table dropTable(List<Drop> drops) {
        Table table = new Table("STAGE", "REASON", "FRAMES", "SEVERITY", "MEANING");
        drops.forEach(drop -> table.row(
                drop.getStage(), drop.getReason(), drop.getFrames(), drop.getSeverity(), drop.getDescription()));
        return table;
    }

    private static Map<String, Object> drops(Statistics statistics) {
        return Json.fields()
                .put("drops", PortListing.drops(statistics.getDropsList()))
                .put("dropsByReason", PortListing.dropDocument(statistics.getDropsList()))
                .map();
    }

    static Map<String, Object> document(Statistics statistics) {
        return Json.fields()
                .put("host", statistics.getHost())
                .put("version", statistics.getVersion())
                .put("pid", statistics.getPid())
                .put("policyMode", policyMode(statistics))
                .put("uptimeNs", statistics.getUptimeNs())
                .put("rxFrames", statistics.getRxFrames())
                .put("rxBytes", statistics.getRxBytes())
                .put("txFrames", statistics.getTxFrames())
                .put("txBytes", statistics.getTxBytes())
                .put("consumed", statistics.getConsumed())
                .put("replicated", statistics.getReplicated())
                .put("originated", statistics.getOriginated())
                .put("drops", PortListing.drops(statistics.getDropsList()))
                .put("dropsByReason", PortListing.dropDocument(statistics.getDropsList()))
                .put("macs", statistics.getMacs())
                .put("macMoves", statistics.getMacMoves())
                .put("workers", workers(statistics))
                .map();
    }

    private static List<Map<String, Object>> workers(Statistics statistics) {
        return statistics.getWorkersList().stream()
                .map(worker -> Json.fields()
                        .put("index", worker.getIndex())
                        .put("batches", worker.getBatches())
                        .put("sleeps", worker.getSleeps())
                        .put("allocatedBytes", worker.getAllocatedBytes())
                        .map())
                .toList();
    }
}
