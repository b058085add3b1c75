package io.weir.datapath.label;

import java.util.EnumSet;
import java.util.Set;

import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import io.weir.datapath.bridge.ReplySink;
import io.weir.datapath.firewall.CurrentPolicy;
import io.weir.datapath.firewall.DenyRecorder;
import io.weir.datapath.firewall.FlowReader;
import io.weir.datapath.firewall.Rejects;
import io.weir.datapath.packet.PacketBatch;
import io.weir.datapath.pipeline.DropReason;
import io.weir.datapath.pipeline.Stage;
import io.weir.datapath.policy.FlowKey;
import io.weir.datapath.policy.Policy;
import io.weir.datapath.policy.WireLevel;
import io.weir.datapath.port.CurrentPorts;
import io.weir.datapath.port.PolicySettings.WireLabel;
import io.weir.datapath.port.WireLabelSettings;

import static io.weir.datapath.wire.NetworkOrder.u8;

/**
 * The stage "wire-label": what the security labels in IP options say of packets, where the port's setting lets them say anything.
 * It stands behind the source guard, as it answers senders, who must be who they say, and before all that a level decides.
 *
 * <ul>
 *   <li>NONE: no packet is looked at.
 *   <li>VERIFY: a label that is there is the packet's level, or else the packet is dropped.
 *   <li>REQUIRED: so is a packet without one, but for ARP and neighbour discovery.
 *   <li>STRIP: labels are taken off unread.
 * </ul>
 *
 * <p>Labels are mandatory: a port in audit mode, or under no policy, drops as any other. A packet that came by an SA has a level
 * already, from which its label must not differ. The sender of an IPv4 packet that is malformed learns which byte is wrong, as
 * Linux tells it; in IPv6 Linux is silent.
 *
 * <p>Threading: one instance a worker, called by that worker only.
 */
public final class WireLabelStage implements Stage, AutoCloseable {
    private static final int MISSING = DropReason.WIRE_LABEL_MISSING.code();
    private static final int INVALID = DropReason.WIRE_LABEL_INVALID.code();
    private static final int UNKNOWN = DropReason.WIRE_LABEL_UNKNOWN.code();
    private static final int MISMATCH = DropReason.WIRE_LABEL_MISMATCH.code();

    private static final int IP = PacketBatch.IS_IPV4 | PacketBatch.IS_IPV6;

    private final CurrentPorts ports;
    private final CurrentPolicy current;
    private final DenyRecorder recorder;
    private final Rejects rejects;
    private final CipsoOption cipso;
    private final CalipsoOption calipso;
    private final LabelWriter writer;
    private final OptionMemory remembered = new OptionMemory();
    private final WireLevel level = new WireLevel();
    private final FlowKey sender = new FlowKey();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    // Whose levels are remembered.
    private @Nullable Policy known;
    // The byte that is wrong, counted from the IPv4 header's begin; 0 when there is none to tell of.
    private int pointer;

    public WireLabelStage(
            CurrentPorts ports,
            CurrentPolicy current,
            DenyRecorder recorder,
            ReplySink sink,
            LabelWriter writer,
            WireLabelSettings settings) {
        this.ports = ports;
        this.current = current;
        this.recorder = recorder;
        this.writer = writer;
        rejects = new Rejects(ports, sink);
        cipso = new CipsoOption(settings);
        calipso = new CalipsoOption(settings);
    }

    @Override
    public String name() {
        return "wire-label";
    }

    @Override
    public Set<DropReason> dropReasons() {
        return EnumSet.range(DropReason.WIRE_LABEL_MISSING, DropReason.WIRE_LABEL_MISMATCH);
    }

    @Override
    public void process(PacketBatch batch) {
        WireLabel setting = ports.table().wireLabel(batch.ingressPort());
        if (setting == WireLabel.NONE) {
            return;
        }
        noticePolicy();
        recorder.begin(batch);
        for (int i = 0; i < batch.count(); i++) {
            if (batch.forwarded(i) && batch.is(i, IP)) {
                if (setting == WireLabel.STRIP) {
                    strip(batch, i);
                } else {
                    verify(batch, i, setting == WireLabel.REQUIRED);
                }
            }
        }
    }

    /** A level that the policy of before knew may be none to that of now. */
    @SuppressWarnings("ReferenceEquality") // what is published is immutable, and to compare it would cost
    private void noticePolicy() {
        Policy policy = current.policy();
        if (policy != known) {
            known = policy;
            remembered.clear();
        }
    }

