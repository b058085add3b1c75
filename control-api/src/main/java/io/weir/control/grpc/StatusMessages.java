package io.weir.control.grpc;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import com.google.protobuf.Timestamp;

import io.weir.control.v1.Drop;
import io.weir.control.v1.Event;
import io.weir.control.v1.Port;
import io.weir.control.v1.PortCounters;
import io.weir.control.v1.PortState;
import io.weir.control.v1.Statistics;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.worker.GroupEntry;
import io.weir.datapath.worker.MacEntry;
import io.weir.datapath.worker.PortStatus;
import io.weir.datapath.worker.SwitchEvent;
import io.weir.datapath.worker.SwitchStatistics;
import io.weir.identity.document.MacText;

/** What the switch reports, as messages. */
final class StatusMessages {
    private StatusMessages() {}

    static Port message(PortStatus port) {
        return Port.newBuilder()
                .setNumber(port.number())
                .setSettings(SettingsMessages.message(port.settings()))
                .setState(PortState.valueOf("PORT_STATE_" + port.state()))
                .setStateReason(port.stateReason())
                .setIo(port.io())
                .setMtu(port.mtu())
                .setWorker(port.worker())
                .setMacs(port.macs())
                .setCounters(message(port.counters()))
                .build();
    }

    private static PortCounters message(PortStatus.Counters counters) {
        return PortCounters.newBuilder()
                .setRxFrames(counters.rxFrames())
                .setRxBytes(counters.rxBytes())
                .setForwarded(counters.forwarded())
                .setConsumed(counters.consumed())
                .setReplicated(counters.replicated())
                .setOriginated(counters.originated())
                .setEgressFrames(counters.egressFrames())
                .setTxFrames(counters.txFrames())
                .setTxBytes(counters.txBytes())
                .setKernelDrops(counters.kernelDrops())
                .addAllDrops(drops(counters.drops()))
                .build();
    }

    /** In the order of the reasons' codes, which is that of the pipeline. */
    static List<Drop> drops(Map<DropReason, Long> drops) {
        return drops.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().code()))
                .map(entry -> drop(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Drop drop(DropReason reason, long frames) {
        return Drop.newBuilder()
                .setReason(reason.label())
                .setCode(reason.code())
                .setStage(reason.stage())
                .setSeverity(SettingsMessages.label(reason.severity()))
                .setDescription(reason.description())
                .setFrames(frames)
                .build();
    }

    static io.weir.control.v1.MacEntry message(MacEntry entry) {
        return io.weir.control.v1.MacEntry.newBuilder()
                .setMac(MacText.of(entry.mac()))
                .setVlan(entry.vlan())
                .setPort(entry.port())
                .setKind(SettingsMessages.label(entry.kind()))
                .setAgeNs(entry.ageNs())
                .build();
    }

    static io.weir.control.v1.GroupEntry message(GroupEntry entry) {
        return io.weir.control.v1.GroupEntry.newBuilder()
                .setGroup(entry.group())
                .setVlan(entry.vlan())
                .setPort(entry.port())
                .setAgeNs(entry.ageNs())
                .build();
    }

    /** Everything but who answers: host, version and pid are the caller's to set. */
    static Statistics.Builder message(SwitchStatistics statistics) {
        Statistics.Builder message = Statistics.newBuilder()
                .setUptimeNs(statistics.uptimeNs())
                .setRxFrames(statistics.rxFrames())
                .setRxBytes(statistics.rxBytes())
                .setTxFrames(statistics.txFrames())
                .setTxBytes(statistics.txBytes())
                .setConsumed(statistics.consumed())
                .setReplicated(statistics.replicated())
                .setOriginated(statistics.originated())
                .addAllDrops(drops(statistics.drops()))
                .setMacs(statistics.macs())
                .setMacMoves(statistics.macMoves());
        for (SwitchStatistics.WorkerStatistics worker : statistics.workers()) {
            message.addWorkersBuilder()
                    .setIndex(worker.index())
                    .setBatches(worker.batches())
                    .setSleeps(worker.sleeps())
                    .setAllocatedBytes(worker.allocatedBytes());
        }
        return message;
    }

    static Event message(SwitchEvent event) {
        Instant time = event.time();
        return Event.newBuilder()
                .setTime(
                        Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()))
                .setKind(SettingsMessages.label(event.kind()))
                .setPort(event.port())
                .setDetail(event.detail())
                .build();
    }
}