    private void verify(PacketBatch batch, int i, boolean required) {
        int reason = OptionWalk.hasOptions(batch, i) ? read(batch, i) : MISSING;
        boolean demanded = required && !batch.is(i, PacketBatch.IS_ICMPV6_ND) && !batch.fromSwitch(i);
        if (reason == MISSING && !demanded) {
            return;
        }
        if (reason != DropReason.NONE) {
            refuse(batch, i, reason);
        }
    }

    /** The reason to drop, 0 when the packet has a label and now that level, or WIRE_LABEL_MISSING. */
    private int read(PacketBatch batch, int i) {
        batch.wrap(i, frame);
        pointer = 0;
        return batch.is(i, PacketBatch.IS_IPV4) ? readCipso(batch, i) : readCalipso(batch, i);
    }

    private int readCipso(PacketBatch batch, int i) {
        int network = batch.networkOffset(i);
        int option = OptionWalk.firstCipso(frame, network);
        if (option == OptionWalk.NONE) {
            return MISSING;
        }
        int length = u8(frame, option + 1);
        int number = remembered.number(batch.ingressPort(), OptionMemory.CIPSO, frame, option, length);
        int fault = number == 0 ? cipso.check(frame, option) : 0;
        if (fault != 0) {
            pointer = option - network + CipsoOption.pointer(fault);
            return CipsoOption.reason(fault);
        }
        int second = OptionWalk.nextCipso(frame, network, option);
        if (second != OptionWalk.NONE) {
            pointer = second - network;
            return INVALID;
        }
        if (number == 0) {
            number = cipso.read(frame, option, level) ? number() : 0;
            remembered.remember(batch.ingressPort(), OptionMemory.CIPSO, frame, option, length, number);
        }
        return take(batch, i, number);
    }

    private int readCalipso(PacketBatch batch, int i) {
        int network = batch.networkOffset(i);
        int option = OptionWalk.firstCalipso(frame, network);
        if (option == OptionWalk.NONE) {
            return MISSING;
        }
        int length = OptionWalk.ipv6Length(frame, option);
        int number = remembered.number(batch.ingressPort(), OptionMemory.CALIPSO, frame, option, length);
        int reason = number == 0 ? calipso.check(frame, option) : DropReason.NONE;
        if (reason != DropReason.NONE) {
            return reason;
        }
        if (OptionWalk.nextCalipso(frame, network, option) != OptionWalk.NONE) {
            return INVALID;
        }
        if (number == 0) {
            number = calipso.read(frame, option, level) ? number() : 0;
            remembered.remember(batch.ingressPort(), OptionMemory.CALIPSO, frame, option, length, number);
        }
        return take(batch, i, number);
    }

    private int number() {
        Policy policy = current.policy();
        return policy == null ? 0 : policy.levels().number(level);
    }

    /** The level is the packet's, unless the SA that it came by says otherwise. */
    private static int take(PacketBatch batch, int i, int number) {
        if (number == 0) {
            return UNKNOWN;
        }
        if (batch.label(i) != 0 && batch.label(i) != number) {
            return MISMATCH;
        }
        batch.label(i, number);
        return DropReason.NONE;
    }

    private void refuse(PacketBatch batch, int i, int reason) {
        batch.wrap(i, frame);
        Policy policy = current.policy();
        if (policy != null) {
            current.ingress(sender.clear(), batch.ingressPort());
            FlowReader.read(batch, i, frame, sender);
            recorder.refused(policy, sender, reason, /* enforced= */ true, batch.length(i));
        }
        if (pointer != 0) {
            // The packet has proven no level: its sender is told at its lowest.
            rejects.parameterProblem(batch, i, frame, pointer, policy == null ? 0 : policy.level(sender));
            pointer = 0;
        }
        batch.drop(i, reason);
    }

    private void strip(PacketBatch batch, int i) {
        if (OptionWalk.hasOptions(batch, i) && writer.prepareRemoval(batch, i) == LabelWriter.REMOVE) {
            int growth = writer.growth();
            batch.reframe(i, writer.apply(batch.address(i)), batch.length(i) + growth);
            batch.packetLength(i, batch.packetLength(i) + growth);
            int transport = batch.transportOffset(i);
            batch.transportOffset(i, transport == 0 ? 0 : transport + growth);
        }
    }

    @Override
    public void close() {
        remembered.close();
    }
}
